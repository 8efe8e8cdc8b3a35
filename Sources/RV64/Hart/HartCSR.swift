import Sv39MMU

/// Zicsr: what the control and status registers hold, and who may read and write them.
extension Hart {
  /// Executes one of the six CSR instructions. False, with nothing changed, if it is illegal.
  ///
  /// `csrrs` and `csrrc` with x0 (or constant 0) do not write, so they may read a read-only register. `csrrw`
  /// to x0 does not read (unprivileged specification, "CSR Instructions"), but reading has no effect on any
  /// register here.
  mutating func csrInstruction(_ instruction: DecodedInstruction) -> Bool {
    let number = UInt16(truncatingIfNeeded: instruction.immediate)
    let operand: UInt64
    let writes: Bool
    switch instruction.operation {
    case .csrrw: (operand, writes) = (registers[Int(instruction.rs1)], true)
    case .csrrwi: (operand, writes) = (UInt64(instruction.rs1), true)
    case .csrrs, .csrrc: (operand, writes) = (registers[Int(instruction.rs1)], instruction.rs1 != 0)
    default: (operand, writes) = (UInt64(instruction.rs1), instruction.rs1 != 0)
    }
    if writes && CSR.isReadOnly(number) { return false }
    guard let csr = CSR(rawValue: number) else {
      guard CSR.isEmpty(number), privilege == .machine else { return false }
      registers[Int(instruction.rd)] = 0
      return true
    }
    guard mayAccess(csr) else { return false }

    let old = readCSR(csr)
    if writes {
      // Devices and the timer set bits of `mip`, too. They are read, but set and clear start from the bits
      // that software has set.
      let base = csr == .mip || csr == .sip ? control.softwarePending : old
      switch instruction.operation {
      case .csrrs, .csrrsi: writeCSR(csr, base | operand)
      case .csrrc, .csrrci: writeCSR(csr, base & ~operand)
      default: writeCSR(csr, operand)
      }
    }
    registers[Int(instruction.rd)] = old
    return true
  }

  private mutating func mayAccess(_ csr: CSR) -> Bool {
    guard privilege.rawValue >= csr.lowestPrivilege else { return false }
    switch csr {
    case .cycle: return mayReadCounter(1)
    case .time: return mayReadCounter(2)
    case .instret: return mayReadCounter(4)
    case .satp: return privilege != .supervisor || control.mstatus & Status.tvm == 0
    case .stimecmp:
      let given = control.menvcfg & ControlRegisters.stce != 0 && control.mcounteren & 2 != 0
      return privilege == .machine || given
    default: return true
    }
  }

  private mutating func mayReadCounter(_ bit: UInt64) -> Bool {
    switch privilege {
    case .machine: true
    case .supervisor: control.mcounteren & bit != 0
    case .user: control.mcounteren & control.scounteren & bit != 0
    }
  }

  /// `time`, in ticks.
  @inline(__always) package var time: UInt64 { (retired &+ timeOffset) / instructionsPerTick }

  /// `mip`: what software and devices have set, and the timer of Sstc.
  @inline(__always) package var pendingInterrupts: UInt64 {
    var pending = control.softwarePending | control.lines
    if timerCompare != .max && time >= timerCompare { pending |= Interrupt.machineTimer.bit }
    if control.menvcfg & ControlRegisters.stce != 0 {
      pending &= ~Interrupt.supervisorTimer.bit
      if time >= control.stimecmp { pending |= Interrupt.supervisorTimer.bit }
    }
    return pending
  }

  /// What a CSR holds, in any mode.
  @inline(__always) package func readCSR(_ csr: CSR) -> UInt64 {
    switch csr {
    case .cycle, .mcycle: retired &+ control.cycleOffset
    case .time: time
    case .instret, .minstret: retired &+ control.instretOffset
    case .sstatus: control.mstatus & Status.supervisorReadable
    case .sie: control.mie & control.mideleg
    case .stvec: control.stvec
    case .scounteren: control.scounteren
    case .senvcfg: control.senvcfg
    case .sscratch: control.sscratch
    case .sepc: control.sepc
    case .scause: control.scause
    case .stval: control.stval
    case .sip: pendingInterrupts & control.mideleg
    case .stimecmp: control.stimecmp
    case .satp: satp
    case .mstatus: control.mstatus
    // MXL = 64 bits; A, C, I, M, S, U.
    case .misa: 2 << 62 | 1 << 0 | 1 << 2 | 1 << 8 | 1 << 12 | 1 << 18 | 1 << 20
    case .medeleg: control.medeleg
    case .mideleg: control.mideleg
    case .mie: control.mie
    case .mtvec: control.mtvec
    case .mcounteren: control.mcounteren
    case .menvcfg: control.menvcfg
    case .mscratch: control.mscratch
    case .mepc: control.mepc
    case .mcause: control.mcause
    case .mtval: control.mtval
    case .mip: pendingInterrupts
    case .mhartid: id
    case .pmpcfg0: pmp.configuration(from: 0)
    case .pmpcfg2: pmp.configuration(from: 8)
    case .pmpaddr0, .pmpaddr1, .pmpaddr2, .pmpaddr3, .pmpaddr4, .pmpaddr5, .pmpaddr6, .pmpaddr7, .pmpaddr8,
      .pmpaddr9, .pmpaddr10, .pmpaddr11, .pmpaddr12, .pmpaddr13, .pmpaddr14, .pmpaddr15:
      pmp.address(csr.pmpEntry)
    // Counters are never inhibited; the others say "not implemented", as the specification lets them.
    case .mcountinhibit, .mvendorid, .marchid, .mimpid, .mconfigptr: 0
    }
  }

  /// Writes a CSR as an instruction at `pc` does: fields that this hart does not have stay as they are.
  package mutating func writeCSR(_ csr: CSR, _ value: UInt64) {
    switch csr {
    // A counter written by an instruction is not also incremented by it.
    case .mcycle: control.cycleOffset = value &- retired &- 1
    case .minstret: control.instretOffset = value &- retired &- 1
    case .sstatus:
      mstatus = control.mstatus & ~Status.supervisorWritable | value & Status.supervisorWritable
    case .sie: control.mie = control.mie & ~control.mideleg | value & control.mideleg
    case .stvec: control.stvec = Self.legalVector(value, keeping: control.stvec)
    case .scounteren: control.scounteren = value & ControlRegisters.counters
    case .senvcfg:
      control.senvcfg = ControlRegisters.legalEnvironment(value, keeping: control.senvcfg)
    case .sscratch: control.sscratch = value
    case .sepc: control.sepc = value & ~1
    case .scause: control.scause = value
    case .stval: control.stval = value
    case .sip:
      let writable = Interrupt.supervisorSoftware.bit & control.mideleg
      control.softwarePending = control.softwarePending & ~writable | value & writable
    case .stimecmp: control.stimecmp = value
    case .satp: satp = value & (15 << 60 | (1 << 44 - 1))
    case .mstatus: mstatus = value
    case .medeleg: control.medeleg = value & ControlRegisters.delegable
    case .mideleg: control.mideleg = value & Interrupt.supervisorBits
    case .mie: control.mie = value & Interrupt.allBits
    case .mtvec: control.mtvec = Self.legalVector(value, keeping: control.mtvec)
    case .mcounteren: control.mcounteren = value & ControlRegisters.counters
    case .menvcfg:
      control.menvcfg = ControlRegisters.legalEnvironment(
        value, with: ControlRegisters.stce, keeping: control.menvcfg)
    case .mscratch: control.mscratch = value
    case .mepc: control.mepc = value & ~1
    case .mcause: control.mcause = value
    case .mtval: control.mtval = value
    case .mip:
      // With Sstc, STIP is the timer's, and read-only.
      let timer = control.menvcfg & ControlRegisters.stce != 0 ? Interrupt.supervisorTimer.bit : 0
      control.softwarePending = control.softwarePending & timer | value & Interrupt.supervisorBits & ~timer
    case .pmpcfg0:
      pmp.setConfiguration(from: 0, value)
      forgetTranslations()
    case .pmpcfg2:
      pmp.setConfiguration(from: 8, value)
      forgetTranslations()
    case .pmpaddr0, .pmpaddr1, .pmpaddr2, .pmpaddr3, .pmpaddr4, .pmpaddr5, .pmpaddr6, .pmpaddr7, .pmpaddr8,
      .pmpaddr9, .pmpaddr10, .pmpaddr11, .pmpaddr12, .pmpaddr13, .pmpaddr14, .pmpaddr15:
      pmp.setAddress(csr.pmpEntry, value)
      forgetTranslations()
    case .misa, .mcountinhibit: break
    case .cycle, .time, .instret, .mvendorid, .marchid, .mimpid, .mhartid, .mconfigptr: break
    }
  }

  /// Trap vectors: a 4-byte aligned address, mode 0 (direct) or 1 (vectored); other modes are not taken.
  private static func legalVector(_ value: UInt64, keeping old: UInt64) -> UInt64 {
    value & 2 == 0 ? value : old
  }
}
