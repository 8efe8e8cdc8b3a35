import XV6Kernel

/// Does not use `mappages`: finds the entry first, then takes a page and stores the entry itself, so it never
/// has to give a page back.
struct StoresEntries: PlainFaults {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    guard stval < p.sz else { return .unexpected }
    guard let pte = try k.walk(p.pagetable, stval, alloc: true) else { return .kill }
    if k.loadPTE(pte) & PTE_V != 0 { return .unexpected }
    return try fill(k, pte) == nil ? .kill : .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    guard pagetable == p.pagetable, va < p.sz else { return try EagerXV6().walkaddr(k, pagetable, va) }
    guard let pte = try k.walk(pagetable, va, alloc: true) else { return nil }
    if k.loadPTE(pte) & PTE_V == 0 { return try fill(k, pte) }
    return k.loadPTE(pte) & PTE_U == 0 ? nil : PTE2PA(k.loadPTE(pte))
  }

  private func fill(_ k: Kernel, _ pte: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try k.memset(page, 0, PGSIZE)
    k.storePTE(pte, PA2PTE(page) | PTE_R | PTE_W | PTE_X | PTE_U | PTE_V)
    return page
  }
}
