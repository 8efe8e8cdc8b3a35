// The half of xv6's kernel/proc.c that decides who runs.

/// Bytes of a kernel thread's host stack. xv6 makes do with a page; Swift code, unoptimised and a student's, does not.
private let kernelStackSize = 1 << 20

extension Kernel {
  /// The process whose kernel thread runs. At boot, when there is none yet, the first of the table.
  public func myproc() -> Proc { current ?? procs[0] }

  /// Runs the machine until it ends, and says how. Called again, it only says it again.
  ///
  /// When it returns, every host thread of the machine has ended, and memory is as the end found it.
  public func run() -> KernelOutcome {
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

  /// Gives up the hart for one round.
  func yield() throws(KernelHalt) {
    myproc().state = .runnable
    try sched()
  }

  /// Sleeps until `wakeup(channel)`, or a kill. The caller must look again at what it waits for.
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

  /// Lets whoever is next run; returns when it is this process's turn again. The caller has changed `state`.
  ///
  /// xv6 switches to the scheduler's own stack and from there to the next process. Here the thread that gives up
  /// the hart picks the next process itself, so that a switch costs one handing over, or none when it is its own successor.
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

  /// What a slot's kernel thread does: the kernel side of one process after another, until the machine ends.
  ///
  /// An exited process's thread unwinds to here before it gives up the hart, so that no two threads ever run kernel code.
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

  /// Where a new process's kernel thread begins: on the way to user mode.
  ///
  /// The first of all sets up the file system, which wants a process because it may sleep.
  func forkret() throws(KernelHalt) {
    if !fileSystemReady {
      fileSystemReady = true
      try fsinit()
    }
    try serve()
  }

  /// Hands the hart to `p`; the caller must then wait for its own baton. False, with the machine halted, where the host
  /// has no thread for `p`.
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

  /// The next runnable process behind `slot`, round the table, as xv6's `scheduler()` with one CPU finds it. While there
  /// is none, time is skipped and input is typed; nil when the machine has ended.
  private func scheduler(after slot: Int) -> Proc? {
    while outcome == nil {
      if isStopRequested {
        halt(.stopped)
        break
      }
      for distance in 1...NPROC {
        let p = procs[(slot + distance) % NPROC]
        if p.state == .runnable { return p }
      }
      idle()
    }
    return nil
  }

  /// Nothing is runnable: makes something so, or ends the machine.
  ///
  /// What has been typed comes first, then the clock (a sleeper wakes before anyone is asked to type), then the source of
  /// further input.
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

  /// Ticks until the first of those who sleep for a time would have slept enough; nil where there is none.
  private func ticksToWake() -> UInt32? {
    procs.lazy.filter { $0.state == .sleeping && $0.channel == .ticks }.map {
      max($0.wakeTick &- self.ticks, 1)
    }.min()
  }

  /// Whether some process waits for a line to be typed.
  var isConsoleAwaited: Bool { procs.contains { $0.state == .sleeping && $0.channel == .console } }

  /// Types `bytes`, what was there before being used up, as long as someone waits for them.
  func typeAhead(_ bytes: [UInt8]) {
    input = bytes
    typed = 0
    typeAhead()
  }

  /// Types what there is to type, as long as someone waits for it; false where there is nothing left.
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
