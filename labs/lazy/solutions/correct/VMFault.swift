import XV6Kernel

/// As in xv6 since 2025: one `vmfault` for the trap handler and `walkaddr`. Its pages can be read and
/// written, but not executed.
struct VMFault: PassingHoles {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let old = p.sz
    if n < 0 {
      guard UInt64(n.magnitude) <= old else { return .max }
      p.sz = try k.uvmdealloc(p.pagetable, old, old - UInt64(n.magnitude))
    } else {
      guard old + UInt64(n) <= TRAPFRAME else { return .max }
      p.sz = old + UInt64(n)
    }
    return old
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard scause == 13 || scause == 15 else { return .unexpected }
    return try vmfault(k, k.myproc().pagetable, stval) == nil ? .unexpected : .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if let pa = try EagerXV6().walkaddr(k, pagetable, va) { return pa }
    return try vmfault(k, pagetable, va)
  }

  private func vmfault(_ k: Kernel, _ pagetable: UInt64, _ address: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    let va = PGROUNDDOWN(address)
    guard pagetable == p.pagetable, address < p.sz, try !ismapped(k, pagetable, va) else { return nil }
    guard let mem = try k.kalloc() else { return nil }
    try k.memset(mem, 0, PGSIZE)
    if try k.mappages(pagetable, va, PGSIZE, mem, PTE_W | PTE_U | PTE_R) { return mem }
    try k.kfree(mem)
    return nil
  }

  private func ismapped(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard let pte = try k.walk(pagetable, va, alloc: false) else { return false }
    return k.loadPTE(pte) & PTE_V != 0
  }
}
