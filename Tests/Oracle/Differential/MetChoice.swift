import RV64
import Sv39MMU

/// Finds out, of a program that differs, whether it met a choice (`Choices`) before: what random operands,
/// and addresses in the middle of instructions, can always lead to. Every instruction is looked at with the
/// values that it has.
struct MetChoice {
  private let program: Program
  private let slot: UInt64
  private let memory: PhysicalMemory
  /// Pages that instructions came from.
  private var executed: Set<UInt64> = []

  private init(_ program: Program, slot: UInt64, memory: PhysicalMemory) {
    self.program = program
    self.slot = slot
    self.memory = memory
  }

  /// The choice that the program met in slot `n` before its trap number `traps` was over; nil for none.
  static func before(trap traps: Int, of program: Program, slot n: Int) throws(DifferentialError) -> String? {
    let machine = try OwnMachine()
    program.place(at: Layout.slot(n), in: machine.memory)
    var search = MetChoice(program, slot: Layout.slot(n), memory: machine.memory)
    var seen = 0
    var reason: String?
    var isInside = false
    _ = machine.step(slot: n, budget: program.budget + 100_000) { hart in
      let isTrap = hart.pc == hart.readCSR(.mtvec) &+ 4 && hart.privilege == .machine
      if isTrap { seen += 1 }
      let isMonitors = Self.isMonitor(hart.pc)
      if reason == nil && seen <= traps {
        if !isMonitors { reason = search.choice(hart) }
        if isMonitors && isInside && !isTrap { reason = "the program jumps into the monitor" }
      }
      isInside = !isMonitors
    }
    return reason
  }

  private static func isMonitor(_ pc: UInt64) -> Bool { pc &- Layout.ramBase < 4096 }

  /// Where `va` leads from the present mode, if anywhere, and whether the page is U mode's.
  private func place(_ va: UInt64, _ hart: borrowing Hart) -> (physical: UInt64, isUserPage: Bool)? {
    guard hart.privilege != .machine, hart.satp >> 60 != 0 else { return (va, false) }
    let result = Sv39.walk(
      memory: memory, root: (hart.satp & (1 << 44 - 1)) << 12, va: va, access: .load,
      privilege: .supervisor,
      sum: true, mxr: true, updateAD: false)
    guard case .translated(let found) = result else { return nil }
    return (found.physicalAddress, found.pte.u)
  }

  private mutating func choice(_ hart: borrowing Hart) -> String? {
    let status = hart.readCSR(.mstatus)
    let pending = hart.readCSR(.mip) & hart.readCSR(.mie)
    if pending & 0x200 != 0 && pending & 0x22 != 0 { return "several interrupts are pending, SEI among them" }
    guard let (physical, isUserPage) = place(hart.pc, hart) else { return nil }
    if isUserPage && hart.privilege == .supervisor && status >> 18 & 1 != 0 {
      return "S mode fetches from U mode's page with SUM"
    }
    executed.insert(physical >> 12)
    let word = memory.load32(physical)
    if Choices.isNewer(word) { return "an instruction that QEMU 7.2 does not have" }
    let instruction = DecodedInstruction.decode(word)
    switch instruction.operation {
    case .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci:
      return Choices.met(by: instruction, hart)
    case .ctzw:
      let isEmpty = hart.register(Int(instruction.rs1)) & 0xFFFF_FFFF == 0
      return isEmpty ? "ctzw of a word without ones: QEMU 7.2 counts on into the upper word" : nil
    case .mret, .sret:
      return status >> 17 & 1 != 0 ? "a return with MPRV" : nil
    default:
      return reach(instruction, hart, hasMPRV: status >> 17 & 1 != 0)
    }
  }

  /// The choice in a load, store or atomic.
  private func reach(_ instruction: DecodedInstruction, _ hart: borrowing Hart, hasMPRV: Bool) -> String? {
    guard let effect = instruction.operation.effect, let access = effect.access else { return nil }
    let size = UInt64(access.size)
    let va = hart.register(Int(instruction.rs1)) &+ UInt64(bitPattern: instruction.immediate)
    let isConditional = instruction.operation == .scW || instruction.operation == .scD
    if isConditional && va & (size - 1) != 0 { return "a misaligned SC" }
    if va & ~4095 == Layout.finisher { return "a device" }
    if va & 4095 + size > 4096 && program.csrs["pmpcfg0"] != nil {
      return "PMP and an access across two pages"
    }
    if let physical = place(va, hart)?.physical, physical &- slot < Layout.slotSize,
      physical &- slot &+ size > Layout.tables, effect.writesMemory
    {
      return "page tables are written, and a translation made from them may be remembered until a fence"
    }
    guard hasMPRV && hart.privilege == .machine else { return nil }
    let isMonitors = Self.isMonitor(va) || va &- slot < Layout.data
    return isMonitors || executed.contains(va >> 12) ? "MPRV where M mode fetches, or the monitor works" : nil
  }
}

extension Choices {
  /// The fields of `mstatus` that both machines have.
  private static let statusFields: UInt64 = 0x7E19AA

  /// The choice that a CSR instruction meets with the values that it has.
  static func met(by instruction: DecodedInstruction, _ hart: borrowing Hart) -> String? {
    let number = UInt16(truncatingIfNeeded: instruction.immediate)
    guard UInt16(hart.privilege.rawValue) >= number >> 8 & 3 else { return nil }
    guard let entry = csrs.first(where: { $0.numbers.contains(number) }) else { return nil }
    let isImmediate = [.csrrwi, .csrrsi, .csrrci].contains(instruction.operation)
    let operand = isImmediate ? UInt64(instruction.rs1) : hart.register(Int(instruction.rs1))
    let replaces = instruction.operation == .csrrw || instruction.operation == .csrrwi
    let writes = replaces || instruction.rs1 != 0
    switch entry.policy {
    case .masked(let mask):
      return writes && operand & ~UInt64(bitPattern: mask) != 0 ? entry.reason : nil
    case .readOnly where number == 0x300:
      if operand & ~statusFields != 0 { return writes ? entry.reason : nil }
      let old = hart.readCSR(.mstatus)
      let clears = instruction.operation == .csrrc || instruction.operation == .csrrci
      let new = replaces ? operand : clears ? old & ~operand : old | operand
      return new >> 11 & 3 == 2 ? entry.reason : nil
    case .readOnly where number == 0x180:
      return writes && operand >> 44 & 0xFFFF != 0 ? entry.reason : nil
    case .readOnly: return writes ? entry.reason : nil
    case .accessOnly: return writes || instruction.rd != 0 ? entry.reason : nil
    case .never: return entry.reason
    case .free, .putBack: return nil
    }
  }
}
