/// Reads little-endian numbers from bytes that come from outside. The caller checks one range for a whole
/// structure (``range(at:count:)``) and then loads only from inside that range.
struct ByteReader: Sendable {
  let bytes: [UInt8]

  /// The indices of `count` bytes from `offset` on, or `nil` if not all of them are there. Any two numbers
  /// are safe.
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
