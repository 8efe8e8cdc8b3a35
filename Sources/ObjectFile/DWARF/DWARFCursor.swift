extension DWARF {
  /// Reads a section from front to back. Reading past the end is an error.
  struct Cursor: Sendable {
    let bytes: [UInt8]
    let section: Section
    /// Where in ``bytes`` the section begins.
    let start: Int
    /// Where in ``bytes`` reading must stop.
    private(set) var end: Int
    /// Where in ``bytes`` the next byte is.
    private(set) var position: Int

    init(_ bytes: [UInt8], _ section: Section, _ range: Range<Int>) {
      self.bytes = bytes
      self.section = section
      start = range.lowerBound
      end = range.upperBound
      position = start
    }

    /// The next byte's offset in the section.
    var offset: Int { position - start }

    var isAtEnd: Bool { position >= end }

    /// An error at the next byte, or at an earlier `offset` of the section.
    func error(_ reason: DWARFError.Reason, at offset: Int? = nil) -> DWARFError {
      DWARFError(section: section, offset: offset ?? self.offset, reason: reason)
    }

    mutating func u8() throws(DWARFError) -> UInt8 {
      guard position < end else { throw error(.truncated) }
      let byte = bytes[position]
      position += 1
      return byte
    }

    /// A number of 1 to 8 bytes.
    mutating func unsigned(_ count: Int) throws(DWARFError) -> UInt64 {
      guard end - position >= count else { throw error(.truncated) }
      var value: UInt64 = 0
      for index in 0..<count { value |= UInt64(bytes[position + index]) << (8 * UInt64(index)) }
      position += count
      return value
    }

    /// An unsigned LEB128 number (section 7.6).
    mutating func uleb() throws(DWARFError) -> UInt64 {
      let first = try u8()
      if first < 0x80 { return UInt64(first) }
      var value = UInt64(first & 0x7f)
      var shift: UInt64 = 7
      while true {
        let byte = try u8()
        let bits = UInt64(byte & 0x7f)
        if shift < 64 {
          guard (bits << shift) >> shift == bits else { throw error(.oversizedNumber) }
          value |= bits << shift
          shift += 7
        } else if bits != 0 {
          throw error(.oversizedNumber)
        }
        if byte < 0x80 { return value }
      }
    }

    /// A signed LEB128 number (section 7.6).
    mutating func sleb() throws(DWARFError) -> Int64 {
      var value: Int64 = 0
      var shift: Int64 = 0
      while true {
        let byte = try u8()
        let bits = Int64(byte & 0x7f)
        if shift < 63 {
          value |= bits << shift
        } else {
          // Bit 63 is the sign; all bits after it must repeat it.
          guard bits == 0 || bits == 0x7f else { throw error(.oversizedNumber) }
          if shift == 63 {
            value |= bits << 63
          } else if (bits == 0) != (value >= 0) {
            throw error(.oversizedNumber)
          }
        }
        shift = min(shift + 7, 70)
        if byte < 0x80 {
          if shift < 64, byte & 0x40 != 0 { value |= -1 << shift }
          return value
        }
      }
    }

    /// An offset into a section: 8 bytes in the 64-bit format, else 4 (section 7.4).
    mutating func sectionOffset(is64: Bool) throws(DWARFError) -> UInt64 { try unsigned(is64 ? 8 : 4) }

    /// The length before a unit, and whether it announces the 64-bit format (section 7.2.2).
    mutating func initialLength() throws(DWARFError) -> (length: UInt64, is64: Bool) {
      let start = offset
      let short = try unsigned(4)
      if short < 0xffff_fff0 { return (short, false) }
      guard short == 0xffff_ffff else { throw error(.reservedLength(short), at: start) }
      return (try unsigned(8), true)
    }

    /// The NUL-terminated string at the cursor.
    mutating func text() throws(DWARFError) -> Text {
      let first = position
      while try u8() != 0 {}
      return Text(start: first, end: position - 1)
    }

    mutating func skip(_ count: UInt64) throws(DWARFError) {
      guard count <= UInt64(end - position) else { throw error(.truncated) }
      position += Int(count)
    }

    /// A cursor over a range of bytes that was already read from this section.
    func window(_ range: Range<Int>) -> Cursor {
      var window = self
      window.position = range.lowerBound
      window.end = range.upperBound
      return window
    }

    /// Skips the next `count` bytes and returns a cursor that reads only them.
    mutating func part(_ count: UInt64) throws(DWARFError) -> Cursor {
      var part = self
      try skip(count)
      part.end = position
      return part
    }

    /// Skips the next `count` bytes and returns their place in ``bytes``.
    mutating func range(_ count: UInt64) throws(DWARFError) -> Range<Int> {
      let first = position
      try skip(count)
      return first..<position
    }

    /// The bytes from here to the end, as a name.
    var rest: Text { Text(start: position, end: end) }
  }
}
