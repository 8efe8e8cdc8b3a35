import RV64
import Sv39MMU

/// A hart that runs one instruction in a privilege mode of choice, traps going to M mode.
struct PrivilegedBench: ~Copyable {
  static let modes: [PrivilegeMode] = [.user, .supervisor, .machine]
  private static let entry = InstructionBench.ram + 0x1000
  private static let handler = InstructionBench.ram + 0x2000
  static let code = InstructionBench.code

  var bench: InstructionBench

  init() throws {
    bench = try InstructionBench()
    bench.place([InstructionListing.encode("mret")], at: Self.entry)
    bench.place([InstructionListing.encode("addi")], at: Self.handler)
  }

  /// What became of an instruction.
  enum Outcome: Equatable {
    /// It retired.
    case done
    /// It trapped to M mode, and this is what the handler finds in `mcause` and `mtval`.
    case trap(cause: UInt64, value: UInt64)
    /// Neither.
    case lost(String)
  }

  /// Enters `mode` by an `mret`, as a kernel does, and executes `word` there. `status` are further bits of
  /// `mstatus`. The hart must be in M mode, and is in M mode again after a trap; `leave` brings it back after
  /// an instruction that retired.
  mutating func attempt(_ word: UInt32, in mode: PrivilegeMode, status: UInt64 = 0) -> Outcome {
    bench.place([word], at: Self.code)
    bench.hart.writeCSR(.mtvec, Self.handler)
    bench.hart.writeCSR(.mepc, Self.code)
    bench.hart.writeCSR(.mcause, 0x55)
    bench.hart.writeCSR(.mstatus, status | UInt64(mode.rawValue) << 11)
    bench.hart.pc = Self.entry
    let start = bench.hart.retired
    _ = bench.hart.run(until: start + 1)
    guard bench.hart.pc == Self.code, bench.hart.privilege == mode else {
      return .lost("mret leads to \(hex(bench.hart.pc)) in \(bench.hart.privilege)")
    }
    let before = bench.registers
    _ = bench.hart.run(until: start + 2)
    let cause = bench.hart.readCSR(.mcause)
    guard bench.hart.pc == Self.handler + 4, cause != 0x55 else { return .done }
    if bench.hart.readCSR(.mepc) != Self.code || bench.registers != before {
      return .lost("the trap changes registers, or is of \(hex(bench.hart.readCSR(.mepc)))")
    }
    return .trap(cause: cause, value: bench.hart.readCSR(.mtval))
  }

  /// Back to M mode, by an `ecall`.
  mutating func leave() {
    guard bench.hart.privilege != .machine else { return }
    bench.hart.writeCSR(.mtvec, Self.handler)
    bench.place([InstructionListing.encode("ecall")], at: Self.code)
    bench.hart.pc = Self.code
    _ = bench.hart.run(until: bench.hart.retired + 1)
  }
}
