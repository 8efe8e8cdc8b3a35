/// xv6's on-disk layout, as `kernel/fs.h` and `kernel/param.h` of the 2020 edition fix it.
///
/// ```
/// [ boot block | superblock | log | inode blocks | free bit map | data blocks ]
///   0            1            2...
/// ```
///
/// Every number on the disk is little-endian.
package enum DiskLayout {
  /// BSIZE: bytes in a block.
  @inlinable package static var blockSize: Int { 1024 }

  /// The block that holds the superblock; block 0 is the boot block and is left alone.
  @inlinable package static var superblockNumber: Int { 1 }

  /// ROOTINO: the inode of `/`. Inode 0 means "no inode" in a directory entry.
  @inlinable package static var rootInode: Int { 1 }

  /// NDIRECT: block addresses in the inode itself.
  @inlinable package static var directBlocks: Int { 12 }

  /// NINDIRECT: block addresses in the indirect block.
  @inlinable package static var indirectEntries: Int { blockSize / 4 }

  /// MAXFILE: the most blocks that a file can have.
  @inlinable package static var maxFileBlocks: Int { directBlocks + indirectEntries }

  /// The most bytes that a file can have.
  @inlinable package static var maxFileSize: Int { maxFileBlocks * blockSize }

  /// Bytes of `struct dinode`.
  @inlinable package static var inodeSize: Int { 64 }

  /// IPB: inodes in a block.
  @inlinable package static var inodesPerBlock: Int { blockSize / inodeSize }

  /// BPB: bits in a block of the free map.
  @inlinable package static var bitsPerBlock: Int { blockSize * 8 }

  /// DIRSIZ: bytes of a name in a directory. Shorter names are padded with NUL; longer ones are not possible.
  @inlinable package static var nameSize: Int { 14 }

  /// Bytes of `struct dirent`.
  @inlinable package static var directoryEntrySize: Int { 16 }

  /// Directory entries in a block.
  @inlinable package static var entriesPerBlock: Int { blockSize / directoryEntrySize }

  /// MAXOPBLOCKS: the most blocks that one file-system operation may write.
  @inlinable package static var maxOperationBlocks: Int { 10 }

  /// LOGSIZE: blocks of the log, with its header.
  @inlinable package static var logSize: Int { maxOperationBlocks * 3 }

  /// FSMAGIC.
  @inlinable package static var magic: UInt32 { 0x1020_3040 }

  /// NINODES: the inodes of an image that `mkfs` makes.
  @inlinable package static var defaultInodes: Int { 200 }

  /// FSSIZE of xv6 since 2022; 2020's is 1000.
  @inlinable package static var defaultBlocks: Int { 2000 }

  /// The most inodes an image can have: a directory entry names an inode with 16 bits.
  @inlinable package static var maxInodes: Int { 65536 }
}

/// `short type` of an inode (`kernel/stat.h`).
package enum FileType: Int16, Sendable, CaseIterable {
  /// T_DIR
  case directory = 1
  /// T_FILE
  case file = 2
  /// T_DEVICE
  case device = 3
}
