import XV6Kernel

/// Shared by several solutions: `uvmunmap` and `uvmcopy` with `continue` instead of each `panic`, page by
/// page.
protocol PassingHoles: LabSolution {}

extension PassingHoles {
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    var a = va
    while a < va &+ npages &* PGSIZE {
      defer { a &+= PGSIZE }
      guard let pte = try k.walk(pagetable, a, alloc: false), k.loadPTE(pte) & PTE_V != 0 else { continue }
      if PTE_FLAGS(k.loadPTE(pte)) == PTE_V { throw k.panic("uvmunmap: not a leaf") }
      if free { try k.kfree(PTE2PA(k.loadPTE(pte))) }
      k.storePTE(pte, 0)
    }
  }

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      defer { a &+= PGSIZE }
      guard let pte = try k.walk(old, a, alloc: false), k.loadPTE(pte) & PTE_V != 0 else { continue }
      let page = try k.kalloc()
      if let page {
        try k.memmove(page, PTE2PA(k.loadPTE(pte)), PGSIZE)
        if try k.mappages(new, a, PGSIZE, page, PTE_FLAGS(k.loadPTE(pte))) { continue }
        try k.kfree(page)
      }
      try k.uvmunmap(new, 0, a / PGSIZE, free: true)
      return false
    }
    return true
  }
}

/// The trap handler and `sbrk` of most solutions: a page is owed if it is below the size and not mapped yet.
protocol PlainFaults: PassingHoles {}

extension PlainFaults {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let old = p.sz
    let (new, isOut) =
      n < 0
      ? old.subtractingReportingOverflow(UInt64(n.magnitude)) : old.addingReportingOverflow(UInt64(n))
    if isOut || new > TRAPFRAME { return .max }
    if n < 0 { try k.uvmdealloc(p.pagetable, old, new) }
    p.sz = new
    return old
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard try isOwed(k, stval) else { return .unexpected }
    return try allocate(k, stval) ? .mapped : .kill
  }

  /// Whether `va` is below the size, and not mapped.
  func isOwed(_ k: Kernel, _ va: UInt64) throws(KernelHalt) -> Bool {
    let p = k.myproc()
    guard va < p.sz else { return false }
    guard let pte = try k.walk(p.pagetable, va, alloc: false) else { return true }
    return k.loadPTE(pte) & PTE_V == 0
  }

  /// Maps a page of zeroes for `va`. False, with no page lost, if memory has run out.
  func allocate(_ k: Kernel, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard let page = try k.kalloc() else { return false }
    try k.memset(page, 0, PGSIZE)
    let pagetable = k.myproc().pagetable
    if try k.mappages(pagetable, PGROUNDDOWN(va), PGSIZE, page, PTE_R | PTE_W | PTE_X | PTE_U) { return true }
    try k.kfree(page)
    return false
  }
}
