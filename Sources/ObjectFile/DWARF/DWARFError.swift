/// Debug information that cannot be read. The caller knows the file's name and puts it in front: `kernel:
/// .debug_info offset 18: version 6 is not supported`.
package struct DWARFError: Error, Equatable, Sendable, CustomStringConvertible {
  package var section: DWARF.Section

  /// Where, in bytes from the beginning of the section.
  package var offset: Int

  /// What is wrong there.
  package var reason: Reason

  package enum Reason: Equatable, Sendable {
    /// The section is compressed (SHF_COMPRESSED or `.zdebug_`), which is not supported.
    case compressed
    /// A value goes on past the end of its unit, table or section.
    case truncated
    /// A variable-length number (LEB128) needs more than 64 bits.
    case oversizedNumber
    /// A unit's length is one of the reserved values.
    case reservedLength(UInt64)
    /// The structure has a version that is not supported.
    case unsupportedVersion(UInt64)
    /// Addresses are not 8 bytes.
    case badAddressSize(UInt8)
    /// The kind of the unit is not known.
    case unknownUnitType(UInt8)
    /// The form of a value is not known, or is not allowed at this place.
    case unknownForm(UInt64)
    /// An entry's abbreviation is not in its unit's table.
    case unknownAbbreviation(UInt64)
    /// More attributes in one abbreviation than any compiler writes.
    case tooManyAttributes(limit: Int)
    /// Entries nested deeper than any compiler nests them.
    case nestedTooDeep(limit: Int)
    /// An offset or index is outside `section`.
    case outside(DWARF.Section, UInt64)
    /// The references are such that parts of a section would be read again and again.
    case readTooOften
    /// The kind of a range list entry is not known.
    case unknownRangeEntry(UInt8)
    /// A number in a line program's header is one that no program can run with.
    case badLineHeader(LineField, UInt64)
    /// A table of files has entries without any bytes.
    case emptyFileEntries(count: UInt64)
    /// A call frame instruction is not known, or is not allowed in this section.
    case unknownFrameInstruction(UInt8)
    /// A frame description does not refer to a common information entry.
    case badFrameReference(UInt64)
  }

  /// A field of a line program's header (DWARF 5, section 6.2.4).
  package enum LineField: String, Sendable {
    case operationsPerInstruction = "maximum_operations_per_instruction"
    case lineRange = "line_range"
    case opcodeBase = "opcode_base"
    case headerLength = "header_length"
  }

  package var description: String { "\(section.rawValue) offset \(offset): \(reason)" }
}

extension DWARFError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .compressed: "compressed debug information is not supported"
    case .truncated: "a value is cut off"
    case .oversizedNumber: "a number has more than 64 bits"
    case .reservedLength(let length): "unit length \(hex(length)) is reserved"
    case .unsupportedVersion(let version): "version \(version) is not supported"
    case .badAddressSize(let size): "addresses of \(size) bytes, not 8"
    case .unknownUnitType(let type): "unit type \(type) is not known"
    case .unknownForm(let form): "form \(hex(form)) is not known here"
    case .unknownAbbreviation(let code): "abbreviation \(code) is not in the unit's table"
    case .tooManyAttributes(let limit): "an abbreviation of more than \(limit) attributes"
    case .nestedTooDeep(let limit): "entries nested more than \(limit) deep"
    case .outside(let section, let offset): "\(hex(offset)) leads outside of \(section.rawValue)"
    case .readTooOften: "the same bytes are referred to again and again"
    case .unknownRangeEntry(let kind): "range list entry \(kind) is not known"
    case .badLineHeader(let field, let value): "\(field.rawValue) is \(value)"
    case .emptyFileEntries(let count): "\(count) file entries without any bytes"
    case .unknownFrameInstruction(let code): "call frame instruction \(hex(UInt64(code))) is not known"
    case .badFrameReference(let offset): "no common information entry at \(hex(offset))"
    }
  }
}
