// xv6's kernel/syscall.c: finds the system call, its arguments and its result.

import LabEvents

extension Kernel {
  /// Runs the system call whose number is in a7, and puts its result into a0.
  func syscall(_ p: Proc) throws(KernelHalt) {
    let number = Int32(truncatingIfNeeded: p.trapframe.a7)
    guard let call = Syscall(rawValue: number) else {
      printf("\(p.pid) \(p.name): unknown sys call \(number)\n")
      p.trapframe.a0 = .max
      return
    }
    p.activity = .systemCall(call)
    reportDetail(.systemCall(pid: p.pid, name: call.name, arguments: arguments(p)))
    let result = try perform(call)
    reportDetail(.systemCallReturned(pid: p.pid, name: call.name, result: result))
    trace?.event(
      KernelTraceEvent.systemCall, UInt64(bitPattern: Int64(p.pid)), UInt64(call.rawValue), result)
    p.trapframe.a0 = result
  }

  private func arguments(_ p: Proc) -> CallArguments {
    CallArguments(
      argraw(0), argraw(1), argraw(2), returnAddress: p.trapframe[register: 1], stackPointer: p.trapframe.sp)
  }

  private func perform(_ call: Syscall) throws(KernelHalt) -> UInt64 {
    switch call {
    case .fork: try sys_fork()
    case .exit: try sys_exit()
    case .wait: try sys_wait()
    case .pipe: try sys_pipe()
    case .read: try sys_read()
    case .kill: sys_kill()
    case .exec: try sys_exec()
    case .fstat: try sys_fstat()
    case .chdir: try sys_chdir()
    case .dup: try sys_dup()
    case .getpid: sys_getpid()
    case .sbrk: try sys_sbrk()
    case .sleep: try sys_sleep()
    case .uptime: sys_uptime()
    case .open: try sys_open()
    case .write: try sys_write()
    case .mknod: try sys_mknod()
    case .unlink: try sys_unlink()
    case .link: try sys_link()
    case .mkdir: try sys_mkdir()
    case .close: try sys_close()
    }
  }

  /// The raw nth argument, n in 0 ... 5: the process's a0 ... a5.
  private func argraw(_ n: Int) -> UInt64 { myproc().trapframe[register: 10 + n] }

  /// The nth argument as C's `int`.
  package func argint(_ n: Int) -> Int32 { Int32(truncatingIfNeeded: argraw(n)) }

  /// The nth argument as an address. `copyin` and `copyout` will check it.
  package func argaddr(_ n: Int) -> UInt64 { argraw(n) }

  /// The nth argument as a string of fewer than `max` bytes, without its null. Nil if there is no such
  /// string.
  ///
  /// `max` is at most `MAXPATH`.
  package func argstr(_ n: Int, max: Int) throws(KernelHalt) -> [UInt8]? {
    let p = myproc()
    let room = UnsafeMutableRawBufferPointer(rebasing: p.scratch[Scratch.string].prefix(max))
    guard try fetchstr(argaddr(n), into: room) else { return nil }
    // This is the process's own buffer. It is used again when nobody holds it, so nothing is allocated.
    p.string.removeAll(keepingCapacity: true)
    p.string.append(contentsOf: room.prefix { $0 != 0 })
    return p.string
  }

  /// Copies the null-terminated string at address `address` of the running process into `buffer`, its null
  /// included. False if there is no null within `buffer.count` bytes, or the process does not have all of the
  /// string.
  func fetchstr(_ address: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(KernelHalt) -> Bool {
    try copyinstr(myproc().pagetable, into: buffer, from: address)
  }

  /// The 64-bit word at address `address` of the running process; nil if the process does not have that
  /// memory.
  func fetchaddr(_ address: UInt64) throws(KernelHalt) -> UInt64? {
    let p = myproc()
    if address >= p.sz || address &+ 8 > p.sz { return nil }
    let room = UnsafeMutableRawBufferPointer(rebasing: p.scratch[Scratch.word])
    guard try copyin(p.pagetable, into: room, from: address) else { return nil }
    return room.load(as: UInt64.self)
  }
}
