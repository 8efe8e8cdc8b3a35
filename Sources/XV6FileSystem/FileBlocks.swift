/// Where a file's bytes lie: inode, indirect block, data blocks.
extension FileSystemImage {
  /// The block that holds file block `slot` (0 to 267) of an inode, or `nil` if the inode has no such block.
  func address(_ inode: DiskInode, _ inum: Int, slot: Int) throws(FileSystemError) -> Int? {
    if slot < DiskLayout.directBlocks { return try dataBlock(inode[address: slot], inum, slot: slot) }
    let indirect = try dataBlock(
      inode[address: DiskLayout.directBlocks], inum, slot: DiskLayout.maxFileBlocks)
    guard let indirect else { return nil }
    let entry = indirect * DiskLayout.blockSize + 4 * (slot - DiskLayout.directBlocks)
    return try dataBlock(bytes.loadLE32(entry), inum, slot: slot)
  }

  /// The data block of the image that a stored number names. The number 0 means that there is no block.
  private func dataBlock(_ address: UInt32, _ inum: Int, slot: Int) throws(FileSystemError) -> Int? {
    if address == 0 { return nil }
    guard dataBlocks.contains(Int(address)) else {
      throw .damaged(.addressOutside(inode: inum, slot: slot, block: address))
    }
    return Int(address)
  }

  /// The numbers of the file blocks that the size of an inode covers.
  func slots(_ inode: DiskInode, _ inum: Int) throws(FileSystemError) -> Range<Int> {
    guard Int(inode.size) <= DiskLayout.maxFileSize else {
      throw .damaged(.sizeTooLarge(inode: inum, size: inode.size))
    }
    return 0..<((Int(inode.size) + DiskLayout.blockSize - 1) / DiskLayout.blockSize)
  }

  /// The bytes of an inode. A missing block reads as zeros, as in xv6's `readi`.
  func contents(_ inode: DiskInode, _ inum: Int) throws(FileSystemError) -> [UInt8] {
    var contents: [UInt8] = []
    contents.reserveCapacity(min(Int(inode.size), DiskLayout.maxFileSize))
    for slot in try slots(inode, inum) {
      let count = min(DiskLayout.blockSize, Int(inode.size) - slot * DiskLayout.blockSize)
      if let address = try address(inode, inum, slot: slot) {
        contents += block(address).prefix(count)
      } else {
        contents += repeatElement(0, count: count)
      }
    }
    return contents
  }

  /// BALLOC: takes the first free data block and fills it with zeros.
  mutating func allocateBlock() throws(FileSystemError) -> Int {
    var candidate = max(firstMaybeFree, dataBlocks.lowerBound)
    while candidate < dataBlocks.upperBound, isMarked(candidate) { candidate += 1 }
    firstMaybeFree = candidate
    guard candidate < dataBlocks.upperBound else { throw .noBlocks }
    mark(candidate, true)
    let start = candidate * DiskLayout.blockSize
    bytes.replaceSubrange(
      start..<(start + DiskLayout.blockSize), with: repeatElement(0, count: DiskLayout.blockSize))
    return candidate
  }

  private mutating func freeBlock(_ block: Int) {
    mark(block, false)
    firstMaybeFree = min(firstMaybeFree, block)
  }

  /// IALLOC: takes the first free inode.
  mutating func allocateInode(_ type: FileType) throws(FileSystemError) -> Int {
    guard let inum = inodeNumbers.first(where: { inode($0)?.type == 0 }) else { throw .noInodes }
    store(DiskInode(type: type.rawValue, nlink: 1), inum)
    return inum
  }

  /// BMAP: the block of file block `slot`. If there is none yet, takes a free block, and another one for the
  /// indirect block if needed. The inode is changed in `inode` only.
  mutating func map(_ inode: inout DiskInode, _ inum: Int, slot: Int) throws(FileSystemError) -> Int {
    if let present = try address(inode, inum, slot: slot) { return present }
    if slot < DiskLayout.directBlocks {
      let block = try allocateBlock()
      inode[address: slot] = UInt32(truncatingIfNeeded: block)
      return block
    }
    if inode[address: DiskLayout.directBlocks] == 0 {
      inode[address: DiskLayout.directBlocks] = UInt32(truncatingIfNeeded: try allocateBlock())
    }
    let block = try allocateBlock()
    let indirect = Int(inode[address: DiskLayout.directBlocks])
    bytes.storeLE32(
      UInt32(truncatingIfNeeded: block),
      indirect * DiskLayout.blockSize + 4 * (slot - DiskLayout.directBlocks))
    return block
  }

  /// WRITEI: writes at `offset`, and raises the size if the bytes go past it. The caller has checked that the
  /// end is within MAXFILE blocks.
  mutating func write(_ data: some Collection<UInt8>, _ inum: Int, at offset: Int) throws(FileSystemError) {
    guard var inode = inode(inum) else { return }
    var position = offset
    var rest = data[...]
    while !rest.isEmpty {
      let block = try map(&inode, inum, slot: position / DiskLayout.blockSize)
      let within = position % DiskLayout.blockSize
      let piece = rest.prefix(DiskLayout.blockSize - within)
      let start = block * DiskLayout.blockSize + within
      bytes.replaceSubrange(start..<(start + piece.count), with: piece)
      position += piece.count
      rest = rest.dropFirst(piece.count)
    }
    inode.size = max(inode.size, UInt32(truncatingIfNeeded: position))
    store(inode, inum)
  }

  /// ITRUNC: frees all blocks of an inode, also those past its size.
  mutating func truncate(_ inum: Int) throws(FileSystemError) {
    guard var inode = inode(inum) else { return }
    for slot in 0..<DiskLayout.maxFileBlocks {
      if slot == DiskLayout.directBlocks, inode[address: DiskLayout.directBlocks] == 0 { break }
      if let block = try address(inode, inum, slot: slot) { freeBlock(block) }
    }
    for slot in 0..<DiskLayout.directBlocks { inode[address: slot] = 0 }
    if inode[address: DiskLayout.directBlocks] != 0 {
      freeBlock(Int(inode[address: DiskLayout.directBlocks]))
      inode[address: DiskLayout.directBlocks] = 0
    }
    inode.size = 0
    store(inode, inum)
  }
}
