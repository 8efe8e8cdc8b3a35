/// A new image whose blocks have another size than xv6's 1,024 bytes, for a kernel whose BSIZE was changed.
/// All files are in its root directory. The layout is `mkfs`'s, as for other images; `FileSystemImage`
/// reads only those of 1,024 bytes.
package struct OtherBlockSize: Sendable {
  /// The sizes of BSIZE that a kernel's drivers can have: whole sectors, and no more than a page.
  package static let sizes = [512, 1024, 2048, 4096]

  /// BSIZE.
  package let blockSize: Int
  private var bytes: [UInt8]
  private let superblock: Superblock
  private var nextBlock: Int
  private var nextInode = DiskLayout.rootInode

  private static var logStart: Int { 2 }
  /// An image has as many bytes as others have, and at least FSSIZE blocks.
  private var blockCount: Int { Int(superblock.size) }
  /// NINDIRECT
  private var indirectEntries: Int { blockSize / 4 }
  private var inodesPerBlock: Int { blockSize / DiskLayout.inodeSize }

  /// The bytes of an image with `files`, in blocks of one of `sizes`.
  package static func image(
    blockSize: Int, files: [(name: String, contents: [UInt8])]
  ) throws(FileSystemError) -> [UInt8] {
    var image = try OtherBlockSize(blockSize: blockSize)
    try image.add(files)
    return image.bytes
  }

  private init(blockSize: Int) throws(FileSystemError) {
    let blocks = max(DiskLayout.defaultBlocks, DiskLayout.defaultBlocks * DiskLayout.blockSize / blockSize)
    guard Self.sizes.contains(blockSize),
      var superblock = Superblock(blocks: blocks, inodes: DiskLayout.defaultInodes)
    else { throw .badGeometry(blocks: blocks, inodes: DiskLayout.defaultInodes) }
    self.blockSize = blockSize
    let inodeBlocks = DiskLayout.defaultInodes / (blockSize / DiskLayout.inodeSize) + 1
    let bitmapStart = Self.logStart + DiskLayout.logSize + inodeBlocks
    nextBlock = bitmapStart + blocks / (blockSize * 8) + 1
    superblock.bmapstart = UInt32(bitmapStart)
    superblock.nblocks = UInt32(blocks - nextBlock)
    self.superblock = superblock
    bytes = [UInt8](repeating: 0, count: blocks * blockSize)
    bytes.replaceSubrange(blockSize..<(blockSize + Superblock.byteCount), with: superblock.encoded)
  }

  private mutating func add(_ files: [(name: String, contents: [UInt8])]) throws(FileSystemError) {
    // The root is the first inode, but its entries are known last.
    let root = nextInode
    nextInode += 1
    var entries = [
      DirectoryEntry(inum: UInt16(root), name: .dot), DirectoryEntry(inum: UInt16(root), name: .dotDot),
    ]
    for file in files {
      guard let name = FileName(file.name) else { throw .nameTooLong(file.name) }
      guard nextInode < Int(superblock.ninodes) else { throw .noInodes }
      try store(DiskInode(type: FileType.file.rawValue, nlink: 1), nextInode, file.contents, file.name)
      entries.append(DirectoryEntry(inum: UInt16(nextInode), name: name))
      nextInode += 1
    }
    // mkfs moves the root's size up to the next boundary of a block.
    var contents = entries.flatMap(\.encoded)
    contents += [UInt8](repeating: 0, count: blockSize - contents.count % blockSize)
    try store(DiskInode(type: FileType.directory.rawValue, nlink: 1), root, contents, "/")
    for block in 0..<nextBlock {
      bytes[Int(superblock.bmapstart) * blockSize + block / 8] |= 1 << UInt8(block % 8)
    }
  }

  private mutating func allocate() throws(FileSystemError) -> Int {
    guard nextBlock < blockCount else { throw .noBlocks }
    nextBlock += 1
    return nextBlock - 1
  }

  /// Writes the inode, and its contents to new blocks.
  private mutating func store(
    _ inode: DiskInode, _ inum: Int, _ contents: [UInt8], _ path: String
  ) throws(FileSystemError) {
    let needed = (contents.count + blockSize - 1) / blockSize
    guard needed <= DiskLayout.directBlocks + indirectEntries else {
      throw .fileTooLarge(path: path, bytes: contents.count)
    }
    var inode = inode
    inode.size = UInt32(contents.count)
    for n in 0..<needed {
      let block = try allocate()
      let piece = contents[(n * blockSize)..<min((n + 1) * blockSize, contents.count)]
      bytes.replaceSubrange(block * blockSize..<(block * blockSize + piece.count), with: piece)
      if n < DiskLayout.directBlocks {
        inode[address: n] = UInt32(block)
        continue
      }
      if n == DiskLayout.directBlocks { inode[address: n] = UInt32(try allocate()) }
      let indirect = Int(inode[address: DiskLayout.directBlocks]) * blockSize
      bytes.storeLE32(UInt32(block), indirect + 4 * (n - DiskLayout.directBlocks))
    }
    let place = Int(superblock.inodestart) + inum / inodesPerBlock
    inode.encode(into: &bytes, at: place * blockSize + inum % inodesPerBlock * DiskLayout.inodeSize)
  }
}
