import Testing

@testable import ObjectFile

/// Functions whose code is in several pieces.
@Suite struct DWARFRangeTests {
  static let addresses =
    [UInt8](repeating: 0, count: 8) + [0x5000, 0x6000, 0x6010].flatMap { SampleELF.little($0, 8) }

  /// A unit that begins at 0x1000, with a function `f` whose list of ranges is at `list`, `copies` times.
  static func info(
    version: UInt64, form: UInt64, list: [UInt8], ranges: [UInt8], copies: Int = 1
  ) throws -> DebugInfo {
    let unit = DWARFBytes.unit(version: version) { unit in
      unit.uleb(1)
      unit.u64(0x1000)
      unit.u32(8)
      unit.u32(12)
      for _ in 0..<copies {
        unit.uleb(2)
        unit.text("f")
        unit.bytes += list
      }
      unit.uleb(0)
    }
    let table = DWARFBytes.abbreviations(
      (1, 0x11, true, [[0x11, 0x01], [0x73, 0x17], [0x74, 0x17]]),
      (2, 0x2e, false, [[0x03, 0x08], [0x55, form]]))
    return try DebugInfo(
      DWARF.Sections([
        .info: unit, .abbreviations: table, .addresses: addresses,
        version == 5 ? .rangeLists : .ranges: ranges,
      ]))
  }

  @Test("pairs, up to version 4", arguments: [(2, 0x06), (3, 0x06), (4, 0x17)] as [(UInt64, UInt64)])
  func pairs(version: UInt64, form: UInt64) throws {
    var list = DWARFBytes()
    for value: UInt64 in [77, 77, 0x10, 0x20, .max, 0x9000, 0x30, 0x40, 0x50, 0x50, 0, 0, 1, 2] {
      list.u64(value)
    }
    let info = try Self.info(version: version, form: form, list: SampleELF.little(16, 4), ranges: list.bytes)
    #expect(info.function(named: "f")?.addresses == [0x1010..<0x1020, 0x9030..<0x9040])
    #expect(info.function(containing: 0x101f)?.name == "f")
    #expect(info.function(containing: 0x903f)?.name == "f")
    #expect(info.function(containing: 0x1020) == nil)
    #expect(info.function(containing: 0x1008) == nil)
  }

  /// One list with every kind of entry.
  static let everyKind: [UInt8] = {
    var list = DWARFBytes()
    list.u8(4, 0x10, 0x20)  // offset pair, from the unit's address
    list.u8(5)
    list.u64(0x2000)
    list.u8(4, 0x10, 0x20)  // base address, offset pair
    list.u8(1, 0, 4, 0x10, 0x20)  // base by index, offset pair
    list.u8(2, 1, 2)  // both ends by index
    list.u8(3, 1, 0x80, 2)  // start by index, length 256
    list.u8(6)
    list.u64(0x7000)
    list.u64(0x7008)
    list.u8(7)
    list.u64(0x8000)
    list.u8(4, 0)
    return list.bytes
  }()

  /// The list is given as an offset, or as entry 1 of the unit's table of offsets.
  @Test(
    "every kind of entry in version 5",
    arguments: [(0x17, [20, 0, 0, 0]), (0x23, [1])] as [(UInt64, [UInt8])])
  func kinds(form: UInt64, list: [UInt8]) throws {
    let table = [UInt8](repeating: 0xee, count: 12) + SampleELF.little(0xff, 4) + SampleELF.little(8, 4)
    let info = try Self.info(version: 5, form: form, list: list, ranges: table + Self.everyKind)
    #expect(
      info.function(named: "f")?.addresses == [
        0x1010..<0x1020, 0x2010..<0x2020, 0x5010..<0x5020, 0x6000..<0x6010, 0x6000..<0x6100, 0x7000..<0x7008,
        0x8000..<0x8004,
      ])
  }

  @Test func everyTruncationOfAList() {
    for length in 1..<Self.everyKind.count {
      #expect(throws: DWARFError.self, "\(length) bytes") {
        try Self.info(
          version: 5, form: 0x17, list: SampleELF.little(0, 4), ranges: Array(Self.everyKind[..<length]))
      }
    }
  }

  @Test(
    "what leads outside, or is not known",
    arguments: [
      ([0x09], .unknownRangeEntry(9)), ([1, 3, 0], .outside(.addresses, 32)),
      ([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], .outside(.addresses, .max)),
    ] as [([UInt8], DWARFError.Reason)])
  func bad(list: [UInt8], reason: DWARFError.Reason) {
    let error = #expect(throws: DWARFError.self) {
      try Self.info(version: 5, form: 0x17, list: SampleELF.little(0, 4), ranges: list)
    }
    #expect(error?.reason == reason)
  }

  /// A thousand functions share one long list. Read again for each of them, it would be a thousand times as
  /// long.
  @Test func aListIsNotReadForEver() {
    let list = [UInt8](repeating: 4, count: 3 * 1000) + [0]
    let error = #expect(throws: DWARFError.self) {
      try Self.info(version: 5, form: 0x17, list: SampleELF.little(0, 4), ranges: list, copies: 1000)
    }
    #expect(error?.reason == .readTooOften)
  }

  @Test(
    "one piece: its end as an address, or as a length",
    arguments: [(2, 0x01), (4, 0x01), (4, 0x06), (5, 0x0b)])
  func onePiece(version: UInt64, form: UInt64) throws {
    let unit = DWARFBytes.unit(version: version) { unit in
      unit.uleb(1)
      unit.text("f")
      unit.bytes += SampleELF.little(form == 1 ? 0x1020 : 0x20, form == 1 ? 8 : form == 6 ? 4 : 1)
      unit.u64(0x1000)
    }
    // The unit's entry is skipped. The function is inside it.
    let table = DWARFBytes.abbreviations(
      (1, 0x2e, false, [[0x03, 0x08], [0x12, form], [0x11, 0x01]]), (2, 0x11, true, []))
    var info = unit
    let header = version == 5 ? 12 : 11
    info.insert(2, at: header)
    info[0] += 1
    let debug = try DebugInfo(DWARF.Sections([.info: info, .abbreviations: table]))
    #expect(debug.function(named: "f")?.addresses == [0x1000..<0x1020])
  }
}
