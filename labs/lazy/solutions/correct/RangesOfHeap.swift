import Synchronization
import XV6Kernel

/// Keeps its own records: for each page table, the ranges of addresses that `sbrk` has promised. A page is
/// owed if it is in a range but not in the table. The size is not used.
final class RangesOfHeap: PassingHoles {
  /// By the root of the page table, one range of whole pages: the heap grows and shrinks at its end only.
  private let promised = Mutex<[UInt64: Range<UInt64>]>([:])

  init() {}

  private func heap(_ root: UInt64) -> Range<UInt64>? { promised.withLock { $0[root] } }

  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let old = p.sz
    let new = Int64(old) + Int64(n)
    guard new >= 0, new <= Int64(TRAPFRAME) else { return .max }
    p.sz = UInt64(new)
    let end = PGROUNDUP(p.sz)
    if n < 0 { try k.uvmdealloc(p.pagetable, old, p.sz) }
    promised.withLock { ranges in
      let start = min(ranges[p.pagetable]?.lowerBound ?? PGROUNDUP(old), end)
      ranges[p.pagetable] = start..<end
    }
    return old
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let root = k.myproc().pagetable
    guard heap(root)?.contains(stval) == true else { return .unexpected }
    if let pte = try k.walk(root, stval, alloc: false), k.loadPTE(pte) & PTE_V != 0 { return .unexpected }
    return try page(k, root, stval) == nil ? .kill : .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if let pa = try EagerXV6().walkaddr(k, pagetable, va) { return pa }
    return heap(pagetable)?.contains(va) == true ? try page(k, pagetable, va) : nil
  }

  private func page(_ k: Kernel, _ root: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try k.memset(page, 0, PGSIZE)
    if try k.mappages(root, PGROUNDDOWN(va), PGSIZE, page, PTE_R | PTE_W | PTE_X | PTE_U) { return page }
    try k.kfree(page)
    return nil
  }

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    guard try Holes().uvmcopy(k, from: old, to: new, sz) else { return false }
    promised.withLock { $0[new] = $0[old] }
    return true
  }

  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    // A table loses its trampoline when it is about to be freed.
    if va == TRAMPOLINE { promised.withLock { $0[pagetable] = nil } }
    try Holes().uvmunmap(k, pagetable, va, npages, free: free)
  }

  private struct Holes: PassingHoles {}
}
