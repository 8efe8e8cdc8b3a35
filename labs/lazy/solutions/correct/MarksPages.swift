import XV6Kernel

/// Marks each page of the heap with one of the entry's two bits for the kernel (RSW). Uses the
/// specification's names for the page table, not numbers.
struct MarksPages: PlainFaults {
  /// Bit 8, the lower of RSW: paid for by a fault.
  private static let paid: UInt64 = 1 << 8

  func allocate(_ k: Kernel, _ va: UInt64) throws(KernelHalt) -> Bool { try page(k, va) != nil }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard try isOwed(k, stval) else { return .unexpected }
    return try page(k, stval) == nil ? .kill : .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard va < MAXVA else { return nil }
    let entry = try k.walk(pagetable, va, alloc: false).map { PTE(rawValue: k.loadPTE($0)) }
    if let entry, entry.v { return entry.u ? entry.pa : nil }
    let p = k.myproc()
    return pagetable == p.pagetable && va < p.sz ? try page(k, va) : nil
  }

  private func page(_ k: Kernel, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try k.memset(page, 0, PGSIZE)
    let flags = PTE_R | PTE_W | PTE_X | PTE_U | Self.paid
    if try k.mappages(k.myproc().pagetable, PGROUNDDOWN(va), PGSIZE, page, flags) { return page }
    try k.kfree(page)
    return nil
  }
}
