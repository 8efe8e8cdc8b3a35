import XV6Kernel

/// The reference solution, divided into its steps, so that a mutant can get one step wrong and needs no other
/// code.
///
/// Each private function of `Reference` is a requirement here, with the same code as its default. `Stepwise`,
/// which changes nothing, is a correct solution.
protocol LazySteps: LabSolution {
  /// `sbrk` of 0 or more.
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64
  /// `sbrk` of less than 0.
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64
  /// Whether the process may use the page that holds `va`, and does not have it yet.
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool
  /// Maps a page of zeroes at the page of `va`. Nil, with no page lost, if memory has run out.
  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64?
  /// The contents of a new page.
  func zero(_ k: Kernel, _ page: UInt64) throws(KernelHalt)
  /// The entry bits of a new page.
  var permissions: UInt64 { get }
  /// What happens after an access that gets no page.
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision
  /// What happens after a fault if there is no memory for the page.
  func runOut(_ k: Kernel, _ p: Proc) throws(KernelHalt) -> FaultDecision
  /// Removes one mapping for `uvmunmap`: the entry at `entry`.
  func remove(_ k: Kernel, _ entry: UInt64, free: Bool) throws(KernelHalt)
  /// The address at which `uvmunmap` goes on after a hole at `a`. The hole may be a whole missing page table.
  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64
  /// The address at which `uvmcopy` goes on after a hole at `a`.
  func copyHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64
  /// Gives the child with page table `new` the page that the parent's entry `pte` maps at `va`.
  func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool
}

/// No mistake.
struct Stepwise: LazySteps {}

extension LazySteps {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    return n >= 0 ? try grow(k, p, by: UInt64(n)) : try shrink(k, p, by: UInt64(n.magnitude))
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    guard try isOwed(k, p, stval) else { return try refuse(k, p, stval) }
    return try pay(k, p, stval) == nil ? runOut(k, p) : .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if pagetable == p.pagetable, try isOwed(k, p, va) { return try pay(k, p, va) }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    let stop = va &+ npages &* PGSIZE
    var a = va
    while a < stop {
      let entry = try k.walk(pagetable, a, alloc: false)
      if let entry, k.loadPTE(entry) & PTE_V != 0 {
        if PTE_FLAGS(k.loadPTE(entry)) == PTE_V { throw k.panic("uvmunmap: not a leaf") }
        try remove(k, entry, free: free)
        a &+= PGSIZE
      } else {
        a = try unmapHole(k, a, isTableMissing: entry == nil)
      }
    }
  }

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      let entry = try k.walk(old, a, alloc: false)
      if let entry, k.loadPTE(entry) & PTE_V != 0 {
        guard try copy(k, k.loadPTE(entry), to: new, a) else {
          try k.uvmunmap(new, 0, a / PGSIZE, free: true)
          return false
        }
        a &+= PGSIZE
      } else {
        a = try copyHole(k, a, isTableMissing: entry == nil)
      }
    }
    return true
  }
}

extension LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard old &+ n <= TRAPFRAME else { return .max }
    p.sz = old &+ n
    return old
  }

  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard n <= old else { return .max }
    p.sz = try k.uvmdealloc(p.pagetable, old, old &- n)
    return old
  }

  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < p.sz else { return false }
    return try !isMapped(k, p, va)
  }

  /// Whether the process's page table has a valid entry for `va`.
  func isMapped(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard let entry = try k.walk(p.pagetable, va, alloc: false) else { return false }
    return k.loadPTE(entry) & PTE_V != 0
  }

  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try zero(k, page)
    if try k.mappages(p.pagetable, PGROUNDDOWN(va), PGSIZE, page, permissions) { return page }
    try k.kfree(page)
    return nil
  }

  func zero(_ k: Kernel, _ page: UInt64) throws(KernelHalt) { try k.memset(page, 0, PGSIZE) }

  var permissions: UInt64 { PTE_W | PTE_X | PTE_R | PTE_U }

  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision { .unexpected }

  func runOut(_ k: Kernel, _ p: Proc) throws(KernelHalt) -> FaultDecision { .kill }

  func remove(_ k: Kernel, _ entry: UInt64, free: Bool) throws(KernelHalt) {
    if free { try k.kfree(PTE2PA(k.loadPTE(entry))) }
    k.storePTE(entry, 0)
  }

  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    afterHole(a, isTableMissing: isTableMissing)
  }

  func copyHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    afterHole(a, isTableMissing: isTableMissing)
  }

  /// The next page, or the first page after the 2 MiB of a missing table.
  private func afterHole(_ a: UInt64, isTableMissing: Bool) -> UInt64 {
    let span: UInt64 = 512 * PGSIZE
    return isTableMissing ? (a & ~(span - 1)) &+ span : a &+ PGSIZE
  }

  func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard let page = try k.kalloc() else { return false }
    try k.memmove(page, PTE2PA(pte), PGSIZE)
    if try k.mappages(new, va, PGSIZE, page, PTE_FLAGS(pte)) { return true }
    try k.kfree(page)
    return false
  }
}
