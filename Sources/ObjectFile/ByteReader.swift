/// Little-endian numbers in bytes from outside. A range is checked once for a whole structure
/// (``range(at:count:)``); the loads that follow stay inside of it.
struct ByteReader: Sendable {
  let bytes: [UInt8]

  /// The indices of `count` bytes from `offset` on, or `nil` where they are not all there; safe for any numbers.
  func range(at offset: UInt64, count: UInt64) -> Range<Int>? {
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= UInt64(bytes.count) else { return nil }
    return Int(offset)..<Int(end)
  }

  func u8(_ offset: Int) -> UInt8 { bytes[offset] }

  func u16(_ offset: Int) -> UInt16 { UInt16(u8(offset)) | UInt16(u8(offset + 1)) << 8 }

  func u32(_ offset: Int) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }

  func u64(_ offset: Int) -> UInt64 { UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32 }
}
