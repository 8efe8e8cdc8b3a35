import Sv39MMU

/// Runs of the whole hart, with traps delivered to the guest's own handlers.
extension Hart {
  /// Why `run` has ended.
  package enum RunStop: Equatable, Sendable {
    /// `retired` has reached the limit.
    case limit
    /// The hart has executed `wfi` and no enabled interrupt is pending.
    case waiting
    /// Traps follow each other without an instruction between them, for instance because the first
    /// instruction of the handler cannot be fetched. Nothing would ever change.
    case trapLoop(cause: UInt64)
    /// The bus asked for it.
    case bus
  }

  /// Sets or clears the bit of `mip` that belongs to a device.
  package mutating func setLine(_ interrupt: Interrupt, _ up: Bool) {
    control.lines = up ? control.lines | interrupt.bit : control.lines & ~interrupt.bit
  }

  /// Runs from `pc` in the present privilege mode until `retired` has reached `limit`, or until nothing can
  /// happen before an interrupt comes. Traps and interrupts go to the handlers in `mtvec` and `stvec`.
  package mutating func run(until limit: UInt64) -> RunStop {
    prepareToRun()
    var trapsInARow = 0
    var lastTrapRetired = UInt64.max
    var end = limit
    // An exception changes nothing about which interrupts are pending.
    var knowsInterrupts = false
    while retired < limit {
      if !knowsInterrupts {
        enabledPending = pendingInterrupts & control.mie
        end = min(limit, nextTimerEvent)
      }
      knowsInterrupts = false
      if enabledPending != 0 { takeInterrupt() }
      switch executeTraced(until: end) {
      case .limit, .resume, .next:
        continue
      case .waiting:
        if pendingInterrupts & control.mie == 0 { return .waiting }
      case .bus:
        return .bus
      case .trap:
        trapsInARow = retired == lastTrapRetired ? trapsInARow + 1 : 0
        lastTrapRetired = retired
        if trapsInARow == 8 { return .trapLoop(cause: trapCause) }
        reportUserTrap()
        deliver(cause: trapCause, value: trapValue, interrupt: false)
        knowsInterrupts = true
      }
    }
    return .limit
  }

  /// The count of retired instructions at which a timer makes an interrupt pending; `.max` if no timer will.
  @inline(__always) package var nextTimerEvent: UInt64 {
    var next = timerCompare
    if control.menvcfg & ControlRegisters.stce != 0 {
      let now = time
      next = min(next > now ? next : .max, control.stimecmp > now ? control.stimecmp : .max)
    } else if next != .max && next <= time {
      next = .max
    }
    guard next != .max else { return .max }
    let (ticks, overflow) = next.multipliedReportingOverflow(by: instructionsPerTick)
    return overflow || ticks < timeOffset ? .max : ticks - timeOffset
  }

  /// Takes the pending, enabled interrupt of the highest priority, if there is one (privileged specification,
  /// "Machine Interrupt Registers").
  private mutating func takeInterrupt() {
    let pending = enabledPending
    let machineEnabled = privilege != .machine || mstatus & Status.mie != 0
    let supervisorEnabled =
      privilege == .user || privilege == .supervisor && mstatus & Status.sie != 0
    var takeable = machineEnabled ? pending & ~control.mideleg : 0
    if takeable == 0 && supervisorEnabled { takeable = pending & control.mideleg }
    guard let interrupt = Interrupt.byPriority.first(where: { takeable & $0.bit != 0 }) else { return }
    reservation = nil
    deliver(cause: interrupt.rawValue, value: 0, interrupt: true)
  }

  /// Enters the handler of a trap: that of S mode if the trap is delegated and the hart is not in M mode,
  /// otherwise that of M mode.
  private mutating func deliver(cause: UInt64, value: UInt64, interrupt: Bool) {
    let delegated = (interrupt ? control.mideleg : control.medeleg) >> cause & 1 != 0
    let code = interrupt ? cause | 1 << 63 : cause
    reportUserExit(cause: code)
    trace?.trap(hart: id, pc: pc, cause: code, value: value, retired: retired)
    let toSupervisor = delegated && privilege != .machine
    if (toSupervisor ? control.stvec : control.mtvec) == 0 && earlyTrap == nil {
      earlyTrap = EarlyTrap(cause: code, value: value, pc: pc, isSupervisors: toSupervisor, retired: retired)
    }
    if toSupervisor {
      control.scause = code
      control.sepc = pc
      control.stval = value
      var status = mstatus & ~(Status.sie | Status.spie | Status.spp)
      if mstatus & Status.sie != 0 { status |= Status.spie }
      if privilege == .supervisor { status |= Status.spp }
      mstatus = status
      enter(.supervisor)
      pc = Self.handler(control.stvec, cause: cause, interrupt: interrupt)
    } else {
      control.mcause = code
      control.mepc = pc
      control.mtval = value
      var status = mstatus & ~(Status.mie | Status.mpie | Status.mppMask)
      if mstatus & Status.mie != 0 { status |= Status.mpie }
      mstatus = status | UInt64(privilege.rawValue) << Status.mppShift
      enter(.machine)
      pc = Self.handler(control.mtvec, cause: cause, interrupt: interrupt)
    }
  }

  private static func handler(_ vector: UInt64, cause: UInt64, interrupt: Bool) -> UInt64 {
    let base = vector & ~3
    return vector & 1 != 0 && interrupt ? base &+ 4 &* cause : base
  }
}
