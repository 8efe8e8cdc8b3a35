import XV6Kernel

/// The solution of a student's post of August 2024, "lazy allocation lab": pages for system calls are
/// allocated in `walkaddr`.
///
/// The post's author never found out why the lab's unmap test did not pass. This code shows the reason:
/// `sbrk` only changes the size, so a shrink frees no page. The pages stay mapped above the size, and the
/// process can still use them. When the process ends, `freewalk` finds them (`panic: freewalk: leaf`).
///
/// The code in the post has other mistakes too:
///
/// - `walkaddr` does not zero the page that it allocates.
/// - `walkaddr` refuses the page of the stack pointer: it rounds up, but the trap handler rounds down.
/// - The trap handler refuses the first byte of that page (`<=`).
/// - Both treat a stack in the heap as the guard page.
///
/// The post comments out `growproc` and does not show the line that changes the size. Here this line is the
/// lab's own `myproc()->sz += n`. Without it, the shell would not even start.
public struct BlogWalkaddr: LabSolution {
  public init() {}

  public func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let addr = Int32(truncatingIfNeeded: p.sz)
    p.sz &+= UInt64(bitPattern: Int64(n))
    return UInt64(bitPattern: Int64(addr))
  }

  public func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard scause == 0xd || scause == 0xf else { return .unexpected }
    let p = k.myproc()
    guard let pa = try k.kalloc() else { return .kill }
    if stval >= p.sz || stval <= PGROUNDDOWN(p.trapframe.sp) {
      try k.kfree(pa)
      return .kill
    }
    try k.memset(pa, 0, PGSIZE)
    guard try k.mappages(p.pagetable, PGROUNDDOWN(stval), PGSIZE, pa, PTE_X | PTE_W | PTE_U | PTE_R) else {
      try k.kfree(pa)
      return .kill
    }
    return .mapped
  }

  public func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    let stop = va &+ npages &* PGSIZE
    var a = va
    while a < stop {
      defer { a &+= PGSIZE }
      guard let entry = try k.walk(pagetable, a, alloc: false) else { continue }
      let pte = k.loadPTE(entry)
      if pte & PTE_V == 0 { continue }
      if PTE_FLAGS(pte) == PTE_V { throw k.panic("uvmunmap: not a leaf") }
      if free { try k.kfree(PTE2PA(pte)) }
      k.storePTE(entry, 0)
    }
  }

  public func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool
  {
    var i: UInt64 = 0
    while i < sz {
      defer { i &+= PGSIZE }
      guard let entry = try k.walk(old, i, alloc: false) else { continue }
      let pte = k.loadPTE(entry)
      if pte & PTE_V == 0 { continue }
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
    return true
  }

  public func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if va >= MAXVA { return nil }
    let pte = try k.walk(pagetable, va, alloc: false).map { k.loadPTE($0) } ?? 0
    if pte & PTE_V == 0 {
      let p = k.myproc()
      if va >= p.sz || va < PGROUNDUP(p.trapframe.sp) { return nil }
      guard let pa = try k.kalloc() else { return nil }
      guard try k.mappages(p.pagetable, va, PGSIZE, pa, PTE_W | PTE_R | PTE_U | PTE_X) else {
        try k.kfree(pa)
        return nil
      }
      return pa
    }
    if pte & PTE_U == 0 { return nil }
    return PTE2PA(pte)
  }
}
