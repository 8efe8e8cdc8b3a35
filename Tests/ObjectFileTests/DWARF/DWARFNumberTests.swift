import Testing

@testable import ObjectFile

@Suite struct DWARFNumberTests {
  private func cursor(_ bytes: [UInt8]) -> DWARF.Cursor { DWARF.Sections([.info: bytes]).cursor(in: .info) }

  @Test(
    "unsigned LEB128",
    arguments: [
      ([0x00], 0), ([0x7f], 127), ([0x80, 0x01], 128), ([0xe5, 0x8e, 0x26], 624_485),
      ([0x81, 0x80, 0x00], 1),
      ([UInt8](repeating: 0xff, count: 9) + [0x01], .max),
      ([UInt8](repeating: 0x80, count: 30) + [0x00], 0),
    ] as [([UInt8], UInt64)])
  func unsigned(bytes: [UInt8], value: UInt64) throws {
    var cursor = cursor(bytes)
    #expect(try cursor.uleb() == value)
    #expect(cursor.isAtEnd)
  }

  @Test(
    "signed LEB128",
    arguments: [
      ([0x02], 2), ([0x7e], -2), ([0xff, 0x00], 127), ([0x81, 0x7f], -127), ([0x80, 0x7f], -128),
      ([0xc0, 0xbb, 0x78], -123456),
      ([UInt8](repeating: 0x80, count: 9) + [0x7f], .min),
      ([UInt8](repeating: 0xff, count: 9) + [0x00], .max),
      ([UInt8](repeating: 0xff, count: 20) + [0x7f], -1),
    ] as [([UInt8], Int64)])
  func signed(bytes: [UInt8], value: Int64) throws {
    var cursor = cursor(bytes)
    #expect(try cursor.sleb() == value)
    #expect(cursor.isAtEnd)
  }

  @Test(
    "what does not fit into 64 bits",
    arguments: [
      [UInt8](repeating: 0xff, count: 9) + [0x02], [UInt8](repeating: 0x80, count: 10) + [0x01],
      [UInt8](repeating: 0x80, count: 9) + [0x81, 0x7f],
    ])
  func oversized(bytes: [UInt8]) {
    #expect(throws: DWARFError.self) {
      var cursor = cursor(bytes)
      _ = try cursor.uleb()
    }
  }

  @Test(
    "a signed number that changes its sign behind bit 63",
    arguments: [
      [UInt8](repeating: 0x80, count: 9) + [0xff, 0x00], [UInt8](repeating: 0x80, count: 9) + [0x01],
      [UInt8](repeating: 0xff, count: 9) + [0x80, 0x7f],
    ])
  func signChange(bytes: [UInt8]) {
    #expect(throws: DWARFError.self) {
      var cursor = cursor(bytes)
      _ = try cursor.sleb()
    }
  }

  @Test("a random number comes back", arguments: 0..<64)
  func roundTrip(shift: Int) throws {
    for value in [UInt64.max >> shift, 1 << shift, 0x9e37_79b9_7f4a_7c15 >> shift] {
      var unsigned = cursor(DWARFBytes.uleb(value))
      #expect(try unsigned.uleb() == value)
      for signed in [Int64(bitPattern: value), ~Int64(bitPattern: value)] {
        var cursor = cursor(DWARFBytes.sleb(signed))
        #expect(try cursor.sleb() == signed)
      }
    }
  }

  @Test func cutNumbersAreErrorsWhereTheyEnd() {
    for length in 0..<3 {
      #expect(throws: DWARFError(section: .info, offset: length, reason: .truncated)) {
        var cursor = cursor([UInt8](repeating: 0x80, count: length))
        _ = try cursor.uleb()
      }
    }
    #expect(throws: DWARFError(section: .info, offset: 0, reason: .truncated)) {
      var cursor = cursor([1, 2, 3])
      _ = try cursor.unsigned(4)
    }
    #expect(throws: DWARFError(section: .info, offset: 0, reason: .truncated)) {
      var cursor = cursor([1, 2, 3])
      try cursor.skip(.max)
    }
  }

  @Test func lengthsAnnounceTheFormat() throws {
    var short = cursor(SampleELF.little(7, 4))
    #expect(try short.initialLength() == (7, false))
    var long = cursor(SampleELF.little(0xffff_ffff, 4) + SampleELF.little(9, 8))
    #expect(try long.initialLength() == (9, true))
    #expect(throws: DWARFError(section: .info, offset: 0, reason: .reservedLength(0xffff_fff0))) {
      var reserved = cursor(SampleELF.little(0xffff_fff0, 4))
      _ = try reserved.initialLength()
    }
  }
}
