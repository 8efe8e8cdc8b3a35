import XV6FileSystem

// The contents of inodes, of xv6's kernel/fs.c. The inode itself has the numbers of the first 12 blocks; its
// indirect block has the next 256.

extension Kernel {
  /// The disk block that holds block `index` of the file. Allocates one if there is none.
  func bmap(_ ip: Inode, _ index: UInt32) throws(KernelHalt) -> UInt32 {
    var index = Int(index)
    if index < DiskLayout.directBlocks { return try address(of: ip, index) }
    index -= DiskLayout.directBlocks
    guard index < DiskLayout.indirectEntries else { throw panic("bmap: out of range") }

    let indirect = try bread(try address(of: ip, DiskLayout.directBlocks))
    var blockno = indirect[word: index]
    if blockno == 0 {
      blockno = try balloc()
      indirect[word: index] = blockno
      try log_write(indirect)
    }
    try brelse(indirect)
    return blockno
  }

  /// Entry `slot` of the inode's own block list. Allocates a block if the entry is zero.
  private func address(of ip: Inode, _ slot: Int) throws(KernelHalt) -> UInt32 {
    if ip.disk[address: slot] == 0 { ip.disk[address: slot] = try balloc() }
    return ip.disk[address: slot]
  }

  /// Frees all blocks of the inode, within a transaction. The caller has locked it.
  func itrunc(_ ip: Inode) throws(KernelHalt) {
    for slot in 0..<DiskLayout.directBlocks where ip.disk[address: slot] != 0 {
      try bfree(ip.disk[address: slot])
      ip.disk[address: slot] = 0
    }
    let indirectBlock = ip.disk[address: DiskLayout.directBlocks]
    if indirectBlock != 0 {
      let indirect = try bread(indirectBlock)
      for index in 0..<DiskLayout.indirectEntries where indirect[word: index] != 0 {
        try bfree(indirect[word: index])
      }
      try brelse(indirect)
      try bfree(indirectBlock)
      ip.disk[address: DiskLayout.directBlocks] = 0
    }
    ip.disk.size = 0
    try iupdate(ip)
  }

  /// What `fstat` tells about the inode. The caller has locked it.
  func stati(_ ip: Inode) -> Stat {
    Stat(
      dev: Int32(bitPattern: ROOTDEV), ino: ip.inum, type: ip.type, nlink: ip.disk.nlink,
      size: UInt64(ip.disk.size))
  }

  /// Copies up to `count` bytes of the file, from `offset` on, to `target`. Returns how many were copied:
  /// fewer at the end of the file, -1 if they could not be copied to the target. The caller has locked the
  /// inode.
  ///
  /// As in xv6, offset and count are unsigned 32-bit numbers. If the range wraps around, nothing is read.
  package func readi(
    _ ip: Inode, to target: CopyTarget, offset: UInt64, count: Int
  ) throws(KernelHalt) -> Int {
    let offset = UInt32(truncatingIfNeeded: offset)
    let count = UInt32(truncatingIfNeeded: count)
    let size = ip.disk.size
    if offset > size || offset &+ count < offset { return 0 }
    let end = min(offset &+ count, size)

    var position = offset
    while position < end {
      let block = try bread(try bmap(ip, position / blockSize))
      let piece = block.piece(from: position, to: end)
      let done = try either_copyout(
        to: target.advanced(by: Int(position &- offset)), from: UnsafeRawBufferPointer(piece))
      try brelse(block)
      if !done { return -1 }
      position &+= UInt32(piece.count)
    }
    return Int(end &- offset)
  }

  /// Copies `count` bytes from `source` into the file, from `offset` on, within a transaction. Returns how
  /// many were copied: fewer if some could not be read from the source. Returns -1, and does nothing, if the
  /// range starts past the file's end, or ends past the largest possible file. The caller has locked the
  /// inode.
  func writei(
    _ ip: Inode, from source: CopyTarget, offset: UInt64, count: Int
  ) throws(KernelHalt) -> Int {
    let offset = UInt32(truncatingIfNeeded: offset)
    let count = UInt32(truncatingIfNeeded: count)
    let end = offset &+ count
    if offset > ip.disk.size || end < offset { return -1 }
    if end > UInt32(DiskLayout.maxFileBlocks) * blockSize { return -1 }

    var position = offset
    while position < end {
      let block = try bread(try bmap(ip, position / blockSize))
      let piece = block.piece(from: position, to: end)
      guard try either_copyin(into: piece, from: source.advanced(by: Int(position &- offset))) else {
        try brelse(block)
        break
      }
      try log_write(block)
      try brelse(block)
      position &+= UInt32(piece.count)
    }

    // Write the inode even if its size is unchanged: bmap may have added a block.
    ip.disk.size = max(ip.disk.size, position)
    try iupdate(ip)
    return Int(position &- offset)
  }
}

private let blockSize = UInt32(DiskLayout.blockSize)

extension Buffer {
  /// The block's part of the file range that starts at byte `position` and ends before `end`.
  fileprivate func piece(from position: UInt32, to end: UInt32) -> UnsafeMutableRawBufferPointer {
    let start = position % blockSize
    let count = min(end &- position, blockSize &- start)
    return UnsafeMutableRawBufferPointer(rebasing: data[Int(start)..<Int(start &+ count)])
  }
}
