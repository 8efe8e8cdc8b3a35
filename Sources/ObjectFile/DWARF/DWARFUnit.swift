extension DWARF {
  /// One compiled source file: a header and a tree of entries (section 7.5.1).
  struct Unit: Sendable {
    /// DW_UT_type and DW_UT_split_type: units of one type. Their header has two more fields.
    private static let typeKinds: Set<UInt8> = [2, 6]
    /// DW_UT_skeleton and DW_UT_split_compile: the other part is in another file. Their header has one more
    /// field.
    private static let splitKinds: Set<UInt8> = [4, 5]

    /// Where the header begins in `.debug_info`. The references in its entries count from here.
    let offset: Int
    /// Its entries: a range of `.debug_info`.
    let entries: Cursor
    let version: UInt64
    let is64: Bool
    let abbreviationOffset: UInt64

    /// Where the unit's indices count from. The unit's own entry says it.
    var stringOffsetsBase: UInt64?
    var addressBase: UInt64?
    var rangeListsBase: UInt64?
    /// The address that the unit's range lists count from.
    var lowPC: UInt64 = 0

    /// Reads the unit at the cursor, and moves the cursor past it.
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
