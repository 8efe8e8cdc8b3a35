import XV6Kernel

/// Prints a line at each page fault and at each refused address, as one does who looks for a mistake. What
/// the console prints does not count.
struct PrintsAtFaults: PlainFaults {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    k.printf("page fault: pid \(k.myproc().pid) scause \(k.format(p: scause)) stval \(k.format(p: stval))\n")
    guard try isOwed(k, stval) else { return .unexpected }
    return try allocate(k, stval) ? .mapped : .kill
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if pagetable == k.myproc().pagetable, va < MAXVA, try isOwed(k, va), try !allocate(k, va) { return nil }
    guard let pa = try EagerXV6().walkaddr(k, pagetable, va) else {
      k.printf("walkaddr: pid \(k.myproc().pid) has no page at \(k.format(p: va))\n")
      return nil
    }
    return pa
  }
}
