extension DWARF.Unit {
  /// The name that `value` holds or refers to.
  func text(
    _ value: DWARF.Value, _ cursor: DWARF.Cursor, _ sections: DWARF.Sections
  ) throws(DWARFError) -> DWARF.Text? {
    switch value {
    case .text(let text): return text
    case .textIndex(let index):
      guard let base = stringOffsetsBase else { return nil }
      let size = is64 ? 8 : 4
      var table = try entry(index, size, from: base, in: .stringOffsets, cursor, sections)
      return try sections.cursor(in: .strings, at: table.unsigned(size), from: table).rest
    default: return nil
    }
  }

  /// The address that `value` holds or refers to.
  func address(
    _ value: DWARF.Value, _ cursor: DWARF.Cursor, _ sections: DWARF.Sections
  ) throws(DWARFError) -> UInt64? {
    switch value {
    case .address(let address): return address
    case .addressIndex(let index): return try address(at: index, cursor, sections)
    default: return nil
    }
  }

  /// Entry `index` of the unit's part of `.debug_addr` (section 7.27), or nil if the unit has no such part.
  func address(
    at index: UInt64, _ cursor: DWARF.Cursor, _ sections: DWARF.Sections
  ) throws(DWARFError) -> UInt64? {
    guard let base = addressBase else { return nil }
    var table = try entry(index, 8, from: base, in: .addresses, cursor, sections)
    return try table.unsigned(8)
  }

  /// Where the range list is that `value` refers to.
  func rangeList(
    _ value: DWARF.Value, _ cursor: DWARF.Cursor, _ sections: DWARF.Sections
  ) throws(DWARFError) -> UInt64? {
    guard case .rangeListIndex(let index) = value else { return value.offset }
    guard let base = rangeListsBase else { return nil }
    let size = is64 ? 8 : 4
    var table = try entry(index, size, from: base, in: .rangeLists, cursor, sections)
    return base &+ (try table.unsigned(size))
  }

  /// The address of a variable (section 2.5.1): DW_OP_addr or DW_OP_addrx, followed by DW_OP_plus_uconst if
  /// the compiler has put several variables together. Nil for any other expression.
  func location(
    _ value: DWARF.Value, _ cursor: DWARF.Cursor, _ sections: DWARF.Sections
  ) throws(DWARFError) -> UInt64? {
    guard case .block(let range) = value, !range.isEmpty else { return nil }
    var expression = cursor.window(range)
    let start: UInt64?
    switch try expression.u8() {
    case 0x03 where range.count >= 9: start = try expression.unsigned(8)
    case 0xa1: start = try address(at: expression.uleb(), expression, sections)
    default: return nil
    }
    if expression.isAtEnd { return start }
    guard let start, try expression.u8() == 0x23 else { return nil }
    let offset = try expression.uleb()
    return expression.isAtEnd ? start &+ offset : nil
  }

  /// The distance of a member from the beginning of its structure. Version 2 writes DW_OP_plus_uconst before
  /// the number.
  func memberOffset(_ value: DWARF.Value, _ cursor: DWARF.Cursor) throws(DWARFError) -> UInt64? {
    guard case .block(let range) = value else { return value.number }
    var expression = cursor.window(range)
    guard !range.isEmpty, try expression.u8() == 0x23 else { return nil }
    return try expression.uleb()
  }

  /// A cursor at one element of a table of numbers.
  private func entry(
    _ index: UInt64, _ size: Int, from base: UInt64, in section: DWARF.Section, _ cursor: DWARF.Cursor,
    _ sections: DWARF.Sections
  ) throws(DWARFError) -> DWARF.Cursor {
    let (distance, tooFar) = index.multipliedReportingOverflow(by: UInt64(size))
    let (offset, overflow) = base.addingReportingOverflow(distance)
    guard !tooFar, !overflow else { throw cursor.error(.outside(section, index)) }
    return try sections.cursor(in: section, at: offset, from: cursor)
  }
}
