import LabEvents
import RV64
import Sv39MMU

// xv6's kernel/trap.c: the way from user mode into the kernel and back.

extension Kernel {
  /// Runs the process in user mode and serves its traps, until it exits or the machine ends.
  ///
  /// In xv6, usertrap and usertrapret call each other through the trampoline. A loop does the same, and the
  /// stack does not grow.
  func serve() throws(KernelHalt) {
    let p = myproc()
    while outcome == nil {
      if retired &+ trapCharges >= configuration.instructionLimit {
        halt(.instructionLimit)
      } else if mtime >= nextTick {
        try timertrap(p)
      } else if case .trap(let scause, let stval) = usertrapret(p) {
        try usertrap(p, scause, stval)
      }
    }
    throw .stopped
  }

  /// Returns to user mode, until the hart stops. Returns why it stopped: a trap, or the end of its time
  /// slice.
  ///
  /// It does what userret and uservec do in the trampoline. On the way out: set the process's page table,
  /// fence, load its registers from the trapframe. On the way back: save its registers and program counter to
  /// the trapframe.
  private func usertrapret(_ p: Proc) -> Hart.Stop {
    countReturnToUserMode()
    let frame = p.trapframe
    frame.kernelSatp = MAKE_SATP(kernelPagetable)
    frame.kernelSp = KSTACK(p.slot) + PGSIZE
    hart.satp = MAKE_SATP(p.pagetable)
    hart.fence()
    hart.loadRegisters(from: frame.address &+ 40)
    hart.pc = frame.epc
    let tick = nextTick &- trapCharges &- skipped
    let before = hart.retired
    let stop = runUser(p, until: min(tick, configuration.instructionLimit &- trapCharges))
    p.retired &+= hart.retired &- before
    hart.saveRegisters(to: frame.address &+ 40)
    frame.epc = hart.pc
    traceReturn(p, stop)
    return stop
  }

  /// Handles an exception or a system call from user mode.
  private func usertrap(_ p: Proc, _ scause: UInt64, _ stval: UInt64) throws(KernelHalt) {
    trapCharges &+= TRAPCOST
    switch TrapCause(rawValue: scause) {
    case .environmentCallFromUser:
      if p.killed { try exit(-1) }
      p.trapframe.epc &+= 4
      faults.noteCall()
      try syscall(p)
    case .instructionPageFault, .loadPageFault, .storePageFault:
      try pagefault(p, scause, stval)
    default:
      p.activity = .trap
      unexpected(p, scause, stval)
    }
    if p.killed { try exit(-1) }
  }

  /// Tells the observers about a page fault, asks the solution about it, and does what the solution decides.
  private func pagefault(_ p: Proc, _ scause: UInt64, _ stval: UInt64) throws(KernelHalt) {
    p.activity = .pageFault
    try stopAtFault(p, scause, stval)
    report(.pageFault(pageFault(p, scause, stval)))
    try stopAtEndlessFault(p, scause, stval)
    let wasKilled = p.killed
    let sepc = p.trapframe.epc
    switch try solution.pageFault(self, scause: scause, stval: stval) {
    case .mapped: tellServed(p, sepc, stval)
    case .kill: p.killed = true
    case .unexpected: return unexpected(p, scause, stval)
    }
    if p.killed && !wasKilled { report(killed(p, scause, stval)) }
  }

  /// Ends the machine if this fault has come too often for anything to change.
  private func stopAtEndlessFault(_ p: Proc, _ scause: UInt64, _ stval: UInt64) throws(KernelHalt) {
    let endless = faults.noteFault(
      slot: p.slot, root: p.pagetable, program: p.retired, scause: scause, stval: stval,
      sepc: p.trapframe.epc, memory: memory)
    guard let endless else { return }
    halt(.endlessFault(endless))
    throw .stopped
  }

  /// xv6's default branch: prints two lines on the console, and kills the process.
  private func unexpected(_ p: Proc, _ scause: UInt64, _ stval: UInt64) {
    printf("usertrap(): unexpected scause \(format(p: scause)) pid=\(p.pid)\n")
    printf("            sepc=\(format(p: p.trapframe.epc)) stval=\(format(p: stval))\n")
    p.killed = true
    report(killed(p, scause, stval))
  }

  private func pageFault(_ p: Proc, _ scause: UInt64, _ stval: UInt64) -> PageFault {
    PageFault(
      pid: p.pid, program: p.name, scause: scause, stval: stval, sepc: p.trapframe.epc,
      stackPointer: p.trapframe.sp, size: p.sz,
      walk: Sv39.record(
        memory: memory, root: p.pagetable, va: stval, access: Access(pageFault: scause), privilege: .user))
  }

  private func tellServed(_ p: Proc, _ sepc: UInt64, _ stval: UInt64) {
    reportDetail(faultServed(p, stval))
    if p.trapframe.epc != sepc {
      reportDetail(.instructionSkipped(pid: p.pid, sepc: sepc, resumed: p.trapframe.epc))
    }
  }

  private func faultServed(_ p: Proc, _ va: UInt64) -> LabEvent {
    let walk = Sv39.record(
      memory: memory, root: p.pagetable, va: va, access: .load, privilege: .user)
    return .faultServed(
      pid: p.pid, address: va, entry: walk.steps.last { $0.entry.isLeaf }?.entry ?? PTE(rawValue: 0))
  }

  private func killed(_ p: Proc, _ scause: UInt64, _ stval: UInt64) -> LabEvent {
    .killed(
      pid: p.pid, program: p.name, reason: .trap(scause: scause, stval: stval, sepc: p.trapframe.epc))
  }

  /// Handles the timer interrupt, which always comes in user mode: counts the tick and gives up the hart.
  private func timertrap(_ p: Proc) throws(KernelHalt) {
    p.activity = .trap
    trapCharges &+= TRAPCOST
    nextTick &+= TICKINTERVAL
    clockintr(1)
    if p.killed { try exit(-1) }
    try yield()
  }

  /// Called when the clock has ticked: wakes the processes that sleep for a time, and types input if a
  /// process waits for it while others keep the hart busy.
  private func clockintr(_ count: UInt32) {
    ticks &+= count
    trace?.event(KernelTraceEvent.ticked, UInt64(count), mtime)
    wakeup(.ticks)
    if isConsoleAwaited, !typeAhead(), let bytes = configuration.consoleReadySource?() { typeAhead(bytes) }
  }

  /// Lets `count` ticks pass at once, because no process can run.
  func skipTicks(_ count: UInt32) {
    let last = nextTick &+ UInt64(count - 1) &* TICKINTERVAL
    if last > mtime { skipped &+= last &- mtime }
    nextTick = last &+ TICKINTERVAL
    clockintr(count)
  }
}
