import XV6Kernel

/// `uvmunmap` and `uvmcopy` go down the page table itself, table by table. So they never look up an address
/// that is not mapped.
struct WalksTables: PlainFaults {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if pagetable == k.myproc().pagetable, va < MAXVA, try isOwed(k, va), try !allocate(k, va) { return nil }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    try leaves(k, pagetable, level: 2, base: 0, in: va..<max(va, va &+ npages &* PGSIZE)) {
      (entry, _) throws(KernelHalt) in
      if free { try k.kfree(PTE2PA(k.loadPTE(entry))) }
      k.storePTE(entry, 0)
      return true
    }
  }

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    let isWhole = try leaves(k, old, level: 2, base: 0, in: 0..<sz) { (entry, va) throws(KernelHalt) in
      guard let page = try k.kalloc() else { return false }
      try k.memmove(page, PTE2PA(k.loadPTE(entry)), PGSIZE)
      if try k.mappages(new, va, PGSIZE, page, PTE_FLAGS(k.loadPTE(entry))) { return true }
      try k.kfree(page)
      return false
    }
    if !isWhole { try k.uvmunmap(new, 0, PGROUNDUP(sz) / PGSIZE, free: true) }
    return isWhole
  }

  /// Calls `visit` for each leaf in `range`, in order, with the address of its entry and the virtual address
  /// that it maps. Stops and returns false if `visit` returns false.
  @discardableResult
  private func leaves(
    _ k: Kernel, _ table: UInt64, level: Int, base: UInt64, in range: Range<UInt64>,
    _ visit: (UInt64, UInt64) throws(KernelHalt) -> Bool
  ) throws(KernelHalt) -> Bool {
    let span = PGSIZE << (9 * UInt64(level))
    for index in 0..<512 as Range<UInt64> {
      let va = base + index * span
      if va >= range.upperBound { break }
      if va + span <= range.lowerBound { continue }
      let entry = table + 8 * index
      if k.loadPTE(entry) & PTE_V == 0 { continue }
      let isDone =
        level == 0
        ? try visit(entry, va)
        : try leaves(k, PTE2PA(k.loadPTE(entry)), level: level - 1, base: va, in: range, visit)
      if !isDone { return false }
    }
    return true
  }
}
