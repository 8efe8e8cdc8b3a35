/// An xv6 disk image in memory: read it, edit it, check it.
///
/// An operation that throws leaves the image as it was. An image from outside may say anything: whatever it says, an
/// operation ends after work that the image's size bounds, with a result or a typed error.
package struct FileSystemImage: Equatable, Sendable {
  /// The image, a whole number of blocks.
  package internal(set) var bytes: [UInt8]

  /// The superblock; its regions lie inside of the image and share no block.
  package let superblock: Superblock

  // Every data block below is in use: where the search for a free one begins.
  var firstMaybeFree: Int

  /// Takes an image that somebody made. Refuses what is no xv6 file system, and one whose regions cannot be told
  /// apart; anything else that may be wrong is for ``check()``.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    let superblock = try Superblock(parsing: bytes, at: Layout.superblockNumber * Layout.blockSize)
    guard bytes.count % Layout.blockSize == 0 else {
      throw FormatError(
        offset: bytes.count / Layout.blockSize * Layout.blockSize, reason: .notWholeBlocks(bytes: bytes.count)
      )
    }
    let problems = superblock.geometryProblems(imageBlocks: bytes.count / Layout.blockSize)
    if let fatal = problems.first(where: \.isFatal) {
      throw FormatError(offset: fatal.offset, reason: .geometry(fatal))
    }
    self.init(bytes: bytes, superblock: superblock)
  }

  /// `bytes` and a superblock whose regions lie inside of them.
  init(bytes: [UInt8], superblock: Superblock) {
    self.bytes = bytes
    self.superblock = superblock
    firstMaybeFree = superblock.dataStart
  }

  package static func == (one: Self, other: Self) -> Bool { one.bytes == other.bytes }

  /// Blocks of the file system.
  package var blockCount: Int { Int(superblock.size) }

  /// The numbers of the inodes that the image has, inode 0 (never used) left out.
  package var inodeNumbers: Range<Int> { Layout.rootInode..<Int(superblock.ninodes) }

  /// The data blocks' numbers.
  var dataBlocks: Range<Int> { min(superblock.dataStart, blockCount)..<blockCount }

  /// The bytes of block `block`, which is one of the image's.
  func block(_ block: Int) -> ArraySlice<UInt8> {
    bytes[(block * Layout.blockSize)..<((block + 1) * Layout.blockSize)]
  }

  /// Inode `inum`; `nil` where the image has none of that number.
  package func inode(_ inum: Int) -> DiskInode? {
    inodeNumbers.contains(inum) ? try? DiskInode(parsing: bytes, at: inodeOffset(inum)) : nil
  }

  /// Stores inode `inum`, which is one of the image's.
  mutating func store(_ inode: DiskInode, _ inum: Int) {
    inode.encode(into: &bytes, at: inodeOffset(inum))
  }

  private func inodeOffset(_ inum: Int) -> Int {
    superblock.inodeBlock(inum) * Layout.blockSize + inum % Layout.inodesPerBlock * Layout.inodeSize
  }

  /// Whether the free map marks `block`, which is one of the map's.
  func isMarked(_ block: Int) -> Bool {
    bytes[markOffset(block)] & (1 << (block % 8)) != 0
  }

  /// Marks or frees `block` in the free map.
  mutating func mark(_ block: Int, _ used: Bool) {
    if used {
      bytes[markOffset(block)] |= 1 << (block % 8)
    } else {
      bytes[markOffset(block)] &= ~(1 << (block % 8))
    }
  }

  private func markOffset(_ block: Int) -> Int {
    superblock.bitmapBlock(block) * Layout.blockSize + block % Layout.bitsPerBlock / 8
  }

  /// Data blocks that the free map has left.
  package var freeBlocks: Int { dataBlocks.count { !isMarked($0) } }

  /// Inodes that are free.
  package var freeInodes: Int { inodeNumbers.count { inode($0)?.type == 0 } }

  /// Runs `edit`; if it throws, the image is as it was.
  mutating func atomically<Result>(
    _ edit: (inout Self) throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    let before = self
    do throws(FileSystemError) {
      return try edit(&self)
    } catch {
      self = before
      throw error
    }
  }
}
