import Synchronization
import XV6Kernel

/// A load of a page that is owed maps one page of zeroes, which all share and nobody may write; the first store brings a page of its
/// own.
///
/// The page of zeroes is nobody's to free: whoever unmaps it leaves it, and fork() maps it again.
final class SharesZeroPage: LabSolution {
  private let zeroPage = Mutex<UInt64>(0)

  init() {}

  /// Taken before the first process runs, so that no test finds a page less.
  private func zeroes(_ k: Kernel) throws(KernelHalt) -> UInt64 {
    let known = zeroPage.withLock { $0 }
    if known != 0 { return known }
    guard let page = try k.kalloc() else { throw k.panic("zero page") }
    try k.memset(page, 0, PGSIZE)
    zeroPage.withLock { $0 = page }
    return page
  }

  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let old = p.sz
    let new = Int64(old) + Int64(n)
    guard new >= 0, new <= Int64(TRAPFRAME) else { return .max }
    if n < 0 { try k.uvmdealloc(p.pagetable, old, UInt64(new)) }
    p.sz = UInt64(new)
    return old
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    guard stval < p.sz else { return .unexpected }
    guard let pte = try k.walk(p.pagetable, stval, alloc: true) else { return .kill }
    switch (k.loadPTE(pte) & PTE_V != 0, scause) {
    case (false, 12), (false, 13):
      k.storePTE(pte, PA2PTE(try zeroes(k)) | PTE_R | PTE_X | PTE_U | PTE_V)
      return .mapped
    case (false, _):
      return try own(k, pte) == nil ? .kill : .mapped
    case (true, 15) where try isZeroes(k, pte):
      return try own(k, pte) == nil ? .kill : .mapped
    default:
      return .unexpected
    }
  }

  /// The kernel writes as well as it reads, so that what it asks for is always a page of the process's own.
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if pagetable == p.pagetable, va < p.sz {
      guard let pte = try k.walk(pagetable, va, alloc: true) else { return nil }
      if k.loadPTE(pte) & PTE_V == 0 { return try own(k, pte) }
      if try isZeroes(k, pte) { return try own(k, pte) }
    }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  private func isZeroes(_ k: Kernel, _ pte: UInt64) throws(KernelHalt) -> Bool {
    let entry = k.loadPTE(pte)
    guard entry & PTE_V != 0 else { return false }
    return try PTE2PA(entry) == zeroes(k)
  }

  /// A page of the process's own, with nothing in it.
  private func own(_ k: Kernel, _ pte: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try k.memmove(page, zeroes(k), PGSIZE)
    k.storePTE(pte, PA2PTE(page) | PTE_R | PTE_W | PTE_X | PTE_U | PTE_V)
    return page
  }

  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    _ = try zeroes(k)
    var a = va
    while a < va &+ npages &* PGSIZE {
      if let pte = try k.walk(pagetable, a, alloc: false), k.loadPTE(pte) & PTE_V != 0 {
        if free, try !isZeroes(k, pte) { try k.kfree(PTE2PA(k.loadPTE(pte))) }
        k.storePTE(pte, 0)
      }
      a &+= PGSIZE
    }
  }

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      if let pte = try k.walk(old, a, alloc: false), k.loadPTE(pte) & PTE_V != 0,
        try !copy(k, pte, to: new, a)
      {
        try k.uvmunmap(new, 0, a / PGSIZE, free: true)
        return false
      }
      a &+= PGSIZE
    }
    return true
  }

  private func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    let flags = PTE_FLAGS(k.loadPTE(pte))
    if try isZeroes(k, pte) { return try k.mappages(new, va, PGSIZE, zeroes(k), flags) }
    guard let page = try k.kalloc() else { return false }
    try k.memmove(page, PTE2PA(k.loadPTE(pte)), PGSIZE)
    if try k.mappages(new, va, PGSIZE, page, flags) { return true }
    try k.kfree(page)
    return false
  }
}
