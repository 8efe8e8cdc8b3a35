/// Reads and stores little-endian numbers in bytes. The caller has checked the bounds.
extension [UInt8] {
  /// Whether the array holds `length` bytes from `offset` on. Any two integers are safe.
  func holds(_ length: Int, at offset: Int) -> Bool {
    offset >= 0 && length >= 0 && length <= count && offset <= count - length
  }

  /// The 16-bit number at `offset`. The caller has checked that it lies inside.
  func loadLE16(_ offset: Int) -> UInt16 {
    UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
  }

  /// The 32-bit number at `offset`. The caller has checked that it lies inside.
  func loadLE32(_ offset: Int) -> UInt32 {
    UInt32(loadLE16(offset)) | UInt32(loadLE16(offset + 2)) << 16
  }

  /// Stores a 16-bit number at `offset`. The caller has checked that it lies inside.
  mutating func storeLE16(_ value: UInt16, _ offset: Int) {
    self[offset] = UInt8(truncatingIfNeeded: value)
    self[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
  }

  /// Stores a 32-bit number at `offset`. The caller has checked that it lies inside.
  mutating func storeLE32(_ value: UInt32, _ offset: Int) {
    storeLE16(UInt16(truncatingIfNeeded: value), offset)
    storeLE16(UInt16(truncatingIfNeeded: value >> 16), offset + 2)
  }
}
