import XV6FileSystem

// The block allocator of xv6's kernel/fs.c: one bit for each block, set if the block is in use.

extension Kernel {
  /// Zeroes a block, within a transaction.
  private func bzero(_ blockno: UInt32) throws(KernelHalt) {
    let block = try bread(blockno)
    block.data.initializeMemory(as: UInt8.self, repeating: 0)
    try log_write(block)
    try brelse(block)
  }

  /// Takes the lowest free block, zeroes it, and returns its number. Panics when the disk is full, as xv6 did
  /// in 2020.
  func balloc() throws(KernelHalt) -> UInt32 {
    let sb = try sb
    let blocks = Int(sb.size)
    for base in stride(from: 0, to: blocks, by: DiskLayout.bitsPerBlock) {
      let map = try bread(UInt32(clamping: sb.bitmapBlock(base)))
      let count = min(DiskLayout.bitsPerBlock, blocks - base)
      if let bit = map.firstClearBit(below: count) {
        map.data[bit / 8] |= 1 << UInt8(bit % 8)
        try log_write(map)
        try brelse(map)
        let blockno = UInt32(base + bit)
        try bzero(blockno)
        return blockno
      }
      try brelse(map)
    }
    throw panic("balloc: out of blocks")
  }

  /// Gives a block back.
  func bfree(_ blockno: UInt32) throws(KernelHalt) {
    let map = try bread(UInt32(clamping: sb.bitmapBlock(Int(blockno))))
    let bit = Int(blockno) % DiskLayout.bitsPerBlock
    let mask: UInt8 = 1 << UInt8(bit % 8)
    guard map.data[bit / 8] & mask != 0 else { throw panic("freeing free block") }
    map.data[bit / 8] &= ~mask
    try log_write(map)
    try brelse(map)
  }
}

extension Buffer {
  /// The lowest bit that is clear, of the block's first `count` bits.
  fileprivate func firstClearBit(below count: Int) -> Int? {
    guard let byte = data.firstIndex(where: { $0 != 0xff }) else { return nil }
    let bit = byte * 8 + (~data[byte]).trailingZeroBitCount
    return bit < count ? bit : nil
  }
}
