extension DWARF {
  /// The value of an attribute, by the class of its form (section 7.5.5).
  enum Value {
    case address(UInt64)
    case addressIndex(UInt64)
    case unsigned(UInt64)
    case signed(Int64)
    /// Bytes inside the entry, mostly an expression; given as their positions in the file.
    case block(Range<Int>)
    case text(Text)
    case textIndex(UInt64)
    case flag(Bool)
    /// An entry, by its offset in `.debug_info`.
    case reference(UInt64)
    /// An offset into a section. Which section depends on the attribute.
    case sectionOffset(UInt64)
    case rangeListIndex(UInt64)
    /// A value that refers to another file.
    case elsewhere
  }

  /// What the size of a value depends on.
  struct Encoding {
    var version: UInt64
    var is64: Bool
    /// Where in `.debug_info` the unit begins.
    var unitOffset: UInt64 = 0
  }

  /// Reads the attribute value at the cursor.
  static func value(
    _ cursor: inout Cursor, _ form: Form, constant: Int64 = 0, _ encoding: Encoding, _ sections: Sections
  ) throws(DWARFError) -> Value {
    let is64 = encoding.is64
    switch form {
    case .address: return .address(try cursor.unsigned(8))
    case .data1: return .unsigned(UInt64(try cursor.u8()))
    case .data2: return .unsigned(try cursor.unsigned(2))
    case .data4: return .unsigned(try cursor.unsigned(4))
    case .data8: return .unsigned(try cursor.unsigned(8))
    case .unsignedData: return .unsigned(try cursor.uleb())
    case .signedData: return .signed(try cursor.sleb())
    case .implicitConstant: return .signed(constant)
    case .flag: return .flag(try cursor.u8() != 0)
    case .flagPresent: return .flag(true)
    case .string: return .text(try cursor.text())
    case .stringOffset: return .text(try text(&cursor, in: .strings, is64, sections))
    case .lineStringOffset: return .text(try text(&cursor, in: .lineStrings, is64, sections))
    case .stringIndex, .gnuStringIndex: return .textIndex(try cursor.uleb())
    case .stringIndex1: return .textIndex(UInt64(try cursor.u8()))
    case .stringIndex2: return .textIndex(try cursor.unsigned(2))
    case .stringIndex3: return .textIndex(try cursor.unsigned(3))
    case .stringIndex4: return .textIndex(try cursor.unsigned(4))
    case .addressIndex, .gnuAddressIndex: return .addressIndex(try cursor.uleb())
    case .addressIndex1: return .addressIndex(UInt64(try cursor.u8()))
    case .addressIndex2: return .addressIndex(try cursor.unsigned(2))
    case .addressIndex3: return .addressIndex(try cursor.unsigned(3))
    case .addressIndex4: return .addressIndex(try cursor.unsigned(4))
    case .reference1: return .reference(encoding.unitOffset &+ UInt64(try cursor.u8()))
    case .reference2: return .reference(encoding.unitOffset &+ (try cursor.unsigned(2)))
    case .reference4: return .reference(encoding.unitOffset &+ (try cursor.unsigned(4)))
    case .reference8: return .reference(encoding.unitOffset &+ (try cursor.unsigned(8)))
    case .referenceUnsigned: return .reference(encoding.unitOffset &+ (try cursor.uleb()))
    // In version 2 it has the size of an address, later that of an offset.
    case .referenceAddress:
      return .reference(try cursor.sectionOffset(is64: is64 || encoding.version == 2))
    case .sectionOffset: return .sectionOffset(try cursor.sectionOffset(is64: is64))
    case .rangeListIndex: return .rangeListIndex(try cursor.uleb())
    case .block1: return .block(try cursor.range(UInt64(try cursor.u8())))
    case .block2: return .block(try cursor.range(try cursor.unsigned(2)))
    case .block4: return .block(try cursor.range(try cursor.unsigned(4)))
    case .block, .expression: return .block(try cursor.range(try cursor.uleb()))
    case .data16: return .block(try cursor.range(16))
    case .referenceSignature, .referenceSupplementary8:
      try cursor.skip(8)
      return .elsewhere
    case .referenceSupplementary4:
      try cursor.skip(4)
      return .elsewhere
    case .stringSupplementary, .gnuReferenceAlternate, .gnuStringAlternate:
      try cursor.skip(is64 ? 8 : 4)
      return .elsewhere
    case .locationListIndex:
      _ = try cursor.uleb()
      return .elsewhere
    case .indirect:
      let start = cursor.offset
      let code = try cursor.uleb()
      // An indirect form names another form, which says how the value is written. These two forms cannot be
      // that one.
      guard let form = Form(rawValue: code), form != .indirect, form != .implicitConstant else {
        throw cursor.error(.unknownForm(code), at: start)
      }
      return try value(&cursor, form, encoding, sections)
    }
  }

  /// A name that is in another section.
  private static func text(
    _ cursor: inout Cursor, in section: Section, _ is64: Bool, _ sections: Sections
  ) throws(DWARFError) -> Text {
    let offset = try cursor.sectionOffset(is64: is64)
    return try sections.cursor(in: section, at: offset, from: cursor).rest
  }
}
