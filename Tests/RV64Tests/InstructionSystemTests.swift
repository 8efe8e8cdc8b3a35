import RV64
import Sv39MMU
import TestSupport
import Testing

/// `ecall`, `ebreak`, what is illegal, and the instructions of the privileged architecture.
@Suite struct InstructionSystemTests {
  static let mstatusTVM: UInt64 = 1 << 20
  static let mstatusTW: UInt64 = 1 << 21
  static let mstatusTSR: UInt64 = 1 << 22

  /// Words that mean nothing, of every major opcode, executed in U mode: `stval` has their bits, and nothing
  /// changes.
  @Test(arguments: 0..<32 as Range<UInt32>)
  func illegalWords(_ opcode: UInt32) throws {
    var random = SeededGenerator(seed: UInt64(opcode) + 100)
    var bench = try InstructionBench()
    var words: [UInt32] = []
    for _ in 0..<4000 where words.count < 40 {
      let word = UInt32(truncatingIfNeeded: random.next()) & ~0x7f | opcode << 2 | 3
      if InstructionListing.find(word) == nil { words.append(word) }
    }
    let full: Set<UInt32> = [0b01101, 0b00101, 0b11011]  // LUI, AUIPC and JAL use their whole opcode.
    #expect(words.isEmpty == full.contains(opcode))
    for word in words {
      let before = bench.scatterRegisters(&random)
      bench.place([word])
      let retired = bench.hart.retired
      #expect(bench.step() == .trap(scause: 2, stval: UInt64(word)), "\(hex(word))")
      #expect(bench.registers == before)
      #expect(bench.hart.pc == InstructionBench.code)
      #expect(bench.hart.retired == retired)
    }
  }

  /// Every reserved or floating-point 16-bit encoding, all zeros among them: `stval` has the 16 bits,
  /// whatever follows.
  @Test func illegalHalfwords() throws {
    var bench = try InstructionBench()
    var differences: [String] = []
    var count = 0
    for halfword in (0...UInt16.max) where halfword & 3 != 3 && (halfword < 0x2000 || halfword % 5 == 1) {
      guard case .illegal(let reason) = CompressedListing.meaning(of: halfword) else { continue }
      count += 1
      bench.place([UInt32(halfword) | 0xfedc_0000])
      let stop = bench.step()
      if stop != .trap(scause: 2, stval: UInt64(halfword)) || bench.hart.pc != InstructionBench.code {
        differences.append("\(hex(halfword)) (\(reason)): \(stop)")
      }
    }
    expectNone(differences)
    #expect(count > 1000)
  }

  @Test(arguments: PrivilegedBench.modes)
  func ecallSaysWhoCalls(_ mode: PrivilegeMode) throws {
    var bench = try PrivilegedBench()
    let cause: UInt64 = [.user: 8, .supervisor: 9, .machine: 11][mode] ?? 0
    #expect(bench.attempt(InstructionListing.encode("ecall"), in: mode) == .trap(cause: cause, value: 0))
    // `mtval` of a breakpoint: zero or the instruction's address, by the specification; this hart gives the
    // address.
    let breakpoint = bench.attempt(InstructionListing.encode("ebreak"), in: mode)
    #expect(breakpoint == .trap(cause: 3, value: PrivilegedBench.code))
    let compressed = bench.attempt(0x0001_9002, in: mode)
    #expect(compressed == .trap(cause: 3, value: PrivilegedBench.code))
  }

  /// Who may execute what, and which bit of `mstatus` takes it from S mode.
  @Test(
    arguments: PrivilegedBench.modes,
    [("mret", 0), ("sret", mstatusTSR), ("wfi", mstatusTW), ("sfence.vma", mstatusTVM)] as [(String, UInt64)])
  func privilegedInstructions(mode: PrivilegeMode, instruction: (mnemonic: String, trap: UInt64)) throws {
    for status in [0, instruction.trap, Self.mstatusTVM | Self.mstatusTW | Self.mstatusTSR] {
      var bench = try PrivilegedBench()
      for (rs1, rs2) in [(0, 0), (5, 0), (0, 6), (31, 17)] {
        let word = InstructionListing.encode(instruction.mnemonic, rs1: rs1, rs2: rs2)
        let permitted =
          switch mode {
          case .machine: true
          case .supervisor: instruction.mnemonic != "mret" && status & instruction.trap == 0
          case .user: false
          }
        let outcome = bench.attempt(word, in: mode, status: status)
        let text = "\(instruction.mnemonic) in \(mode), mstatus \(hex(status))"
        #expect(outcome == (permitted ? .done : .trap(cause: 2, value: UInt64(word))), "\(text)")
        bench.leave()
      }
    }
  }

  /// `fence` and `fence.i` order what is ordered already: all their encodings retire and change nothing.
  @Test(arguments: ["fence", "fence.i"])
  func fences(_ mnemonic: String) throws {
    var bench = try InstructionBench()
    var random = SeededGenerator(seed: 11)
    let row = try #require(InstructionListing.byMnemonic[mnemonic])
    for _ in 0..<200 {
      let before = bench.scatterRegisters(&random)
      bench.place([row.match | UInt32(truncatingIfNeeded: random.next()) & ~row.mask])
      #expect(bench.step() == .limit)
      #expect(bench.registers == before)
      #expect(bench.hart.pc == InstructionBench.code + 4)
    }
  }
}
