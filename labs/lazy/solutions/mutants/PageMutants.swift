import XV6Kernel

// Mistakes with the page that a fault gets.

extension LazyMutants {
  static let pages: [Mutant] = [
    .init("page-rounded-up", "wrong-address", by: "copyinstr3", PageRoundedUp.self),
    .init("page-at-zero", "wrong-address", by: "copyinstr3", PageAtZero.self),
    .init("page-not-zeroed", "page-not-zeroed", by: "crossing", PageNotZeroed.self),
    .init("page-half-zeroed", "page-not-zeroed", by: "crossing", PageHalfZeroed.self),
    .init("page-without-user", "page-not-users", by: "copyinstr3", PageWithoutUser.self),
    .init("page-without-write", "wrong-permissions", by: "copyinstr3", PageWithoutWrite.self),
    .init("page-without-read", "wrong-permissions", by: "copyinstr3", PageWithoutRead.self),
    .init("pages-up-to-break", "maps-too-much", by: "big-heap", PagesUpToBreak.self),
    .init("running-out-panics", "out-of-memory-panics", by: "sbrkbasic", RunningOutPanics.self),
    .init("kalloc-unchecked", "out-of-memory-panics", by: "sbrkbasic", KallocUnchecked.self),
    .init("running-out-forgotten", "out-of-memory-forgotten", by: "sbrkbasic", RunningOutForgotten.self),
    .init("page-lost-without-table", "page-lost-without-table", by: nil, PageLostWithoutTable.self),
    .init("mappages-unchecked", "page-lost-without-table", by: nil, MappagesUnchecked.self),
  ]
}

/// Maps the next page if the address is inside a page (PGROUNDUP instead of PGROUNDDOWN).
struct PageRoundedUp: LazySteps {
  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    try Stepwise().pay(k, p, PGROUNDUP(va))
  }
}

/// Maps at address 0, as an uninitialised variable might have it.
struct PageAtZero: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    guard try isOwed(k, p, stval) else { return .unexpected }
    return try pay(k, p, 0) == nil ? .kill : .mapped
  }
}

/// Does not zero the page.
struct PageNotZeroed: LazySteps {
  func zero(_ k: Kernel, _ page: UInt64) throws(KernelHalt) {}
}

/// Zeroes half of the page.
struct PageHalfZeroed: LazySteps {
  func zero(_ k: Kernel, _ page: UInt64) throws(KernelHalt) { try k.memset(page, 0, PGSIZE / 2) }
}

/// Maps the page so that only the kernel can use it.
struct PageWithoutUser: LazySteps {
  var permissions: UInt64 { PTE_W | PTE_X | PTE_R }
}

/// Maps the page read-only.
struct PageWithoutWrite: LazySteps {
  var permissions: UInt64 { PTE_X | PTE_R | PTE_U }
}

/// Maps the page write-only, which the specification reserves.
struct PageWithoutRead: LazySteps {
  var permissions: UInt64 { PTE_W | PTE_U }
}

/// Maps every owed page from the faulting page up to the break.
struct PagesUpToBreak: LazySteps {
  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let first = try Stepwise().pay(k, p, va)
    var a = PGROUNDDOWN(va) &+ PGSIZE
    while first != nil, a < p.sz {
      if try isOwed(k, p, a), try Stepwise().pay(k, p, a) == nil { return nil }
      a &+= PGSIZE
    }
    return first
  }
}

/// Panics if there is no memory.
struct RunningOutPanics: LazySteps {
  func runOut(_ k: Kernel, _ p: Proc) throws(KernelHalt) -> FaultDecision {
    throw k.panic("usertrap: out of memory")
  }
}

/// If there is no memory, goes on as if the page were mapped.
struct RunningOutForgotten: LazySteps {
  func runOut(_ k: Kernel, _ p: Proc) throws(KernelHalt) -> FaultDecision { .mapped }
}

/// Uses the result of `kalloc` without a check.
struct KallocUnchecked: LazySteps {
  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let page = try k.kalloc() ?? 0
    try zero(k, page)
    return try k.mappages(p.pagetable, PGROUNDDOWN(va), PGSIZE, page, permissions) ? page : nil
  }
}

/// Loses the page if there is no page for its page table.
struct PageLostWithoutTable: LazySteps {
  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try zero(k, page)
    return try k.mappages(p.pagetable, PGROUNDDOWN(va), PGSIZE, page, permissions) ? page : nil
  }
}

/// Loses the page, and goes on, if there is no page for its page table: the result of `mappages` is not
/// checked.
struct MappagesUnchecked: LazySteps {
  func pay(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try k.kalloc() else { return nil }
    try zero(k, page)
    _ = try k.mappages(p.pagetable, PGROUNDDOWN(va), PGSIZE, page, permissions)
    return page
  }
}
