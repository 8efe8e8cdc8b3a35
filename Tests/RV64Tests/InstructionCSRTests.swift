import RV64
import Sv39MMU
import Testing

/// The six CSR instructions.
@Suite struct InstructionCSRTests {
  static let mnemonics = ["csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"]

  /// Registers that this hart must have (privileged specification, "CSR Listing"), by number.
  static let present: Set<Int> = [
    0xc00, 0xc01, 0xc02,
    0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141, 0x142, 0x143, 0x144, 0x180,
    0x300, 0x301, 0x302, 0x303, 0x304, 0x305, 0x306, 0x30a, 0x340, 0x341, 0x342, 0x343, 0x344,
    0xb00, 0xb02, 0xf11, 0xf12, 0xf13, 0xf14, 0xf15,
  ]

  /// Event counters and what they count, which may all be zero but must be there, and triggers, of which this
  /// hart says that there are none.
  static let empty: Set<Int> = Set(0xb03...0xb1f).union(0x323...0x33f).union(0x7a0...0x7a3)

  /// Numbers that mean something only with extensions that this hart may or may not have: PMP, Sstc.
  static let optional: Set<Int> = Set(0x3a0...0x3ef).union([0x14d, 0x320, 0x747])

  /// What an instruction must come to by the number's own rules: bits 9-8 are the lowest mode that may touch
  /// it, and both of bits 11-10 set make it read-only. Nil if this hart is free.
  private static func isLegal(_ number: Int, mode: PrivilegeMode, writes: Bool) -> Bool? {
    if Int(mode.rawValue) < number >> 8 & 3 { return false }
    if writes && number >> 10 == 3 { return false }
    if present.contains(number) || empty.contains(number) { return true }
    // Views of the event counters below M mode take bits of mcounteren, which are zero.
    if 0xc03...0xc1f ~= number { return mode == .machine }
    return optional.contains(number) ? nil : false
  }

  /// Every one of the 4,096 numbers, in each mode, by each instruction, reading alone and writing too.
  @Test(arguments: PrivilegedBench.modes, mnemonics)
  func everyNumber(mode: PrivilegeMode, mnemonic: String) throws {
    var bench = try PrivilegedBench()
    bench.bench.hart.writeCSR(.mcounteren, 7)
    bench.bench.hart.writeCSR(.scounteren, 7)
    var differences: [String] = []
    var legal = 0
    for number in 0..<4096 {
      // x5 holds zero: a register that is not x0 makes csrrs and csrrc writes, whatever it holds. Writes of
      // registers that steer this test itself are not made; their privilege is seen from reading.
      let steers = [0x300, 0x302, 0x303, 0x305, 0x306, 0x106, 0x341, 0x342, 0x343, 0xb02].contains(number)
      for source in [0, 5] {
        let always = mnemonic.hasPrefix("csrrw")
        let writes = always || source != 0
        if writes && steers { continue }
        bench.bench.hart.setRegister(5, 0)
        bench.bench.hart.setRegister(7, 0x77)
        let word = InstructionListing.encode(mnemonic, rd: 7, rs1: source, imm: Int64(number))
        let outcome = bench.attempt(word, in: mode)
        bench.leave()
        guard let expected = Self.isLegal(number, mode: mode, writes: writes) else { continue }
        if expected { legal += 1 }
        let wanted = expected ? PrivilegedBench.Outcome.done : .trap(cause: 2, value: UInt64(word))
        if outcome != wanted {
          differences.append(
            "\(mnemonic) x7, \(hex(number)), \(source) in \(mode): \(outcome), not \(wanted)")
        }
      }
    }
    expectNone(differences)
    #expect((legal > 0) == !(mode == .user && mnemonic.hasPrefix("csrrw")))
  }

  @Test func emptyRegistersReadAsZeroWhateverIsWritten() throws {
    var bench = try PrivilegedBench()
    for number in Self.empty {
      for mnemonic in ["csrrw", "csrrs"] {
        bench.bench.hart.setRegister(5, .max)
        bench.bench.hart.setRegister(7, 0x77)
        let word = InstructionListing.encode(mnemonic, rd: 7, rs1: 5, imm: Int64(number))
        #expect(bench.attempt(word, in: .machine) == .done)
        #expect(bench.bench.hart.register(7) == 0, "\(mnemonic) of \(hex(number))")
        bench.leave()
      }
    }
  }

  /// Old value to rd, new value by the instruction's rule; the same register as source and destination, x0 as
  /// either.
  @Test(arguments: mnemonics, [(5, 6), (6, 6), (0, 6), (5, 0), (0, 0), (31, 31)])
  func meaning(_ mnemonic: String, registers: (rd: Int, rs1: Int)) throws {
    var bench = try PrivilegedBench()
    var differences: [String] = []
    for old in InstructionMeaning.edges {
      for value in InstructionMeaning.edges {
        bench.bench.hart.writeCSR(.mscratch, old)
        bench.bench.hart.setRegister(registers.rd, 0x5555)
        bench.bench.hart.setRegister(registers.rs1, value)
        let isConstant = mnemonic.hasSuffix("i")
        let operand = isConstant ? UInt64(registers.rs1) : registers.rs1 == 0 ? 0 : value
        let word = InstructionListing.encode(mnemonic, rd: registers.rd, rs1: registers.rs1, imm: 0x340)
        let outcome = bench.attempt(word, in: .machine)
        let new: UInt64 =
          switch mnemonic.prefix(5) {
          case "csrrw": operand
          case "csrrs": old | operand
          default: old & ~operand
          }
        let rd = registers.rd == 0 ? 0 : old
        let (scratch, register) = (
          bench.bench.hart.readCSR(.mscratch), bench.bench.hart.register(registers.rd)
        )
        if outcome != .done || scratch != new || register != rd {
          differences.append(
            "\(mnemonic) of \(hex(old)) by \(hex(operand)): \(hex(scratch)), rd \(hex(register))")
        }
      }
    }
    expectNone(differences)
  }

  /// The counters are U mode's if both enabling registers say so, S mode's if `mcounteren` does.
  @Test(arguments: 0..<8 as Range<UInt64>, 0..<8 as Range<UInt64>)
  func counters(machine: UInt64, supervisor: UInt64) throws {
    var bench = try PrivilegedBench()
    for mode in PrivilegedBench.modes {
      for bit in 0..<3 as Range<Int64> {
        bench.bench.hart.writeCSR(.mcounteren, machine)
        bench.bench.hart.writeCSR(.scounteren, supervisor)
        let word = InstructionListing.encode("csrrs", rd: 5, imm: 0xc00 + bit)
        let outcome = bench.attempt(word, in: mode)
        bench.leave()
        let given =
          switch mode {
          case .machine: true
          case .supervisor: machine >> UInt64(bit) & 1 == 1
          case .user: (machine & supervisor) >> UInt64(bit) & 1 == 1
          }
        #expect(outcome == (given ? .done : .trap(cause: 2, value: UInt64(word))), "\(mode), counter \(bit)")
      }
    }
  }

  /// `mstatus.TVM` takes `satp` from S mode, for reading as for writing.
  @Test func satpUnderTVM() throws {
    var bench = try PrivilegedBench()
    for mnemonic in ["csrrw", "csrrs"] {
      let word = InstructionListing.encode(mnemonic, rd: 5, imm: 0x180)
      let refused = bench.attempt(word, in: .supervisor, status: InstructionSystemTests.mstatusTVM)
      #expect(refused == .trap(cause: 2, value: UInt64(word)))
      #expect(bench.attempt(word, in: .machine, status: InstructionSystemTests.mstatusTVM) == .done)
      #expect(bench.attempt(word, in: .supervisor) == .done)
      bench.leave()
    }
  }

  /// Fields that hold only some values keep to them, written by an instruction.
  @Test(
    arguments: [
      (0x141, ~0, 0, ~1), (0x341, ~0, 0, ~1),  // sepc, mepc: bit 0
      (0x100, ~0, 0, 0x2_000c_0122),  // sstatus: SIE SPIE SPP SUM MXR, UXL = 64
      (0x300, 2 << 11, 0, 0xa_0000_0000),  // mstatus: MPP is never 2, UXL and SXL = 64
      (0x304, ~0, 0, 0xaaa), (0x303, ~0, 0, 0x222),  // mie, mideleg
      (0x180, 9 << 60 | 5, 0, 0),  // satp: a mode that is none changes nothing
      (0x144, ~0, 0x222, 2),  // sip: S mode may write SSIP alone, even of what is delegated
      (0x144, ~0, 0, 0), (0x104, ~0, 0x222, 0x222), (0x104, ~0, 0, 0),  // sip, sie: what is delegated
      (0x301, 0, 0, 2 << 62 | 0x14_1105),  // misa: ACIMSU
    ] as [(Int64, UInt64, UInt64, UInt64)])
  func legalValues(number: Int64, written: UInt64, mideleg: UInt64, read: UInt64) throws {
    var bench = try PrivilegedBench()
    bench.bench.hart.writeCSR(.mideleg, mideleg)
    bench.bench.hart.setRegister(6, written)
    _ = bench.attempt(InstructionListing.encode("csrrw", rd: 0, rs1: 6, imm: number), in: .machine)
    #expect(bench.bench.hart.privilege == .machine)
    bench.bench.place([InstructionListing.encode("csrrs", rd: 7, rs1: 0, imm: number)])
    bench.bench.hart.pc = InstructionBench.code
    _ = bench.bench.hart.run(until: bench.bench.hart.retired + 1)
    #expect(bench.bench.hart.register(7) == read)
  }

  /// `instret` counts the instructions before the one that reads it; `mhartid` is the hart's.
  @Test func readings() throws {
    var bench = try InstructionBench()
    bench.place([
      InstructionListing.encode("csrrs", rd: 5, imm: 0xc02), InstructionListing.encode("addi"),
      InstructionListing.encode("csrrs", rd: 6, imm: 0xc02),
      InstructionListing.encode("csrrs", rd: 7, imm: 0xf14),
    ])
    _ = bench.hart.run(until: bench.hart.retired + 4)
    #expect(bench.hart.register(6) == bench.hart.register(5) + 2)
    #expect(bench.hart.register(7) == bench.hart.id)
  }
}
