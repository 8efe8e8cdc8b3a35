extension ELF {
  /// What the file was compiled for: `Tag_RISCV_arch` of its attributes, such as
  /// `rv64i2p1_m2p0_a2p1_c2p0`. Nil if the file does not say, or says it in a way that nobody does.
  ///
  /// The section (RISC-V ELF psABI, "Attributes") holds a version, and then subsections: a size, a vendor and
  /// parts. A part for the whole file holds pairs of a tag and a value, which is a text if the tag is odd and
  /// a number if it is even.
  package var architecture: String? {
    guard let section = sections.first(where: { $0.type == Self.attributes }) else { return nil }
    var rest = contents(of: section)
    guard rest.popFirst() == UInt8(ascii: "A") else { return nil }
    while var subsection = Self.sized(&rest, counted: 4) {
      guard Self.text(&subsection) == "riscv" else { continue }
      while let tag = Self.number(&subsection) {
        // The size of a part counts from its tag on, which has one byte.
        guard var part = Self.sized(&subsection, counted: 5) else { return nil }
        if tag == Self.wholeFile, let found = Self.architecture(in: &part) { return found }
      }
    }
    return nil
  }

  /// SHT_RISCV_ATTRIBUTES
  private static let attributes: UInt32 = 0x7000_0003
  /// Tag_File
  private static let wholeFile: UInt64 = 1
  /// Tag_RISCV_arch
  private static let architectureTag: UInt64 = 5
  /// Longer texts are no architecture.
  private static let longest = 4096

  private static func architecture(in part: inout ArraySlice<UInt8>) -> String? {
    while let tag = number(&part) {
      if tag % 2 == 0 {
        guard number(&part) != nil else { return nil }
      } else {
        guard let value = text(&part) else { return nil }
        if tag == architectureTag { return value }
      }
    }
    return nil
  }

  /// What follows a size of four bytes, which counts itself and so `counted` bytes more than there are.
  private static func sized(_ bytes: inout ArraySlice<UInt8>, counted: Int) -> ArraySlice<UInt8>? {
    guard bytes.count >= 4 else { return nil }
    let size = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size >= counted, size - counted <= bytes.count - 4 else { return nil }
    let start = bytes.startIndex + 4
    let found = bytes[start..<(start + size - counted)]
    bytes = bytes[found.endIndex...]
    return found
  }

  /// A number in the form ULEB128; nil if it does not fit into 63 bits.
  private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  private static func text(_ bytes: inout ArraySlice<UInt8>) -> String? {
    guard let end = bytes.prefix(longest).firstIndex(of: 0) else { return nil }
    let found = String(decoding: bytes[..<end], as: UTF8.self)
    bytes = bytes[(end + 1)...]
    return found
  }
}
