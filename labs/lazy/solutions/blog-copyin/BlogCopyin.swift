import XV6Kernel

/// The solution of a student's post, "Lab 5 Lazy Allocation": pages for system calls are allocated in
/// `copyin`, `copyout` and `copyinstr`, before each page's `walkaddr`.
///
/// The code that the post shows is the same here:
///
/// - `allocate_page` prints and exits if memory runs out, even in the middle of a system call. It maps pages
///   without execute permission.
/// - `check_valid` treats every page below the stack pointer's page as the guard page. So the kernel kills a
///   program that has its stack in its heap.
///
/// The rest follows the post's description. Growth is lazy, and shrinking is xv6's own. The trap handler
/// serves faults 13 and 15. `uvmunmap` and `uvmcopy` skip pages that are not mapped. `walk` still panics at
/// `MAXVA` and above. (In C, an exit in the middle of `piperead` or `wait` would keep a spinlock locked. The
/// kernel would panic, "sched locks" or "acquire". Here there are no spinlocks.)
public struct BlogCopyin: LabSolution {
  public init() {}

  public func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    if n < 0 { return try EagerXV6().sbrk(k, n) }
    let p = k.myproc()
    let addr = Int32(truncatingIfNeeded: p.sz)
    p.sz &+= UInt64(n)
    return UInt64(bitPattern: Int64(addr))
  }

  public func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard scause == 13 || scause == 15, check_valid(k, stval) else { return .unexpected }
    try allocate_page(k, stval, scause: scause)
    return .mapped
  }

  /// Whether the address is below the size, and not below the page of the stack pointer.
  private func check_valid(_ k: Kernel, _ va: UInt64) -> Bool {
    let p = k.myproc()
    return va < p.sz && !(va < PGROUNDDOWN(p.trapframe.sp))
  }

  private func allocate_page(_ k: Kernel, _ address: UInt64, scause: UInt64) throws(KernelHalt) {
    let p = k.myproc()
    let va = PGROUNDDOWN(address)
    guard let mem = try k.kalloc() else {
      k.printf("usertrap(): scause \(k.format(p: scause)) pid=\(p.pid)\n")
      k.printf("Out of memory!\n")
      p.killed = true
      try k.exit(-1)
    }
    try k.memset(mem, 0, PGSIZE)
    guard try k.mappages(p.pagetable, va, PGSIZE, mem, PTE_W | PTE_R | PTE_U) else {
      k.printf("usertrap(): scause \(k.format(p: scause)) pid=\(p.pid)\n")
      k.printf("Can't allocate the page table\n")
      try k.kfree(mem)
      try k.uvmdealloc(p.pagetable, PGROUNDUP(va), PGROUNDDOWN(va))
      p.killed = true
      try k.exit(-1)
    }
  }

  /// The post's addition to the loops of `copyin`, `copyout` and `copyinstr`, for the page at `va0`.
  private func allocateForCopy(_ k: Kernel, _ pagetable: UInt64, _ va0: UInt64) throws(KernelHalt) {
    guard check_valid(k, va0) else { return }
    if let entry = try k.walk(pagetable, va0, alloc: false), k.loadPTE(entry) & PTE_V != 0 { return }
    // A system call's scause: 8.
    try allocate_page(k, va0, scause: 8)
  }

  public func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    let stop = va &+ npages &* PGSIZE
    var a = va
    while a < stop {
      if let entry = try k.walk(pagetable, a, alloc: false) {
        let pte = k.loadPTE(entry)
        if pte & PTE_V != 0 {
          if PTE_FLAGS(pte) == PTE_V { throw k.panic("uvmunmap: not a leaf") }
          if free { try k.kfree(PTE2PA(pte)) }
          k.storePTE(entry, 0)
        }
      }
      a &+= PGSIZE
    }
  }

  public func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool
  {
    var i: UInt64 = 0
    while i < sz {
      if let entry = try k.walk(old, i, alloc: false), k.loadPTE(entry) & PTE_V != 0 {
        let pte = k.loadPTE(entry)
        guard let mem = try k.kalloc() else {
          try k.uvmunmap(new, 0, i / PGSIZE, free: true)
          return false
        }
        try k.memmove(mem, PTE2PA(pte), PGSIZE)
        guard try k.mappages(new, i, PGSIZE, mem, PTE_FLAGS(pte)) else {
          try k.kfree(mem)
          try k.uvmunmap(new, 0, i / PGSIZE, free: true)
          return false
        }
      }
      i &+= PGSIZE
    }
    return true
  }

  public func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    var va = dstva
    var done = 0
    while done < source.count {
      let va0 = PGROUNDDOWN(va)
      try allocateForCopy(k, pagetable, va0)
      guard let pa0 = try k.walkaddr(pagetable, va0) else { return false }
      let n = min(Int(PGSIZE - (va - va0)), source.count - done)
      try k.write(pa0 &+ (va - va0), UnsafeRawBufferPointer(rebasing: source[done..<done + n]))
      done += n
      va = va0 &+ PGSIZE
    }
    return true
  }

  public func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    var va = srcva
    var done = 0
    while done < destination.count {
      let va0 = PGROUNDDOWN(va)
      try allocateForCopy(k, pagetable, va0)
      guard let pa0 = try k.walkaddr(pagetable, va0) else { return false }
      let n = min(Int(PGSIZE - (va - va0)), destination.count - done)
      try k.read(pa0 &+ (va - va0), UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n]))
      done += n
      va = va0 &+ PGSIZE
    }
    return true
  }

  public func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    var va = srcva
    var done = 0
    while done < destination.count {
      let va0 = PGROUNDDOWN(va)
      try allocateForCopy(k, pagetable, va0)
      guard let pa0 = try k.walkaddr(pagetable, va0) else { return false }
      let n = min(Int(PGSIZE - (va - va0)), destination.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n])
      if try k.readString(pa0 &+ (va - va0), part) { return true }
      done += n
      va = va0 &+ PGSIZE
    }
    return false
  }
}
