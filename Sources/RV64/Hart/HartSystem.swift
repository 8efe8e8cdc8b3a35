import Sv39MMU

/// The instructions of the privileged architecture.
extension Hart {
  /// Executes one of the instructions that end a block. `pc` and `retired` are those before it. If it traps,
  /// they stay so, and the trap is noted.
  @inline(never) mutating func system(_ instruction: DecodedInstruction) -> ExecuteResult {
    var next = pc &+ UInt64(instruction.length)
    var result = staysInLoop ? ExecuteResult.next : .resume
    switch instruction.operation {
    case .ecall:
      switch privilege {
      case .user: trap(.environmentCallFromUser, 0)
      case .supervisor: trap(.environmentCallFromSupervisor, 0)
      case .machine: trap(.environmentCallFromMachine, 0)
      }
      return .trap
    case .ebreak:
      trap(.breakpoint, pc)
      return .trap
    case .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci:
      guard csrInstruction(instruction) else { return illegal(instruction) }
      let csr = CSR(rawValue: UInt16(truncatingIfNeeded: instruction.immediate))
      if csr?.decidesInterrupts ?? true { result = .resume }
    case .fenceI:
      // Decoded code follows every store at once.
      break
    case .mret where privilege == .machine:
      next = control.mepc
      returnFromMachineTrap()
      reportUserEntry(at: next)
    case .sret where privilege == .machine || privilege == .supervisor && mstatus & Status.tsr == 0:
      next = control.sepc
      returnFromSupervisorTrap()
      reportUserEntry(at: next)
      if reportsUserReturns { reportUserReturn(to: next) }
    case .sfenceVma where privilege == .machine || privilege == .supervisor && mstatus & Status.tvm == 0:
      // It is always right to flush more than the operands ask for.
      fence()
    case .cboInval, .cboClean, .cboFlush, .cboZero:
      guard mayOperateOnCache(instruction.operation) else { return illegal(instruction) }
      let address = registers[Int(instruction.rs1)]
      let done = instruction.operation == .cboZero ? zeroBlock(at: address) : manageBlock(at: address)
      guard done else { return .trap }
    case .wfi where privilege == .machine || privilege == .supervisor && mstatus & Status.tw == 0:
      result = .waiting
    default:
      return illegal(instruction)
    }
    pc = next
    retired &+= 1
    return result
  }

  /// Whether the next instruction can follow at once after one that enables interrupts or changes the mode:
  /// no interrupt waits to be taken.
  private var staysInLoop: Bool { fastPaths.contains(.inlineSystem) && enabledPending == 0 }

  private mutating func returnFromMachineTrap() {
    let mode = Status.mpp(mstatus)
    var status = mstatus & ~(Status.mie | Status.mppMask)
    if mstatus & Status.mpie != 0 { status |= Status.mie }
    if mode != .machine { status &= ~Status.mprv }
    mstatus = status | Status.mpie
    enter(mode)
  }

  private mutating func returnFromSupervisorTrap() {
    let mode: PrivilegeMode = mstatus & Status.spp != 0 ? .supervisor : .user
    var status = mstatus & ~(Status.sie | Status.spp | Status.mprv)
    if mstatus & Status.spie != 0 { status |= Status.sie }
    mstatus = status | Status.spie
    enter(mode)
  }

  mutating func illegal(_ instruction: DecodedInstruction) -> ExecuteResult {
    trap(.illegalInstruction, bits(of: instruction))
    return .trap
  }

  /// The bits of an instruction that turned out to be illegal, for `stval`.
  private func bits(of instruction: DecodedInstruction) -> UInt64 {
    if instruction.operation == .illegal { return UInt64(bitPattern: instruction.immediate) }
    guard let entry = InstructionTable.entry(for: instruction.operation) else { return 0 }
    let rd = instruction.rd == DecodedInstruction.discardedRegister ? 0 : UInt32(instruction.rd)
    let operands =
      switch entry.format {
      case .csr, .csrImmediate:
        rd << 7 | UInt32(instruction.rs1) << 15 | UInt32(truncatingIfNeeded: instruction.immediate) << 20
      case .addressFence: UInt32(instruction.rs1) << 15 | UInt32(instruction.rs2) << 20
      case .cacheBlock: UInt32(instruction.rs1) << 15
      default: UInt32(0)
      }
    return UInt64(entry.match | operands)
  }
}
