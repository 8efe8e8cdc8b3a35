import Synchronization
import XV6Kernel

/// Keeps a page of zeroes from the start of the machine on, and makes each new page a copy of it. (All loads
/// cannot share it: the lab requires that a process is killed if it reads more pages than there are.)
final class CopiesZeroPage: PlainFaults {
  private let zeroes = Mutex<UInt64>(0)

  init() {}

  /// Taken when the first process leaves its first page table, before any test counts pages.
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    _ = try zeroPage(k)
    try Holes().uvmunmap(k, pagetable, va, npages, free: free)
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if pagetable == k.myproc().pagetable, va < MAXVA, try isOwed(k, va), try !allocate(k, va) { return nil }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard try isOwed(k, stval) else { return .unexpected }
    return try allocate(k, stval) ? .mapped : .kill
  }

  private func allocate(_ k: Kernel, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard let page = try k.kalloc() else { return false }
    try k.memmove(page, zeroPage(k), PGSIZE)
    let pagetable = k.myproc().pagetable
    if try k.mappages(pagetable, PGROUNDDOWN(va), PGSIZE, page, PTE_R | PTE_W | PTE_X | PTE_U) { return true }
    try k.kfree(page)
    return false
  }

  private func zeroPage(_ k: Kernel) throws(KernelHalt) -> UInt64 {
    let known = zeroes.withLock { $0 }
    if known != 0 { return known }
    guard let page = try k.kalloc() else { throw k.panic("zero page") }
    try k.memset(page, 0, PGSIZE)
    zeroes.withLock { $0 = page }
    return page
  }

  private struct Holes: PassingHoles {}
}
