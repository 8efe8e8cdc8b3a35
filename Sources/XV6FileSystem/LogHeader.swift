/// `struct logheader`: the first block of the log. `count` is above 0 only after the commit of an operation
/// and before the end of its installation. In that time, the logged blocks must be installed before the image
/// is read.
package struct LogHeader: Equatable, Sendable {
  /// The number as it is stored. It may be wrong.
  package var count: Int32
  /// Where the log's blocks belong: the first `count` numbers are used. There are at most LOGSIZE.
  package var blocks: [UInt32]

  package init(blocks: [UInt32] = []) {
    count = Int32(clamping: blocks.count)
    self.blocks = Array(blocks.prefix(DiskLayout.logSize))
  }

  /// The header in `bytes` at `offset`. An impossible count is kept; block numbers after the first LOGSIZE
  /// are dropped.
  package init(parsing bytes: [UInt8], at offset: Int = 0) throws(FormatError) {
    let needed = 4 + 4 * DiskLayout.logSize
    guard bytes.holds(needed, at: offset) else {
      throw FormatError(
        offset: offset,
        reason: .truncated(
          structure: "log header", needed: needed, available: max(0, bytes.count - max(0, offset))))
    }
    count = Int32(bitPattern: bytes.loadLE32(offset))
    blocks = (0..<max(0, min(Int(count), DiskLayout.logSize))).map { bytes.loadLE32(offset + 4 + 4 * $0) }
  }

  /// The header as one block. The rest of the block is zero.
  package var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: DiskLayout.blockSize)
    bytes.storeLE32(UInt32(bitPattern: count), 0)
    for (index, block) in blocks.enumerated() { bytes.storeLE32(block, 4 + 4 * index) }
    return bytes
  }
}
