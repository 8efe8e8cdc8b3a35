import Testing

@testable import ObjectFile

/// Line programs of every version, with every opcode.
@Suite struct DWARFLineTests {
  static let lengths: [UInt8] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]

  /// A line table with two files, `kernel/vm.c` and `defs.h`.
  static func table(
    version: UInt64, is64: Bool = false, instructionBytes: UInt8 = 1, operations: UInt8 = 1,
    lineRange: UInt8 = 14, opcodeBase: UInt8 = 13, _ program: (inout DWARFBytes) -> Void
  ) -> [UInt8] {
    DWARFBytes.sized(is64: is64) { table in
      table.u16(version)
      if version == 5 { table.u8(8, 0) }
      var header = DWARFBytes()
      header.u8(instructionBytes)
      if version >= 4 { header.u8(operations) }
      header.u8(1, UInt8(bitPattern: -5), lineRange, opcodeBase)
      header.bytes += lengths.prefix(Int(opcodeBase) - 1)
      if opcodeBase > 13 { header.bytes += [UInt8](repeating: 2, count: Int(opcodeBase) - 13) }
      if version == 5 {
        header.uleb(1, 1, 0x08, 2)  // directories: a path in place; two
        header.text("/home/me/xv6")
        header.text("kernel")
        header.uleb(3, 1, 0x08, 2, 0x0b, 5, 0x1e, 2)  // files: path, directory, MD5; two
        header.text("vm.c")
        header.bytes += [1] + [UInt8](repeating: 7, count: 16)
        header.text("../xv6/./defs.h")
        header.bytes += [0] + [UInt8](repeating: 7, count: 16)
      } else {
        header.text("kernel")
        header.text("")
        header.text("vm.c")
        header.uleb(1, 1000, 2000)
        header.text("../xv6/./defs.h")
        header.uleb(0, 0, 0)
        header.text("")
      }
      if is64 { table.u64(UInt64(header.bytes.count)) } else { table.u32(UInt64(header.bytes.count)) }
      table.bytes += header.bytes
      program(&table)
    }
  }

  static func info(version: UInt64 = 4, _ lines: [UInt8]) throws -> DebugInfo {
    let unit = DWARFBytes.unit(version: version) { unit in
      unit.uleb(1)
      unit.u32(0)
      unit.text("/home/me/xv6")
    }
    let form: UInt64 = version < 4 ? 0x06 : 0x17
    let table = DWARFBytes.abbreviations((1, 0x11, false, [[0x10, form], [0x1b, 0x08]]))
    return try DebugInfo(DWARF.Sections([.info: unit, .abbreviations: table, .lines: lines]))
  }

  private static func setAddress(_ program: inout DWARFBytes, _ address: UInt64) {
    program.u8(0, 9, 2)
    program.u64(address)
  }

  private static func end(_ program: inout DWARFBytes) { program.u8(0, 1, 1) }

  private static func place(_ info: DebugInfo, _ address: UInt64) -> String? {
    info.location(of: address).map { "\($0.file ?? "?"):\($0.line ?? 0):\($0.column ?? 0)" }
  }

  @Test("every opcode", arguments: [2, 3, 4, 5] as [UInt64], [false, true])
  func opcodes(version: UInt64, is64: Bool) throws {
    let first: UInt64 = version == 5 ? 0 : 1
    let lines = Self.table(version: version, is64: is64, instructionBytes: 2) { program in
      Self.setAddress(&program, 0x8000_0000)
      program.u8(4)  // DW_LNS_set_file
      program.uleb(first)
      program.u8(3)  // DW_LNS_advance_line
      program.sleb(99)
      program.u8(5, 7, 1)  // DW_LNS_set_column, DW_LNS_copy: 100
      program.u8(13 + 14 * 3 + 6)  // special: 3 instructions, 1 line on: 101 at +6
      program.u8(6, 7, 10, 11)  // negate, basic block, prologue end, epilogue begin
      program.u8(2)  // DW_LNS_advance_pc
      program.uleb(5)
      program.u8(1)  // +16
      program.u8(8)  // DW_LNS_const_add_pc: (255 - 13) / 14 = 17 instructions
      program.u8(12)  // DW_LNS_set_isa
      program.uleb(300)
      program.u8(3)
      program.sleb(-60)
      program.u8(1)  // +50: line 41
      program.u8(9)  // DW_LNS_fixed_advance_pc: bytes, not instructions
      program.u16(10)
      program.u8(4)
      program.uleb(first + 1)
      program.u8(0, 2, 4, 5)  // DW_LNE_set_discriminator
      program.u8(0, 4, 0x80, 1, 2, 3)  // an opcode that a vendor added
      program.u8(1)  // +60
      program.u8(9)
      program.u16(4)
      Self.end(&program)  // +64
    }
    let info = try Self.info(version: version, lines)
    let rows: [(UInt64, String?)] = [
      (0x7fff_ffff, nil), (0x8000_0000, "kernel/vm.c:100:7"), (0x8000_0005, "kernel/vm.c:100:7"),
      (0x8000_0006, "kernel/vm.c:101:7"), (0x8000_0010, "kernel/vm.c:101:7"),
      (0x8000_0031, "kernel/vm.c:101:7"), (0x8000_0032, "kernel/vm.c:41:7"),
      (0x8000_003b, "kernel/vm.c:41:7"),
      (0x8000_003c, "defs.h:41:7"), (0x8000_003f, "defs.h:41:7"), (0x8000_0040, nil), (.max, nil), (0, nil),
    ]
    for (address, text) in rows { #expect(Self.place(info, address) == text) }
    #expect(info.lines.rows.map(\.isStatement) == [true, true, false, false, false])
    #expect(info.lines.prologueEnd(ofFunctionIn: 0x8000_0000..<0x8000_0040) == 0x8000_0010)
    #expect(info.lines.prologueEnd(ofFunctionIn: 0x8000_0010..<0x8000_0040) == 0x8000_0010)
    #expect(info.lines.prologueEnd(ofFunctionIn: 0x8000_0032..<0x8000_0034) == nil)
  }

  @Test("opcodes that a later version may add are passed over", arguments: [14, 20] as [UInt8])
  func laterOpcodes(opcodeBase: UInt8) throws {
    let lines = Self.table(version: 4, opcodeBase: opcodeBase) { program in
      Self.setAddress(&program, 16)
      program.u8(13, 0x80, 1, 3)  // two operands
      program.u8(1, 2, 4)
      Self.end(&program)
    }
    #expect(Self.place(try Self.info(lines), 17) == "kernel/vm.c:1:0")
  }

  @Test("fewer standard opcodes leave more special ones", arguments: [2, 4] as [UInt64])
  func fewerOpcodes(version: UInt64) throws {
    let lines = Self.table(version: version, opcodeBase: 10) { program in
      Self.setAddress(&program, 16)
      program.u8(10 + 5 + 2)  // special: 2 lines on
      program.u8(2, 4)
      Self.end(&program)
    }
    #expect(Self.place(try Self.info(version: version, lines), 17) == "kernel/vm.c:3:0")
  }

  @Test func filesThatTheProgramDefines() throws {
    let lines = Self.table(version: 4) { program in
      Self.setAddress(&program, 16)
      let name = Array("new.c".utf8) + [0, 1, 0, 0]
      program.u8(0, UInt8(name.count + 1), 3)
      program.bytes += name
      program.u8(4, 3, 1, 2, 4)
      Self.end(&program)
    }
    #expect(Self.place(try Self.info(lines), 16) == "kernel/new.c:1:0")
  }

  @Test func aFileThatIsNotThereIsNoFile() throws {
    let lines = Self.table(version: 4) { program in
      Self.setAddress(&program, 16)
      program.u8(4, 9, 1, 2, 4)
      Self.end(&program)
    }
    #expect(Self.place(try Self.info(lines), 16) == "?:1:0")
  }

  @Test func lineZeroIsNoLine() throws {
    let lines = Self.table(version: 4) { program in
      Self.setAddress(&program, 16)
      program.u8(3, 0x7f, 1, 2, 4)
      Self.end(&program)
    }
    let location = try #require(try Self.info(lines).location(of: 16))
    #expect(location.line == nil)
    #expect(location.frames[0].description == "kernel/vm.c")
  }

  @Test func rowsOutOfOrderAreSorted() throws {
    let lines = Self.table(version: 4) { program in
      Self.setAddress(&program, 0x20)
      program.u8(3, 1, 1)  // line 2
      Self.setAddress(&program, 0x10)
      program.u8(3, 1, 1)  // line 3
      Self.setAddress(&program, 0x30)
      Self.end(&program)
    }
    let info = try Self.info(lines)
    #expect(Self.place(info, 0x10) == "kernel/vm.c:3:0")
    #expect(Self.place(info, 0x20) == "kernel/vm.c:2:0")
    #expect(Self.place(info, 0x0f) == nil)
  }

  @Test func rowsWithoutAnEndAreForgotten() throws {
    let info = try Self.info(
      Self.table(version: 4) { program in
        Self.setAddress(&program, 0x20)
        program.u8(1)
      })
    #expect(info.lines.rows.isEmpty)
    #expect(info.location(of: 0x20) == nil)
  }

  @Test(
    "headers that no program can run with",
    arguments: [
      (table(version: 4, operations: 0) { _ in }, .badLineHeader(.operationsPerInstruction, 0)),
      (table(version: 4, operations: 4) { _ in }, .badLineHeader(.operationsPerInstruction, 4)),
      (table(version: 4, lineRange: 0) { _ in }, .badLineHeader(.lineRange, 0)),
      (changed(table(version: 4) { _ in }, at: 15, to: 0), .badLineHeader(.opcodeBase, 0)),
      (changed(table(version: 4) { _ in }, at: 6, to: 0xff), .badLineHeader(.headerLength, 0xff)),
      (changed(table(version: 4) { _ in }, at: 4, to: 6), .unsupportedVersion(6)),
      (changed(table(version: 4) { _ in }, at: 4, to: 1), .unsupportedVersion(1)),
      (changed(table(version: 5) { _ in }, at: 6, to: 4), .badAddressSize(4)),
      (changed(table(version: 4) { _ in }, at: 0, to: 0xff), .truncated),
    ] as [([UInt8], DWARFError.Reason)])
  func badHeaders(lines: [UInt8], reason: DWARFError.Reason) {
    let error = #expect(throws: DWARFError.self) { try Self.info(lines) }
    #expect(error?.reason == reason)
    #expect(error?.section == .lines)
  }

  static func changed(_ bytes: [UInt8], at offset: Int, to byte: UInt8) -> [UInt8] {
    var bytes = bytes
    bytes[offset] = byte
    return bytes
  }

  @Test("a count of entries without bytes ends at once", arguments: [[], [[1, 0x19]]] as [[[UInt64]]])
  func emptyFileEntries(fields: [[UInt64]]) {
    let lines = DWARFBytes.sized { table in
      table.u16(5)
      table.u8(8, 0)
      table.u32(40)
      table.u8(1, 1, 1, 251, 14, 13)
      table.bytes += Self.lengths
      table.uleb(UInt64(fields.count))
      for field in fields { table.uleb(field[0], field[1]) }
      table.uleb(.max)
      table.bytes += [UInt8](repeating: 0, count: 60)
    }
    let error = #expect(throws: DWARFError.self) { try Self.info(version: 5, lines) }
    #expect(error?.reason == .emptyFileEntries(count: .max))
  }
}
