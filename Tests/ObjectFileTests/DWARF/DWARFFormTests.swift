import Testing

@testable import ObjectFile

/// Every way to write a value, also those that clang does not use.
@Suite struct DWARFFormTests {
  private static let name: UInt64 = 0x03
  private static let line: UInt64 = 0x3b

  /// A unit with one global variable: its name in `nameForm`, its line in `lineForm`.
  private func variable(
    version: UInt64, is64: Bool = false, name: (form: UInt64, bytes: [UInt8]) = (0x08, [0x76, 0]),
    line: (form: UInt64, bytes: [UInt8]) = (0x0b, [1]), constant: UInt64? = nil,
    sections: [DWARF.Section: [UInt8]] = [:]
  ) throws -> DebugInfo {
    var sections = sections
    let lineShape = [Self.line, line.form] + (constant.map { [$0] } ?? [])
    sections[.abbreviations] = DWARFBytes.abbreviations(
      (1, 0x11, true, [[0x72, 0x17], [0x73, 0x17]]),
      (2, 0x34, false, [[Self.name, name.form], lineShape, [0x02, 0x0a]]))
    sections[.info] = DWARFBytes.unit(version: version, is64: is64) { unit in
      unit.uleb(1)
      for _ in 0..<2 { if is64 { unit.u64(8) } else { unit.u32(8) } }  // str_offsets_base, addr_base
      unit.uleb(2)
      unit.bytes += name.bytes + line.bytes
      unit.u8(9, 3)  // a block of DW_OP_addr
      unit.u64(0x8000_1234)
      unit.uleb(0)
    }
    return try DebugInfo(DWARF.Sections(sections))
  }

  @Test(
    "numbers",
    arguments: [
      (0x0b, [200], 200), (0x05, [1, 2], 0x201), (0x06, [1, 2, 3, 0], 0x30201),
      (0x07, [1, 0, 0, 0, 1, 0, 0, 0], 0x1_0000_0001), (0x0f, [0x80, 1], 128), (0x0d, [0x7f], nil),
      (0x0d, [0x05], 5), (0x16, [0x0b, 77], 77), (0x16, [0x0f, 0x80, 2], 256), (0x0c, [1], nil),
      (0x19, [], nil),
    ] as [(UInt64, [UInt8], Int?)], [2, 3, 4, 5] as [UInt64])
  func numbers(_ form: (UInt64, [UInt8], Int?), version: UInt64) throws {
    let global = try variable(version: version, line: (form.0, form.1)).global(named: "v")
    #expect(global?.address == 0x8000_1234)
    if form.0 == 0x0d, form.1 == [0x7f] {
      #expect(global?.line == .max)  // -1 as an unsigned number, limited to the largest Int
    } else {
      #expect(global?.line == form.2)
    }
  }

  @Test func constantsInTheAbbreviation() throws {
    #expect(try variable(version: 5, line: (0x21, []), constant: 99).global(named: "v")?.line == 99)
  }

  @Test(
    "what the reader has no use for is passed over",
    arguments: [
      (0x01, 8), (0x10, 4), (0x11, 1), (0x12, 2), (0x13, 4), (0x14, 8), (0x17, 4), (0x1c, 4), (0x1d, 4),
      (0x1e, 16), (0x20, 8), (0x24, 8), (0x1f20, 4), (0x1f21, 4),
    ] as [(UInt64, Int)])
  func fixedSizes(form: UInt64, size: Int) throws {
    let bytes = [UInt8](repeating: 0, count: size)
    #expect(try variable(version: 5, line: (form, bytes)).global(named: "v")?.address == 0x8000_1234)
  }

  @Test(
    "sizes that are written down",
    arguments: [
      (0x0a, [3, 1, 2, 3]), (0x03, [2, 0, 1, 2]), (0x04, [1, 0, 0, 0, 1]), (0x09, [2, 9, 9]),
      (0x18, [0x80, 0x00]), (0x15, [0x80, 0x01]), (0x22, [0x80, 0x01]), (0x23, [0x05]), (0x1a, [0x00]),
      (0x1b, [0]),
      (0x25, [0]), (0x26, [0, 0]), (0x27, [0, 0, 0]), (0x28, [0, 0, 0, 0]), (0x29, [0]), (0x2a, [0, 0]),
      (0x2b, [0, 0, 0]), (0x2c, [0, 0, 0, 0]), (0x1f01, [0]), (0x1f02, [0]),
    ] as [(UInt64, [UInt8])])
  func writtenSizes(form: UInt64, bytes: [UInt8]) throws {
    #expect(try variable(version: 5, line: (form, bytes)).global(named: "v")?.address == 0x8000_1234)
  }

  @Test func sizesThatDependOnTheUnit() throws {
    let eight = [UInt8](repeating: 0, count: 8)
    // In version 2 it has the size of an address, later that of an offset.
    #expect(try variable(version: 2, line: (0x10, eight)).global(named: "v") != nil)
    for form: UInt64 in [0x10, 0x17, 0x1d, 0x1f20, 0x1f21] {
      #expect(try variable(version: 4, is64: true, line: (form, eight)).global(named: "v") != nil)
    }
  }

  static let strings: [DWARF.Section: [UInt8]] = [
    .strings: Array("zero\0one\0".utf8), .lineStrings: Array("line\0".utf8),
    .stringOffsets: [UInt8](repeating: 0, count: 8) + SampleELF.little(5, 4) + SampleELF.little(0, 4),
  ]

  @Test(
    "names in other sections",
    arguments: [
      (0x0e, [0, 0, 0, 0], "zero"), (0x0e, [5, 0, 0, 0], "one"), (0x0e, [6, 0, 0, 0], "ne"),
      (0x1f, [0, 0, 0, 0], "line"), (0x1a, [1], "zero"), (0x25, [0], "one"), (0x26, [1, 0], "zero"),
      (0x27, [0, 0, 0], "one"), (0x28, [1, 0, 0, 0], "zero"),
    ] as [(UInt64, [UInt8], String)])
  func names(form: UInt64, bytes: [UInt8], name: String) throws {
    let info = try variable(version: 5, name: (form, bytes), sections: Self.strings)
    #expect(info.global(named: name)?.address == 0x8000_1234)
    #expect(info.global(named: name + "x") == nil)
  }

  @Test(
    "a name outside of its section is an error",
    arguments: [
      (0x0e, [9, 0, 0, 0], .strings, 9), (0x1f, [5, 0, 0, 0], .lineStrings, 5),
      (0x1a, [2], .stringOffsets, 16), (0x28, [0xff, 0xff, 0xff, 0xff], .stringOffsets, 0x4_0000_0004),
    ] as [(UInt64, [UInt8], DWARF.Section, UInt64)])
  func namesOutside(form: UInt64, bytes: [UInt8], section: DWARF.Section, offset: UInt64) {
    let error = #expect(throws: DWARFError.self) {
      try variable(version: 5, name: (form, bytes), sections: Self.strings)
    }
    #expect(error?.reason == .outside(section, offset))
  }

  @Test(
    "forms that do not exist, or not here",
    arguments: [(0x02, []), (0x2d, []), (0x7f, []), (0x16, [0x16]), (0x16, [0x21]), (0x16, [0x55])]
      as [(UInt64, [UInt8])])
  func unknown(form: UInt64, bytes: [UInt8]) {
    let error = #expect(throws: DWARFError.self) { try variable(version: 5, line: (form, bytes)) }
    guard case .unknownForm = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "units that cannot be read",
    arguments: [
      (4, 1, .unsupportedVersion(1)), (4, 6, .unsupportedVersion(6)), (6, 9, .unknownUnitType(9)),
      (7, 4, .badAddressSize(4)), (0, 0xf0, .truncated), (12, 9, .unknownAbbreviation(9)),
      (8, 0xff, .outside(.abbreviations, 0xff)),
    ] as [(Int, UInt8, DWARFError.Reason)])
  func units(offset: Int, byte: UInt8, reason: DWARFError.Reason) {
    var info = DWARFBytes.unit(version: 5) { $0.uleb(1) }
    info[offset] = byte
    let table = DWARFBytes.abbreviations((1, 0x11, false, []))
    let error = #expect(throws: DWARFError.self) {
      try DebugInfo(DWARF.Sections([.info: info, .abbreviations: table]))
    }
    #expect(error?.reason == reason)
    #expect(error?.section == .info)
  }

  @Test(
    "headers of every kind of unit",
    arguments: [(1, 0), (2, 12), (3, 0), (4, 8), (5, 8), (6, 12)] as [(UInt8, Int)])
  func unitKinds(kind: UInt8, more: Int) throws {
    let info = DWARFBytes.sized { unit in
      unit.u16(5)
      unit.u8(kind, 8)
      unit.u32(0)
      unit.bytes += [UInt8](repeating: 0xee, count: more)
      unit.uleb(1)
      unit.text("name")
    }
    let table = DWARFBytes.abbreviations((1, 0x11, false, [[0x03, 0x08]]))
    #expect(try DebugInfo(DWARF.Sections([.info: info, .abbreviations: table])).isEmpty)
  }

  @Test func abbreviationsNeedNotBeInOrder() throws {
    let info = DWARFBytes.unit(version: 4) { unit in
      unit.uleb(300, 2)
      unit.text("s")
      unit.u8(12)
      unit.uleb(0)
    }
    let table = DWARFBytes.abbreviations(
      (2, 0x13, false, [[0x03, 0x08], [0x0b, 0x0b]]), (300, 0x11, true, []))
    #expect(
      try DebugInfo(DWARF.Sections([.info: info, .abbreviations: table])).layout(ofStruct: "s")?.size == 12)
  }

  @Test func anAbbreviationHasALimitOfAttributes() {
    let many = [[UInt64]](repeating: [0x3c, 0x19], count: DWARF.AbbreviationTable.maxAttributes + 1)
    let info = DWARFBytes.unit(version: 4) { $0.uleb(1) }
    let error = #expect(throws: DWARFError.self) {
      try DebugInfo(
        DWARF.Sections([.info: info, .abbreviations: DWARFBytes.abbreviations((1, 0x11, false, many))]))
    }
    #expect(error?.reason == .tooManyAttributes(limit: DWARF.AbbreviationTable.maxAttributes))
  }

  @Test func entriesHaveALimitOfDepth() {
    let info = DWARFBytes.unit(version: 4) { unit in for _ in 0..<1000 { unit.uleb(1) } }
    let error = #expect(throws: DWARFError.self) {
      try DebugInfo(
        DWARF.Sections([.info: info, .abbreviations: DWARFBytes.abbreviations((1, 0x0b, true, []))]))
    }
    #expect(error?.reason == .nestedTooDeep(limit: DWARF.Collector.maxDepth))
  }

  /// If each unit's table began one byte later than the one before, the same bytes would be read once for
  /// each unit.
  @Test func tablesDoNotOverlap() {
    let one = DWARFBytes.sized { unit in
      unit.u16(4)
      unit.u32(0)
      unit.u8(8)
    }
    var other = one
    other[6] = 7  // one abbreviation further
    let table = DWARFBytes.abbreviations((1, 0x11, false, [[0x03, 0x08]]), (2, 0x11, false, []))
    #expect(throws: Never.self) { try DebugInfo(DWARF.Sections([.info: one + one, .abbreviations: table])) }
    let error = #expect(throws: DWARFError.self) {
      try DebugInfo(DWARF.Sections([.info: one + other, .abbreviations: table]))
    }
    #expect(error?.reason == .readTooOften)
  }
}
