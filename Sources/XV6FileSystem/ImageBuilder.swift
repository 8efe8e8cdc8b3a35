/// Makes a new image with the layout of xv6's `mkfs`: the same files in the same order give the same bytes.
extension FileSystemImage {
  /// A file for a new image. `path` may lead through directories; missing ones are created.
  package struct File: Sendable {
    package var path: String
    package var contents: [UInt8]

    package init(path: String, contents: [UInt8]) {
      self.path = path
      self.contents = contents
    }
  }

  /// An image of `blocks` blocks and `inodes` inodes that holds the given files, in their order.
  ///
  /// Throws if `mkfs` would cut a name to DIRSIZ bytes, enter a name twice, or write past the end.
  package init(
    blocks: Int = DiskLayout.defaultBlocks, inodes: Int = DiskLayout.defaultInodes, files: [File] = []
  ) throws(FileSystemError) {
    guard let superblock = Superblock(blocks: blocks, inodes: inodes) else {
      throw .badGeometry(blocks: blocks, inodes: inodes)
    }
    self.init(bytes: [UInt8](repeating: 0, count: blocks * DiskLayout.blockSize), superblock: superblock)
    let superblockStart = DiskLayout.superblockNumber * DiskLayout.blockSize
    bytes.replaceSubrange(
      superblockStart..<(superblockStart + Superblock.byteCount), with: superblock.encoded)
    for block in 0..<superblock.dataStart { mark(block, true) }

    let root = try allocateInode(.directory)
    try link(.dot, root, in: root)
    try link(.dotDot, root, in: root)
    for file in files {
      try makeParents(of: file.path)
      try add(file.path, file.contents)
    }

    // At its end, mkfs moves the root's size up to the next block boundary, even if the size is at a boundary
    // already. In that case the last block that the size covers is missing, and xv6 allocates it when it
    // first reads it.
    guard var inode = inode(root) else { return }
    inode.size = UInt32((Int(inode.size) / DiskLayout.blockSize + 1) * DiskLayout.blockSize)
    guard Int(inode.size) <= DiskLayout.maxFileSize else { throw .directoryFull(inode: root) }
    store(inode, root)
  }

  /// Creates the directories in `path` that are missing.
  private mutating func makeParents(of path: String) throws(FileSystemError) {
    var parent = ""
    for name in path.split(separator: "/").dropLast() {
      parent += "/" + name
      do throws(FileSystemError) {
        _ = try lookup(parent)
      } catch .notFound {
        try makeDirectory(parent)
      }
    }
  }
}
