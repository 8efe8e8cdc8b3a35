// The half of xv6's kernel/proc.c that decides who runs.

extension Kernel {
  /// The process whose kernel thread runs. At boot, when there is none yet, the first of the table.
  public func myproc() -> Proc { current ?? procs[0] }

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

  /// Lets someone else run; returns when it is this process's turn again. The caller has changed `state`.
  func sched() throws(KernelHalt) {
    let p = myproc()
    if outcome == nil, let next = pick(after: p.slot) {
      run(next)
      if next !== p {
        next.baton.pass()
        p.baton.take()
      }
    }
    if outcome != nil { throw .stopped }
  }

  private func run(_ p: Proc) {
    p.state = .running
    current = p
  }

  func pick(after slot: Int) -> Proc? { nil }
}
