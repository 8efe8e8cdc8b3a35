import Testing

@testable import ObjectFile

/// Call frame information, also of kinds that GNU's compiler and clang do not write.
@Suite struct DWARFFrameTests {
  /// One function, 0x1000 to 0x1100. Its instructions are counted in units of 2 bytes, its data in units of
  /// -4 bytes.
  static func section(
    version: UInt8 = 4, is64: Bool = false, initial: [UInt8] = [0x0c, 2, 0], _ instructions: [UInt8]
  ) -> [UInt8] {
    let common = DWARFBytes.sized(is64: is64) { entry in
      if is64 { entry.u64(.max) } else { entry.u32(0xffff_ffff) }
      entry.u8(version, 0)
      if version == 4 { entry.u8(8, 0) }
      entry.u8(2, 0x7c, 1)
      entry.bytes += initial
    }
    let description = DWARFBytes.sized(is64: is64) { entry in
      if is64 { entry.u64(0) } else { entry.u32(0) }
      entry.u64(0x1000)
      entry.u64(0x100)
      entry.bytes += instructions
    }
    return common + description
  }

  static func state(_ section: [UInt8], at address: UInt64) throws -> DWARF.FrameProgram.State? {
    let table = try DWARF.FrameTable(DWARF.Sections([.frames: section]))
    return try table.description(containing: address).map {
      try DWARF.FrameProgram.state(at: address, $0, table)
    }
  }

  @Test("a function that sets up a frame and takes it down", arguments: [1, 3, 4] as [UInt8], [false, true])
  func frame(version: UInt8, is64: Bool) throws {
    let section = Self.section(
      version: version, is64: is64,
      [
        0x41, 0x0e, 16, 0x42, 0x81, 2, 0x88, 4, 0x41, 0x0c, 8, 0,  // +2, +6, +8
        0x02, 8, 0x0a, 0xc1, 0x03, 1, 0, 0xc8, 0x0c, 2, 16, 0x04, 1, 0, 0, 0, 0x0e, 0,  // +24, +26, +28
        0x41, 0x0b, 0, 0,  // +30
      ])
    let expected: [(UInt64, UInt64, Int64, DWARF.FrameProgram.Rule, DWARF.FrameProgram.Rule)] = [
      (0x1000, 2, 0, .same, .same), (0x1002, 2, 16, .same, .same), (0x1006, 2, 16, .saved(-8), .saved(-16)),
      (0x1008, 8, 0, .saved(-8), .saved(-16)), (0x1017, 8, 0, .saved(-8), .saved(-16)),
      (0x1018, 8, 0, .same, .saved(-16)), (0x101a, 2, 16, .same, .same), (0x101c, 2, 0, .same, .same),
      (0x101e, 8, 0, .saved(-8), .saved(-16)), (0x10ff, 8, 0, .saved(-8), .saved(-16)),
    ]
    for (address, register, offset, ra, s0) in expected {
      let state = try #require(try Self.state(section, at: address))
      #expect(state.base == (register, offset), "\(address)")
      #expect((state.returnAddress, state.framePointer) == (ra, s0), "\(address)")
    }
    #expect(try Self.state(section, at: 0x1100) == nil)
    #expect(try Self.state(section, at: 0xfff) == nil)
  }

  @Test(
    "the other instructions",
    arguments: [
      ([0x05, 1, 3], .saved(-12), .same), ([0x11, 8, 0x7e], .same, .saved(8)), ([0x07, 1], .unknown, .same),
      ([0x81, 2, 0x08, 1], .same, .same), ([0x09, 1, 5], .register(5), .same),
      ([0x10, 1, 2, 0, 0], .unknown, .same),
      ([0x16, 8, 1, 0], .same, .unknown), ([0x14, 1, 4], .unknown, .same), ([0x15, 1, 4], .unknown, .same),
      ([0x81, 2, 0x06, 1], .same, .same), ([0x2e, 16], .same, .same), ([0x05, 20, 1], .same, .same),
      ([0x01, 0, 0x20, 0, 0, 0, 0, 0, 0, 0x07, 1], .same, .same),
    ] as [([UInt8], DWARF.FrameProgram.Rule, DWARF.FrameProgram.Rule)])
  func rules(instructions: [UInt8], ra: DWARF.FrameProgram.Rule, s0: DWARF.FrameProgram.Rule) throws {
    let state = try #require(try Self.state(Self.section(instructions), at: 0x1010))
    #expect(state.returnAddress == ra)
    #expect(state.framePointer == s0)
    #expect(state.base == (2, 0))
  }

  @Test(
    "where the frame is",
    arguments: [
      ([0x0d, 8], 8, 0), ([0x12, 8, 0x7c], 8, 16), ([0x13, 0x7e], 2, 8), ([0x0c, 5, 0x80, 1], 5, 128),
    ] as [([UInt8], UInt64, Int64)])
  func base(instructions: [UInt8], register: UInt64, offset: Int64) throws {
    let state = try #require(try Self.state(Self.section(instructions), at: 0x1000))
    #expect(state.base == (register, offset))
  }

  @Test func anAssemblerSetsTheRegisterAloneAtFirst() throws {
    let state = try #require(try Self.state(Self.section(initial: [0x0d, 2], [0x0e, 32]), at: 0x1000))
    #expect(state.base == (2, 32))
  }

  @Test(
    "instructions that cannot be run",
    arguments: [
      ([0x17], .unknownFrameInstruction(0x17)), ([0x3f], .unknownFrameInstruction(0x3f)),
      ([0x05, 1], .truncated),
      ([0x04, 1, 2], .truncated), ([0x10, 1, 9], .truncated),
      ([UInt8](repeating: 0x0a, count: 65), .nestedTooDeep(limit: 64)),
    ] as [([UInt8], DWARFError.Reason)])
  func badInstructions(instructions: [UInt8], reason: DWARFError.Reason) {
    let error = #expect(throws: DWARFError.self) { try Self.state(Self.section(instructions), at: 0x1000) }
    #expect(error?.reason == reason)
    #expect(error?.section == .frames)
  }

  @Test(
    "entries that cannot be read",
    arguments: [
      (8, 2, .unsupportedVersion(2)), (9, 0x7a, .unsupportedVersion(0x7a)), (10, 4, .badAddressSize(4)),
      (22, 9, .badFrameReference(9)), (0, 0xff, .truncated),
    ] as [(Int, UInt8, DWARFError.Reason)])
  func badEntries(offset: Int, byte: UInt8, reason: DWARFError.Reason) {
    let section = DWARFLineTests.changed(Self.section([0]), at: offset, to: byte)
    let error = #expect(throws: DWARFError.self) { try Self.state(section, at: 0x1000) }
    #expect(error?.reason == reason)
  }

  @Test func callersAreFoundInEveryPartOfAFunction() throws {
    // +0 prologue, +2 space, +4 saved, +6 the frame pointer is s0.
    let section = Self.section([0x41, 0x0e, 16, 0x41, 0x81, 2, 0x88, 4, 0x41, 0x0c, 8, 0])
    let info = try DebugInfo(DWARF.Sections([.frames: section]))
    let memory: [UInt64: UInt64] = [0x7ff8: 0x4444, 0x7ff0: 0x9000]
    let caller = CallFrame(pc: 0x4444, ra: 0x4444, sp: 0x8000, s0: 0x9000)
    let inside: [CallFrame] = [
      CallFrame(pc: 0x1000, ra: 0x4444, sp: 0x8000, s0: 0x9000),
      CallFrame(pc: 0x1002, ra: 0x4444, sp: 0x7ff0, s0: 0x9000),
      CallFrame(pc: 0x1004, ra: 1, sp: 0x7ff0, s0: 0x9000),
      CallFrame(pc: 0x1006, ra: 1, sp: 0x7000, s0: 0x8000),
    ]
    for frame in inside { #expect(info.caller(of: frame) { memory[$0] } == caller) }
    #expect(info.caller(of: inside[3]) { _ in nil } == nil)
    #expect(info.caller(of: CallFrame(pc: 0x2000, ra: 0, sp: 0, s0: 0)) { _ in 0 } == nil)
    #expect([0x1000, 0x1005, 0x1006].map { info.isOutsideFrame($0) } == [true, true, false])
    #expect(info.isOutsideFrame(0x2000) == nil)
    // At the end of memory, no calculation overflows.
    _ = info.caller(of: CallFrame(pc: 0x1006, ra: 1, sp: 0, s0: 0)) { $0 }
  }
}
