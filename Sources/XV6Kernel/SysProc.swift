// xv6's kernel/sysproc.c: the system calls about processes.

extension Kernel {
  /// C's `int` result, as it arrives in a0.
  private func result(_ value: Int32) -> UInt64 { UInt64(bitPattern: Int64(value)) }

  func sys_fork() throws(KernelHalt) -> UInt64 { result(try fork() ?? -1) }

  func sys_exit() throws(KernelHalt) -> UInt64 { try exit(argint(0)) }

  func sys_wait() throws(KernelHalt) -> UInt64 { result(try wait(argaddr(0)) ?? -1) }

  func sys_kill() -> UInt64 { kill(argint(0)) ? 0 : .max }

  func sys_getpid() -> UInt64 { result(myproc().pid) }

  func sys_uptime() -> UInt64 { UInt64(ticks) }

  /// Changes the size of the process by an `int` of bytes. The solution does the work.
  func sys_sbrk() throws(KernelHalt) -> UInt64 {
    let n = argint(0)
    let result = try solution.sbrk(self, n)
    report(.sbrk(pid: myproc().pid, increment: Int64(n), result: result, size: myproc().sz))
    return result
  }

  /// Sleeps for a number of ticks. As in C, where the comparison is unsigned, a negative number is a very
  /// large one.
  func sys_sleep() throws(KernelHalt) -> UInt64 {
    let p = myproc()
    let n = UInt32(bitPattern: argint(0))
    let start = ticks
    while ticks &- start < n {
      if p.killed { return .max }
      p.wakeTick = start &+ n
      try sleep(on: .ticks)
    }
    return 0
  }
}
