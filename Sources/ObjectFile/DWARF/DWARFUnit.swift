extension DWARF {
  /// What one source file was compiled to: a header and a tree of entries (section 7.5.1).
  struct Unit: Sendable {
    /// DW_UT_type and DW_UT_split_type: units of one type, which have two more fields in the header.
    private static let typeKinds: Set<UInt8> = [2, 6]
    /// DW_UT_skeleton and DW_UT_split_compile: the other part lies in another file; one more field.
    private static let splitKinds: Set<UInt8> = [4, 5]

    /// Where the header begins in `.debug_info`: what the references of its entries count from.
    let offset: Int
    /// Its entries, as a part of `.debug_info`.
    let entries: Cursor
    let version: UInt64
    let is64: Bool
    let abbreviationOffset: UInt64

    /// What the unit's own entry says of where its indices count from.
    var stringOffsetsBase: UInt64?
    var addressBase: UInt64?
    var rangeListsBase: UInt64?
    /// The address that its range lists count from.
    var lowPC: UInt64 = 0

    /// Reads the unit at the cursor, and moves the cursor behind it.
    init(_ cursor: inout Cursor) throws(DWARFError) {
      offset = cursor.offset
      let (length, is64) = try cursor.initialLength()
      self.is64 = is64
      var unit = try cursor.part(length)
      version = try unit.unsigned(2)
      guard (2...5).contains(version) else {
        throw unit.error(.unsupportedVersion(version), at: unit.offset - 2)
      }
      var addressSize: UInt8
      if version == 5 {
        let kind = try unit.u8()
        addressSize = try unit.u8()
        abbreviationOffset = try unit.sectionOffset(is64: is64)
        if Self.typeKinds.contains(kind) {
          try unit.skip(is64 ? 16 : 12)
        } else if Self.splitKinds.contains(kind) {
          try unit.skip(8)
        } else if kind != 1 && kind != 3 {
          throw unit.error(.unknownUnitType(kind), at: offset + (is64 ? 14 : 6))
        }
      } else {
        abbreviationOffset = try unit.sectionOffset(is64: is64)
        addressSize = try unit.u8()
      }
      guard addressSize == 8 else { throw unit.error(.badAddressSize(addressSize), at: offset) }
      entries = unit
    }
  }
}
