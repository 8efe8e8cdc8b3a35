// The part of xv6's kernel/proc.c that decides which process runs.

/// Bytes of a kernel thread's host stack. A page is enough for xv6. It is not enough for Swift code that is
/// not optimised, such as a student's.
private let kernelStackSize = 1 << 20

extension Kernel {
  /// The process whose kernel thread runs. At boot, when there is none yet, the first process of the table.
  public func myproc() -> Proc {
    step()
    return current ?? procs[0]
  }

  /// Runs the machine until it ends, and returns how it ended. Called again, it only returns the same answer.
  ///
  /// When it returns, all host threads of the machine have ended. Memory stays as it was at the end.
  package func run() -> KernelOutcome {
    if let next = scheduler(after: NPROC - 1), dispatch(next) { caller.take() }
    for p in procs {
      guard let thread = p.thread else { continue }
      if !p.threadEnded {
        p.baton.pass()
        caller.take()
      }
      thread.join()
      p.thread = nil
    }
    current = nil
    flushConsoleLine()
    return outcome ?? .stopped
  }

  /// Gives up the hart until the next turn.
  func yield() throws(KernelHalt) {
    myproc().state = .runnable
    try sched()
  }

  /// Sleeps until `wakeup(channel)`, or until the process is killed. The caller must then check its condition
  /// again.
  package func sleep(on channel: Channel) throws(KernelHalt) {
    let p = myproc()
    p.channel = channel
    p.state = .sleeping
    try sched()
    p.channel = nil
  }

  /// Makes every process that sleeps on `channel` runnable.
  package func wakeup(_ channel: Channel) {
    for p in procs where p.state == .sleeping && p.channel == channel { p.state = .runnable }
  }

  /// Lets the next process run. Returns when it is this process's turn again. The caller has changed `state`.
  ///
  /// xv6 switches to the scheduler's own stack, and from there to the next process. Here the thread that
  /// gives up the hart chooses the next process itself. So a switch passes the baton once, or not at all if
  /// the same process is next.
  func sched() throws(KernelHalt) {
    let p = myproc()
    if let next = scheduler(after: p.slot) {
      if next === p {
        p.state = .running
        return
      }
      if dispatch(next) { p.baton.take() }
    }
    if outcome != nil { throw .stopped }
  }

  /// The code of a slot's kernel thread. It runs the kernel side of one process after another, until the
  /// machine ends.
  ///
  /// When a process exits, its thread unwinds to here before it gives up the hart. So two threads never run
  /// kernel code at the same time.
  private func kernelThread(_ p: Proc) {
    p.baton.take()
    while outcome == nil {
      do throws(KernelHalt) {
        if let entry = p.entry { try entry(self) } else { try forkret() }
      } catch {}
      guard let next = scheduler(after: p.slot) else { break }
      if next === p {
        p.state = .running
      } else if dispatch(next) {
        p.baton.take()
      }
    }
    p.threadEnded = true
    caller.pass()
  }

  /// The first function of a new process's kernel thread, which goes to user mode.
  ///
  /// The first process sets up the file system here: that may sleep, so it needs a process.
  func forkret() throws(KernelHalt) {
    if !fileSystemReady {
      fileSystemReady = true
      try fsinit()
    }
    try serve()
  }

  /// Gives the hart to `p`. The caller must then wait for its own baton. False, and the machine is halted, if
  /// the host refuses a thread for `p`.
  private func dispatch(_ p: Proc) -> Bool {
    if p.thread == nil {
      guard let thread = KernelThread(stackSize: kernelStackSize, { [self] in kernelThread(p) }) else {
        halt(.hostFailed("the host refused to start a thread"))
        return false
      }
      p.thread = thread
    }
    p.state = .running
    current = p
    p.baton.pass()
    return true
  }

  /// The next runnable process after `slot`, around the table, as xv6's `scheduler()` finds it with one CPU.
  /// While there is none, skips time and types input. Nil when the machine has ended.
  private func scheduler(after slot: Int) -> Proc? {
    while outcome == nil {
      for distance in 1...NPROC {
        let p = procs[(slot + distance) % NPROC]
        if p.state == .runnable { return p }
      }
      idle()
    }
    return nil
  }

  /// No process can run: makes one runnable, or ends the machine.
  ///
  /// Input that is already there comes first. Then the clock: a sleeping process wakes before anybody is
  /// asked to type. Then the source of further input.
  private func idle() {
    if isConsoleAwaited, typeAhead() { return }
    if let wait = ticksToWake() {
      skipTicks(wait)
    } else if isConsoleAwaited {
      guard let bytes = configuration.consoleSource?() else { return halt(.idle) }
      typeAhead(bytes)
    } else {
      halt(.deadlocked)
    }
  }

  /// How many ticks until the first process that sleeps for a time wakes; nil if there is none.
  private func ticksToWake() -> UInt32? {
    procs.lazy.filter { $0.state == .sleeping && $0.channel == .ticks }.map {
      max($0.wakeTick &- self.ticks, 1)
    }.min()
  }

  /// Whether some process waits for a line to be typed.
  var isConsoleAwaited: Bool { procs.contains { $0.state == .sleeping && $0.channel == .console } }

  /// Types `bytes` as long as some process waits for input. The earlier input is used up.
  func typeAhead(_ bytes: [UInt8]) {
    input = bytes
    typed = 0
    typeAhead()
  }

  /// Types the input as long as some process waits for it. False if there is no input left.
  @discardableResult
  func typeAhead() -> Bool {
    if typed >= input.count { return false }
    while typed < input.count, isConsoleAwaited {
      consoleintr(input[typed])
      typed += 1
    }
    return true
  }
}
