import XV6Kernel

/// Ends a process that it refuses in the handler itself, by `exit(-1)`. Allows accesses up to the end of the
/// page that contains the break, because the process has that page anyway.
struct ExitsAtOnce: PlainFaults {
  func isOwed(_ k: Kernel, _ va: UInt64) throws(KernelHalt) -> Bool {
    let p = k.myproc()
    guard va < PGROUNDUP(p.sz) else { return false }
    guard let pte = try k.walk(p.pagetable, va, alloc: false) else { return true }
    return k.loadPTE(pte) & PTE_V == 0
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard try isOwed(k, stval), try allocate(k, stval) else { try k.exit(-1) }
    return .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if pagetable == k.myproc().pagetable, try isOwed(k, va), try !allocate(k, va) { return nil }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }
}
