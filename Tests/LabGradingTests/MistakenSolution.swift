import LazySolutions
import Synchronization
import Testing
import XV6Kernel

/// The reference solution with one mistake, to check that tests do not pass it.
struct MistakenSolution: LabSolution {
  enum Mistake: String, CaseIterable, CustomTestStringConvertible {
    /// The first touch opens the guard page, to the program and to system calls.
    case opensGuardPage
    /// The break itself counts as an address of the process: `<=` instead of `<`.
    case includesBreak
    /// `walk` is called with addresses beyond MAXVA.
    case walksAnywhere
    /// A fault beyond MAXVA counts as handled.
    case settlesFarFaults
    /// Only faults of stores are handled.
    case ignoresLoads
    /// A page that a fault maps keeps its old contents.
    case leavesJunk
    /// The fault's address is not rounded down to its page.
    case keepsOffset
    /// A page is mapped without permission to execute. An instruction fetch from it maps it again and again.
    case fetchesForEver
    /// A page is mapped without permission to execute.
    case mapsWithoutExecute
    /// A copy for a system call maps only the first page that it reaches.
    case mapsFirstPageOnly
    /// System calls map nothing.
    case mapsForFaultsOnly
    /// The child gets its parent's heap pages instead of copies.
    case sharesPages
    /// `uvmcopy` ends at the first hole.
    case copiesToFirstHole
    /// Two processes that fault on the same address get the same page.
    case remembersPages
    /// A copy that fails is left half done.
    case leavesHalfCopies
    /// The code does not check whether `kalloc` returned a page.
    case trustsKalloc
    /// A page is taken before the address is checked, and is not given back.
    case takesPageFirst
    /// Shrinking frees the page in which the new break lies.
    case freesPartialPages
    /// `uvmunmap` ends at the first hole.
    case unmapsToFirstHole
    /// The size of a process changes by any number, without a check.
    case movesBreakUnchecked
    /// An address below the stack pointer is refused.
    case refusesBelowStackPointer

    var testDescription: String { rawValue }
  }

  private let mistake: Mistake
  private let reference = Reference()
  private let remembered = Remembered()

  /// The pages that were mapped, with the address as the key.
  private final class Remembered: Sendable {
    let pages = Mutex<[UInt64: UInt64]>([:])
  }

  init() { self.init(.opensGuardPage) }
  init(_ mistake: Mistake) { self.mistake = mistake }

  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let p = k.myproc()
    let old = p.sz
    switch mistake {
    case .movesBreakUnchecked:
      if n < 0 { try k.uvmdealloc(p.pagetable, old, old &- UInt64(n.magnitude)) }
      p.sz = old &+ UInt64(bitPattern: Int64(n))
      return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: old)))
    case .freesPartialPages where n < 0 && UInt64(n.magnitude) <= old:
      let new = old - UInt64(n.magnitude)
      try k.uvmunmap(
        p.pagetable, PGROUNDDOWN(new), (PGROUNDUP(old) - PGROUNDDOWN(new)) / PGSIZE, free: true)
      p.sz = new
      return old
    default:
      return try reference.sbrk(k, n)
    }
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    if mistake == .ignoresLoads && scause != 15 { return .unexpected }
    if mistake == .settlesFarFaults && stval >= MAXVA { return .mapped }
    if mistake == .refusesBelowStackPointer && stval < PGROUNDDOWN(p.trapframe.sp) { return .unexpected }
    if mistake == .walksAnywhere { _ = try k.walk(p.pagetable, stval, alloc: false) }
    if mistake == .takesPageFirst, try !isOwed(k, p, stval) {
      _ = try k.kalloc()
      return .unexpected
    }
    if mistake == .fetchesForEver && scause == 12 && stval < p.sz {
      if try isOwed(k, p, stval) { _ = try pay(k, p, stval) }
      return .mapped
    }
    if mistake == .opensGuardPage, try opened(k, p, stval) != nil { return .mapped }
    guard try isOwed(k, p, stval) else { return .unexpected }
    return try pay(k, p, stval) == nil ? .kill : .mapped
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if mistake == .walksAnywhere { _ = try k.walk(pagetable, va, alloc: false) }
    guard pagetable == p.pagetable, mistake != .mapsForFaultsOnly, mistake != .mapsFirstPageOnly else {
      return try EagerXV6().walkaddr(k, pagetable, va)
    }
    if mistake == .refusesBelowStackPointer && va < PGROUNDDOWN(p.trapframe.sp) {
      return try EagerXV6().walkaddr(k, pagetable, va)
    }
    if mistake == .opensGuardPage, let page = try opened(k, p, va) { return page }
    if try isOwed(k, p, va) { return try pay(k, p, va) }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  /// Maps the first page of a copy, as `argaddr` would see it.
  private func mapFirst(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) {
    let p = k.myproc()
    guard mistake == .mapsFirstPageOnly, pagetable == p.pagetable, try isOwed(k, p, va) else { return }
    _ = try pay(k, p, va)
  }

  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    try mapFirst(k, pagetable, dstva)
    return try EagerXV6().copyout(k, pagetable, to: dstva, from: source)
  }

  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    try mapFirst(k, pagetable, srcva)
    return try EagerXV6().copyin(k, pagetable, into: destination, from: srcva)
  }

  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if mistake == .unmapsToFirstHole && npages > 1 {
      for page in 0..<npages {
        let a = va &+ page &* PGSIZE
        guard let entry = try k.walk(pagetable, a, alloc: false), k.loadPTE(entry) & PTE_V != 0 else {
          return
        }
        try reference.uvmunmap(k, pagetable, a, 1, free: free)
      }
    } else {
      try reference.uvmunmap(k, pagetable, va, npages, free: free)
    }
  }

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    guard [.sharesPages, .copiesToFirstHole, .leavesHalfCopies].contains(mistake) else {
      return try reference.uvmcopy(k, from: old, to: new, sz)
    }
    for page in 0..<PGROUNDUP(sz) / PGSIZE {
      let a = page * PGSIZE
      guard let entry = try k.walk(old, a, alloc: false), k.loadPTE(entry) & PTE_V != 0 else {
        if mistake == .copiesToFirstHole { return true }
        continue
      }
      let pte = k.loadPTE(entry)
      if mistake == .sharesPages && a > k.myproc().trapframe.sp {
        guard try k.mappages(new, a, PGSIZE, PTE2PA(pte), PTE_FLAGS(pte)) else { return false }
        continue
      }
      guard let copy = try k.kalloc() else { return false }
      try k.memmove(copy, PTE2PA(pte), PGSIZE)
      guard try k.mappages(new, a, PGSIZE, copy, PTE_FLAGS(pte)) else { return false }
    }
    return true
  }

  private func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard mistake == .includesBreak ? va <= p.sz : va < p.sz else { return false }
    guard let entry = try k.walk(p.pagetable, va, alloc: false) else { return true }
    return k.loadPTE(entry) & PTE_V == 0
  }

  /// If `va` lies in the guard page, opens that page and returns its physical address; nil otherwise.
  private func opened(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard va < p.sz, let entry = try k.walk(p.pagetable, va, alloc: false) else { return nil }
    let pte = k.loadPTE(entry)
    guard pte & PTE_V != 0, pte & PTE_U == 0 else { return nil }
    k.storePTE(entry, pte | PTE_U)
    return PTE2PA(pte)
  }

  private func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let start = PGROUNDDOWN(va)
    if mistake == .remembersPages, let page = remembered.pages.withLock({ $0[start] }) {
      return try k.mappages(p.pagetable, start, PGSIZE, page, PTE_R | PTE_W | PTE_X | PTE_U) ? page : nil
    }
    guard let page = try k.kalloc() ?? (mistake == .trustsKalloc ? 0 : nil) else { return nil }
    if mistake != .leavesJunk { try k.memset(page, 0, PGSIZE) }
    remembered.pages.withLock { $0[start] = page }
    let execute = [.mapsWithoutExecute, .fetchesForEver].contains(mistake) ? 0 : PTE_X
    let at = mistake == .keepsOffset ? va : start
    if try k.mappages(p.pagetable, at, PGSIZE, page, PTE_R | PTE_W | PTE_U | execute) { return page }
    try k.kfree(page)
    return nil
  }
}
