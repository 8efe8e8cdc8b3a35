import LabEvents

// The part of xv6's kernel/proc.c about the life of processes: they are made, grow, fork, exit, and are
// waited for.

extension Kernel {
  /// Finds an empty place in the process table. Gives it a number, a trapframe, and a page table without user
  /// memory. Nil if the table is full or memory has run out.
  package func allocproc() throws(KernelHalt) -> Proc? {
    guard let p = procs.first(where: { $0.state == .unused }) else { return nil }
    p.pid = allocpid()
    p.state = .used
    guard container_split(p), let page = try kalloc() else {
      try freeproc(p)
      return nil
    }
    p.trapframe = Trapframe(memory: memory, address: page)
    guard let pagetable = try proc_pagetable(p) else {
      try freeproc(p)
      return nil
    }
    p.pagetable = pagetable
    return p
  }

  /// A process number that was not used before.
  private func allocpid() -> Int32 {
    defer { nextpid &+= 1 }
    return nextpid
  }

  /// Frees all memory of the process, and empties its place in the process table.
  package func freeproc(_ p: Proc) throws(KernelHalt) {
    if p.trapframe.address != 0 { try kfree(p.trapframe.address) }
    p.trapframe = Trapframe(memory: memory, address: 0)
    if p.pagetable != 0 { try proc_freepagetable(p.pagetable, p.sz) }
    p.pagetable = 0
    p.sz = 0
    container_end(p)
    p.pid = 0
    p.parent = nil
    p.setName([])
    p.channel = nil
    p.killed = false
    p.xstate = 0
    p.entry = nil
    p.state = .unused
  }

  /// A page table without user memory: only the trampoline and `p`'s trapframe at the top. Nil if memory has
  /// run out.
  func proc_pagetable(_ p: Proc) throws(KernelHalt) -> UInt64? {
    guard let pagetable = try uvmcreate() else { return nil }
    guard try mappages(pagetable, TRAMPOLINE, PGSIZE, trampoline, PTE_R | PTE_X) else {
      try uvmfree(pagetable, 0)
      return nil
    }
    guard try mappages(pagetable, TRAPFRAME, PGSIZE, p.trapframe.address, PTE_R | PTE_W) else {
      try uvmunmap(pagetable, TRAMPOLINE, 1, free: false)
      try uvmfree(pagetable, 0)
      return nil
    }
    return pagetable
  }

  /// Frees a process's page table, and the `sz` bytes of memory that it maps.
  func proc_freepagetable(_ pagetable: UInt64, _ sz: UInt64) throws(KernelHalt) {
    try uvmunmap(pagetable, TRAMPOLINE, 1, free: false)
    try uvmunmap(pagetable, TRAPFRAME, 1, free: false)
    try uvmfree(pagetable, sz)
  }

  /// Makes the first process, which will execute `code`.
  func userinit(_ code: [UInt8]) throws(KernelHalt) {
    guard let p = try allocproc() else { throw panic("userinit") }
    try uvminit(p.pagetable, code)
    p.sz = PGSIZE
    p.trapframe.epc = 0
    p.trapframe.sp = PGSIZE
    p.setName("initcode".utf8)
    p.cwd = try namei([0x2f])
    p.state = .runnable
  }

  /// Grows or shrinks the running process by `n` bytes, at once. False if memory has run out.
  ///
  /// As in xv6, sizes are converted to a C `uint`. If a process shrinks by more than it has, the size wraps
  /// around to a very large one, and `uvmdealloc` then does nothing.
  public func growproc(_ n: Int32) throws(KernelHalt) -> Bool {
    let p = myproc()
    var sz = UInt32(truncatingIfNeeded: p.sz)
    let wanted = sz &+ UInt32(bitPattern: n)
    if n > 0 {
      sz = UInt32(truncatingIfNeeded: try uvmalloc(p.pagetable, UInt64(sz), UInt64(wanted)))
      if sz == 0 { return false }
    } else if n < 0 {
      sz = UInt32(truncatingIfNeeded: try uvmdealloc(p.pagetable, UInt64(sz), UInt64(wanted)))
    }
    p.sz = UInt64(sz)
    return true
  }

  /// Makes a copy of the running process. The copy returns 0 from `fork`. Returns the copy's number, or nil
  /// if there is no place or no memory for it.
  func fork() throws(KernelHalt) -> Int32? {
    let p = myproc()
    guard let np = try allocproc() else { return nil }
    guard try uvmcopy(from: p.pagetable, to: np.pagetable, p.sz) else {
      try freeproc(np)
      return nil
    }
    container_built()
    np.sz = p.sz
    memory.copy(from: p.trapframe.address, to: np.trapframe.address, count: Trapframe.size)
    np.trapframe.a0 = 0
    for fd in 0..<NOFILE {
      if let file = p.ofile[fd] { np.ofile[fd] = try filedup(file) }
    }
    np.cwd = p.cwd.map { idup($0) }
    np.nameBytes = p.nameBytes
    np.parent = p.slot
    np.state = .runnable
    report(.fork(parent: p.pid, child: np.pid))
    return np.pid
  }

  /// Gives the children of `p`, which is about to exit, to the first process.
  private func reparent(_ p: Proc) {
    for child in procs where child.parent == p.slot {
      child.parent = 0
      wakeup(.child(of: 0))
    }
  }

  /// Ends the running process with `status`, by unwinding its kernel thread. Its memory stays until the
  /// parent waits for it. Panics ("init exiting") if it is the first process.
  public func exit(_ status: Int32) throws(KernelHalt) -> Never {
    let p = myproc()
    if p === procs[0] { throw panic("init exiting") }
    try stopAtExit(p)
    for fd in 0..<NOFILE {
      if let file = p.ofile[fd] {
        try fileclose(file)
        p.ofile[fd] = nil
      }
    }
    if let cwd = p.cwd {
      begin_op()
      try iput(cwd)
      try end_op()
      p.cwd = nil
    }
    reparent(p)
    if let parent = p.parent { wakeup(.child(of: parent)) }
    p.xstate = status
    p.state = .zombie
    report(
      .exit(
        pid: p.pid, parent: p.parent.map { procs[$0].pid } ?? 0, program: p.name, status: status))
    throw .exited
  }

  /// Waits for a child to exit, and frees it. Stores its status at user address `address`, unless that is 0.
  /// Returns the child's number; nil if there is no child, the process was killed, or the status cannot be
  /// stored.
  func wait(_ address: UInt64) throws(KernelHalt) -> Int32? {
    let p = myproc()
    while true {
      var hasChildren = false
      for child in procs where child.parent == p.slot {
        hasChildren = true
        if child.state != .zombie { continue }
        let pid = child.pid
        if address != 0 {
          let status = UnsafeMutableRawBufferPointer(rebasing: p.scratch[Scratch.word].prefix(4))
          status.storeBytes(of: child.xstate, as: Int32.self)
          guard try copyout(p.pagetable, to: address, from: UnsafeRawBufferPointer(status)) else {
            return nil
          }
        }
        let status = child.xstate
        try freeproc(child)
        if pid == commandPid { halt(.finished(status: status)) }
        return pid
      }
      if !hasChildren || p.killed { return nil }
      try sleep(on: .child(of: p.slot))
    }
  }

  /// Marks the process with number `pid` as killed, and wakes it if it sleeps. False if there is no such
  /// process.
  ///
  /// As in xv6, 0 is the number of the first empty place of the table. The next process there is then killed
  /// from the start.
  func kill(_ pid: Int32) -> Bool {
    guard let p = procs.first(where: { $0.pid == pid }) else { return false }
    p.killed = true
    if p.state == .sleeping { p.state = .runnable }
    if pid != 0 {
      report(.killed(pid: pid, program: p.name, reason: .signal(by: myproc().pid)))
    }
    return true
  }

  /// The number of the process that runs `/init`'s command: its first child. Nil if it has no command.
  ///
  /// The machine ends only when init has waited for it. If the kernel panics while it cleans up after the
  /// command, the test has not passed.
  var commandPid: Int32? { configuration.arguments.count > 1 ? 2 : nil }
}
