/// `struct superblock`: where the parts of the image are.
package struct Superblock: Equatable, Sendable {
  /// Bytes on the disk.
  package static let byteCount = 32

  /// FSMAGIC.
  package var magic: UInt32
  /// Blocks in the whole image.
  package var size: UInt32
  /// Data blocks.
  package var nblocks: UInt32
  /// Inodes, also counting inode 0, which is never used.
  package var ninodes: UInt32
  /// Log blocks, also counting the header.
  package var nlog: UInt32
  /// First block of the log.
  package var logstart: UInt32
  /// First block of inodes.
  package var inodestart: UInt32
  /// First block of the free map.
  package var bmapstart: UInt32

  /// The superblock in `bytes` at `offset`: 0 if `bytes` is the block itself, 1024 in an image. Checks its
  /// size and magic; ``geometryProblems(imageBlocks:)`` checks the other fields.
  package init(parsing bytes: [UInt8], at offset: Int = 0) throws(FormatError) {
    guard bytes.holds(Self.byteCount, at: offset) else {
      throw FormatError(
        offset: offset,
        reason: .truncated(
          structure: "superblock", needed: Self.byteCount, available: max(0, bytes.count - max(0, offset))))
    }
    magic = bytes.loadLE32(offset)
    guard magic == DiskLayout.magic else { throw FormatError(offset: offset, reason: .badMagic(magic)) }
    size = bytes.loadLE32(offset + 4)
    nblocks = bytes.loadLE32(offset + 8)
    ninodes = bytes.loadLE32(offset + 12)
    nlog = bytes.loadLE32(offset + 16)
    logstart = bytes.loadLE32(offset + 20)
    inodestart = bytes.loadLE32(offset + 24)
    bmapstart = bytes.loadLE32(offset + 28)
  }

  /// The superblock that `mkfs` writes for an image of `blocks` blocks and `inodes` inodes. `nil` if the
  /// parts leave no room for a data block, or if there are more inodes than a directory entry can name.
  package init?(blocks: Int, inodes: Int) {
    let inodeBlocks = inodes / DiskLayout.inodesPerBlock + 1
    guard inodes > DiskLayout.rootInode, inodes <= DiskLayout.maxInodes, let size = UInt32(exactly: blocks)
    else {
      return nil
    }
    let bitmapBlocks = blocks / DiskLayout.bitsPerBlock + 1
    let meta = 2 + DiskLayout.logSize + inodeBlocks + bitmapBlocks
    guard meta < blocks else { return nil }
    magic = DiskLayout.magic
    self.size = size
    nblocks = UInt32(blocks - meta)
    ninodes = UInt32(inodes)
    nlog = UInt32(DiskLayout.logSize)
    logstart = 2
    inodestart = UInt32(2 + DiskLayout.logSize)
    bmapstart = UInt32(2 + DiskLayout.logSize + inodeBlocks)
  }

  /// The 32 bytes on the disk.
  package var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    let fields = [magic, size, nblocks, ninodes, nlog, logstart, inodestart, bmapstart]
    for (index, field) in fields.enumerated() { bytes.storeLE32(field, index * 4) }
    return bytes
  }

  /// The number of inode blocks: enough for the inode numbers 0 to `ninodes` (`ninodes / IPB + 1`, as `mkfs`
  /// counts).
  package var inodeBlocks: Int { Int(ninodes) / DiskLayout.inodesPerBlock + 1 }

  /// The number of free map blocks (`size / BPB + 1`, as `mkfs` counts).
  package var bitmapBlocks: Int { Int(size) / DiskLayout.bitsPerBlock + 1 }

  /// The first data block: the one after the last of the other regions. In `mkfs`'s layout that is the free
  /// map.
  package var dataStart: Int {
    max(Int(logstart) + Int(nlog), Int(inodestart) + inodeBlocks, Int(bmapstart) + bitmapBlocks)
  }

  /// IBLOCK: the block that holds inode `inum`.
  package func inodeBlock(_ inum: Int) -> Int { inum / DiskLayout.inodesPerBlock + Int(inodestart) }

  /// BBLOCK: the block of the free map that holds the bit of `block`.
  package func bitmapBlock(_ block: Int) -> Int { block / DiskLayout.bitsPerBlock + Int(bmapstart) }
}
