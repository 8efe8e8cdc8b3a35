import XV6Kernel

/// Refuses as students do in C: `p->killed = 1`, then the normal end of the trap. Allocates in `walkaddr` if
/// xv6's own `walkaddr` finds nothing.
struct MarksKilled: PlainFaults {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    if try isOwed(k, stval), try allocate(k, stval) { return .mapped }
    k.myproc().killed = true
    return .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if let pa = try EagerXV6().walkaddr(k, pagetable, va) { return pa }
    guard pagetable == k.myproc().pagetable, va < MAXVA, try isOwed(k, va), try allocate(k, va) else {
      return nil
    }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }
}
