import RV64
import Sv39MMU

/// Where the specification leaves a choice that the two machines make differently, where QEMU 7.2 departs
/// from it, and what depends on time: what the generators keep away from, each with its reason.
///
/// A program may do with a CSR what its policy says, if it can reach it at all: one that does not start in M
/// mode may try anything with what is M mode's.
enum Choices {
  enum Policy {
    /// Any instruction, any value.
    case free
    /// Values are cut to a mask (a sign-extended 32-bit constant) before they are written.
    case masked(Int64)
    /// Not written.
    case readOnly
    /// Only whether it may be read: `csrr zero, csr`.
    case accessOnly
    /// The old value is put back by the next instruction.
    case putBack
    /// Not touched.
    case never
  }

  struct Entry {
    let numbers: ClosedRange<UInt16>
    let policy: Policy
    let reason: String

    init(_ first: UInt16, to last: UInt16? = nil, _ policy: Policy, _ reason: String) {
      numbers = first...(last ?? first)
      self.policy = policy
      self.reason = reason
    }
  }

  /// The CSRs that are not free.
  static let csrs: [Entry] = [
    Entry(
      0x100, .masked(0xC0122),
      "sstatus: QEMU lets VS and UXL be written, though there are no vectors and no RV32"),
    Entry(0x106, .masked(7), "scounteren: QEMU keeps bits of counters that do not exist"),
    Entry(0x10A, .masked(1), "senvcfg: fields of extensions that this hart lacks"),
    Entry(0x141, .masked(-2), "sepc: QEMU keeps bit 0, which the specification makes zero"),
    Entry(0x144, .masked(0x22), "sip: as mip"),
    Entry(0x14D, .accessOnly, "stimecmp: interrupts at a time"),
    Entry(0x180, .readOnly, "satp: only a program's own tables; QEMU implements ASIDs"),
    Entry(0x24D, .never, "vstimecmp: QEMU has it, hypervisor or not"),
    Entry(
      0x300, .readOnly, "mstatus: written by sequences of their own; QEMU lets MPP hold 2, which is no mode"),
    Entry(0x302, .masked(0xB3FF), "medeleg: QEMU lets exceptions of M mode be delegated"),
    Entry(0x303, .masked(0x222), "mideleg: QEMU's further interrupts"),
    Entry(0x304, .masked(0xAAA), "mie: QEMU's further interrupts"),
    Entry(0x305, .putBack, "mtvec: leads to the monitor"),
    Entry(0x306, .masked(7), "mcounteren: QEMU keeps bits of counters that do not exist"),
    Entry(0x30A, .masked(1), "menvcfg: STCE makes stimecmp interrupt at a time; fields of other extensions"),
    Entry(0x320, .readOnly, "mcountinhibit: QEMU can stop counters, this hart cannot"),
    Entry(0x323, to: 0x33F, .readOnly, "mhpmevent: QEMU's can be written, ours are zero"),
    Entry(0x340, .putBack, "mscratch: the monitor's"),
    Entry(0x341, .masked(-2), "mepc: QEMU keeps bit 0, which the specification makes zero"),
    Entry(
      0x344, .masked(0x22),
      "mip: of several pending interrupts QEMU takes the lowest number, which SEI is not"),
    Entry(0x3A0, to: 0x3A3, .readOnly, "pmpcfg: set before the program starts, since L lasts until a reset"),
    Entry(
      0x3B0, to: 0x3BF, .accessOnly,
      "pmpaddr: set before the program starts; QEMU keeps bits that address nothing"),
    Entry(
      0x7A0, to: 0x7A5, .never, "triggers: this hart says that there are none, QEMU has no such CSRs then"),
    Entry(0xB00, .accessOnly, "mcycle: QEMU counts the host's time"),
    Entry(0xB02, .accessOnly, "minstret: QEMU counts the host's time"),
    Entry(0xB03, to: 0xB1F, .readOnly, "mhpmcounter: QEMU's can be written, ours are zero"),
    Entry(0xC00, to: 0xC02, .accessOnly, "cycle, time, instret: time"),
    Entry(0xC03, to: 0xC1F, .readOnly, "hpmcounter: as mvendorid"),
    Entry(
      0xF11, to: 0xF15, .readOnly,
      "mvendorid and so on: QEMU takes it for no write to set or clear by a register that is zero"),
  ]

  /// What a program that started in `mode` may do with a CSR.
  static func policy(of number: UInt16, in mode: PrivilegeMode) -> Policy {
    // A trap in S mode's handler takes a program from U to S mode.
    let highest: UInt16 = mode == .machine ? 3 : 1
    if highest < number >> 8 & 3 { return .free }
    return csrs.first { $0.numbers.contains(number) }?.policy ?? .free
  }

  /// The instructions of both tables that QEMU 7.2 does not have: Zicond, Zimop, Zicbom, Zicboz; Zcb, Zcmop.
  /// They are held to the specification by the unit tests alone.
  static let newerMnemonics: Set = [
    "czero.eqz", "czero.nez", "mop.r", "mop.rr", "cbo.inval", "cbo.clean", "cbo.flush", "cbo.zero",
    "c.lbu", "c.lhu", "c.lh", "c.sb", "c.sh", "c.mul", "c.zext.b", "c.sext.b", "c.zext.h", "c.sext.h",
    "c.zext.w", "c.not", "c.mop",
  ]

  /// Whether `word` is one of these.
  static func isNewer(_ word: UInt32) -> Bool {
    let mnemonic =
      word & 3 == 3
      ? InstructionTable.find(word)?.mnemonic
      : CompressedTable.find(UInt16(truncatingIfNeeded: word))?.mnemonic
    return mnemonic.map { newerMnemonics.contains("\($0)") } ?? false
  }

  /// Whether an instruction may stand anywhere in a program that starts in `mode`.
  static func permits(_ word: UInt32, in program: Program) -> Bool {
    if isNewer(word) { return false }
    let mode = program.mode
    let instruction = DecodedInstruction.decode(word)
    switch instruction.operation {
    case .scW, .scD:
      // Only if its address is aligned: QEMU lets a misaligned SC fail without a trap.
      return false
    case .mret, .sret:
      // QEMU does not clear MPRV there.
      return program.mode != .machine || !program.usesMPRV
    case .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci:
      let writes =
        instruction.operation == .csrrw || instruction.operation == .csrrwi || instruction.rs1 != 0
      let number = UInt16(truncatingIfNeeded: instruction.immediate)
      switch policy(of: number, in: mode) {
      case .free: return true
      case .masked, .readOnly, .putBack: return !writes
      case .accessOnly: return !writes && instruction.rd == 0
      case .never: return false
      }
    default: return true
    }
  }

  /// Whether what a program did here shows that it met a choice that no rule about its text could have kept
  /// it from.
  static func avoids(_ state: SlotState, _ program: Program) -> Bool {
    let code = state.doubleword(Layout.codePA)
    let slot = code - Layout.code
    return state.traps.contains { trap in
      if program.usesMPRV {
        // QEMU does not clear MPRV on the way to a lower mode.
        if trap.mode != .machine { return true }
        // If M mode has fetched there, QEMU lets it load and store, whatever MPRV says.
        if trap.pc &- slot < Layout.slotSize && trap.pc &- code >= Layout.codeSize { return true }
        let isFault = [5, 7, 13, 15].contains(trap.cause)
        if isFault && (trap.value &- slot < Layout.data || trap.value &- Layout.ramBase < 4096) {
          return true
        }
      }
      // If S mode has loaded or stored there with SUM, QEMU lets it fetch.
      if trap.cause == 12 && trap.mode == .supervisor && trap.sum && program.maps(trap.value) { return true }
      // A device takes atomics in QEMU.
      if trap.cause == 7 && trap.value & ~4095 == Layout.finisher { return true }
      // QEMU lets a misaligned SC fail without a trap.
      guard trap.cause == 6, let instruction = trap.instruction else { return false }
      let operation = DecodedInstruction.decode(instruction).operation
      return operation == .scW || operation == .scD
    }
  }
}
