/// An xv6 disk image in memory: read it, edit it, check it.
///
/// An operation that throws leaves the image as it was. An image from outside may contain anything. Every
/// operation still ends with a result or a typed error, after work that the size of the image limits.
package struct FileSystemImage: Equatable, Sendable {
  /// The image, a whole number of blocks.
  package internal(set) var bytes: [UInt8]

  /// The superblock. Its regions are inside the image and share no block.
  package let superblock: Superblock

  // The search for a free data block begins here: all data blocks before it are in use.
  var firstMaybeFree: Int

  /// Takes an existing image. Throws if it is not an xv6 file system, or if its regions cannot be told apart.
  /// Whatever else may be wrong is found by ``check()``.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    let superblock = try Superblock(parsing: bytes, at: DiskLayout.superblockNumber * DiskLayout.blockSize)
    guard bytes.count % DiskLayout.blockSize == 0 else {
      throw FormatError(
        offset: bytes.count / DiskLayout.blockSize * DiskLayout.blockSize,
        reason: .notWholeBlocks(bytes: bytes.count)
      )
    }
    let problems = superblock.geometryProblems(imageBlocks: bytes.count / DiskLayout.blockSize)
    if let fatal = problems.first(where: \.isFatal) {
      throw FormatError(offset: fatal.offset, reason: .geometry(fatal))
    }
    self.init(bytes: bytes, superblock: superblock)
  }

  /// An image with `bytes` and a superblock whose regions are inside them.
  init(bytes: [UInt8], superblock: Superblock) {
    self.bytes = bytes
    self.superblock = superblock
    firstMaybeFree = superblock.dataStart
  }

  package static func == (one: Self, other: Self) -> Bool { one.bytes == other.bytes }

  /// The number of blocks of the file system.
  package var blockCount: Int { Int(superblock.size) }

  /// The numbers of the image's inodes, without inode 0, which is never used.
  package var inodeNumbers: Range<Int> { DiskLayout.rootInode..<Int(superblock.ninodes) }

  /// The data blocks' numbers.
  var dataBlocks: Range<Int> { min(superblock.dataStart, blockCount)..<blockCount }

  /// The bytes of block `block`, which is one of the image's.
  func block(_ block: Int) -> ArraySlice<UInt8> {
    bytes[(block * DiskLayout.blockSize)..<((block + 1) * DiskLayout.blockSize)]
  }

  /// Inode `inum`, or `nil` if the image has no inode of that number.
  package func inode(_ inum: Int) -> DiskInode? {
    inodeNumbers.contains(inum) ? try? DiskInode(parsing: bytes, at: inodeOffset(inum)) : nil
  }

  /// Stores inode `inum`, which is one of the image's.
  mutating func store(_ inode: DiskInode, _ inum: Int) {
    inode.encode(into: &bytes, at: inodeOffset(inum))
  }

  private func inodeOffset(_ inum: Int) -> Int {
    superblock.inodeBlock(inum) * DiskLayout.blockSize + inum % DiskLayout.inodesPerBlock
      * DiskLayout.inodeSize
  }

  /// Whether the free map marks `block` as used. The caller has checked that the map covers `block`.
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
    superblock.bitmapBlock(block) * DiskLayout.blockSize + block % DiskLayout.bitsPerBlock / 8
  }

  /// How many data blocks the free map shows as free.
  package var freeBlocks: Int { dataBlocks.count { !isMarked($0) } }

  /// Inodes that are free.
  package var freeInodes: Int { inodeNumbers.count { inode($0)?.type == 0 } }

  /// Runs `edit`. If it throws, the image is put back as it was.
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
