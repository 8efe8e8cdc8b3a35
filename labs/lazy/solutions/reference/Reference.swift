import XV6Kernel

/// Lazy allocation, done right.
///
/// A page of the heap is *owed* if it is below `sz` and nothing is mapped there. `sbrk` only makes pages
/// owed. The first access pays: an access of the program (`pageFault`), or of the kernel for the program
/// (`walkaddr`, which `copyin`, `copyout` and `copyinstr` call page by page). Functions that go through an
/// address space (`uvmunmap`, `uvmcopy`) skip pages that are still owed.
///
/// A mapped page is never owed. So the guard page below the stack needs no special case: `exec` maps it and
/// forbids it to user mode. An access finds a valid entry and is refused, wherever the program's stack
/// pointer is.
public struct Reference: LabSolution {
  public init() {}

  /// Growing costs nothing now; shrinking frees at once. Both fail, and change nothing, if the new size is
  /// not possible: below zero, or in the trapframe's page.
  public func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let old = p.sz
    if n >= 0 {
      let new = old + UInt64(n)
      guard new <= TRAPFRAME else { return .max }
      p.sz = new
    } else {
      let less = UInt64(n.magnitude)
      guard less <= old else { return .max }
      p.sz = try k.uvmdealloc(p.pagetable, old, old - less)
    }
    return old
  }

  /// Pays for a page that is owed. Any other access is unexpected. If memory has run out, the process is
  /// killed.
  public func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    guard try isOwed(k, p, stval) else { return .unexpected }
    return try pay(k, p, stval) == nil ? .kill : .mapped
  }

  /// Pays for a page that is owed, so that system calls find it.
  ///
  /// Only the process's own page table has owed pages: the table that `exec` is building has another size.
  public func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if pagetable == p.pagetable, try isOwed(k, p, va) { return try pay(k, p, va) }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  /// Skips pages that are not mapped.
  public func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    let stop = va &+ npages &* PGSIZE
    var a = va
    while a < stop {
      guard let entry = try k.walk(pagetable, a, alloc: false) else {
        a = endOfTable(a)
        continue
      }
      let pte = k.loadPTE(entry)
      if pte & PTE_V != 0 {
        if PTE_FLAGS(pte) == PTE_V { throw k.panic("uvmunmap: not a leaf") }
        if free { try k.kfree(PTE2PA(pte)) }
        k.storePTE(entry, 0)
      }
      a += PGSIZE
    }
  }

  /// Copies pages that are mapped. Pages that are owed to the parent are owed to the child too.
  public func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool
  {
    var a: UInt64 = 0
    while a < sz {
      guard let entry = try k.walk(old, a, alloc: false) else {
        a = endOfTable(a)
        continue
      }
      let pte = k.loadPTE(entry)
      if pte & PTE_V != 0, try !copy(k, pte, to: new, a) {
        try k.uvmunmap(new, 0, a / PGSIZE, free: true)
        return false
      }
      a += PGSIZE
    }
    return true
  }

  /// Maps a copy of the page that `pte` names at `va` of page table `new`. False if memory has run out.
  private func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard let page = try k.kalloc() else { return false }
    try k.memmove(page, PTE2PA(pte), PGSIZE)
    if try k.mappages(new, va, PGSIZE, page, PTE_FLAGS(pte)) { return true }
    try k.kfree(page)
    return false
  }

  /// Whether the process may use the page that holds `va`, and does not have it yet. The page of the page
  /// table that would hold its entry may be missing too.
  private func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < p.sz else { return false }
    guard let entry = try k.walk(p.pagetable, va, alloc: false) else { return true }
    return k.loadPTE(entry) & PTE_V == 0
  }

  /// Maps a page of zeroes at the page that holds `va`. Nil, with no page lost, if memory has run out.
  private func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try k.memset(page, 0, PGSIZE)
    if try k.mappages(p.pagetable, PGROUNDDOWN(va), PGSIZE, page, PTE_W | PTE_X | PTE_R | PTE_U) {
      return page
    }
    try k.kfree(page)
    return nil
  }

  /// The first address after the 2 MiB that one bottom-level page table maps: if the table is missing, none
  /// of them is mapped.
  private func endOfTable(_ va: UInt64) -> UInt64 {
    let span: UInt64 = 512 * PGSIZE
    return (va & ~(span - 1)) + span
  }
}
