import XV6Kernel

// Mistakes when fork() copies an address space with holes.

extension LazyMutants {
  static let fork: [Mutant] = [
    .init("fork-panics-at-hole", "fork-panics", by: "wait-lazy", ForkPanicsAtHole.self),
    .init("fork-panics-at-missing-table", "fork-panics", by: "fork-sparse", ForkPanicsAtMissingTable.self),
    .init("fork-stops-at-hole", "fork-misses-pages", by: "fork-sparse", ForkStopsAtHole.self),
    .init(
      "fork-stops-at-missing-table", "fork-misses-pages", by: "fork-sparse", ForkStopsAtMissingTable.self),
    .init("fork-leaves-last-pages", "fork-misses-pages", by: "fork-sparse", ForkLeavesLastPages.self),
    .init("fork-refuses-hole", "fork-refuses-holes", by: "wait-lazy", ForkRefusesHole.self),
    .init("fork-fills-holes", "fork-fills-holes", by: "big-heap", ForkFillsHoles.self),
    .init("fork-shares-pages", "fork-shares-pages", by: "copyinstr1", ForkSharesPages.self),
    .init("fork-leaves-pages-empty", "fork-copies-nothing", by: "fork-sparse", ForkLeavesPagesEmpty.self),
    .init("fork-opens-guard-page", "fork-changes-permissions", by: "stacktest", ForkOpensGuardPage.self),
    .init("fork-failure-keeps-pages", "fork-failure", by: "oom-fork", ForkFailureKeepsPages.self),
    .init("fork-failure-loses-pages", "fork-failure", by: "oom-fork", ForkFailureLosesPages.self),
  ]
}

/// Keeps the panic about an entry that is not valid.
struct ForkPanicsAtHole: LazySteps {
  func copyHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    if !isTableMissing { throw k.panic("uvmcopy: page not present", function: "uvmcopy") }
    return try Stepwise().copyHole(k, a, isTableMissing: true)
  }
}

/// Keeps the panic about a page table that is missing.
struct ForkPanicsAtMissingTable: LazySteps {
  func copyHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    if isTableMissing { throw k.panic("uvmcopy: pte should exist", function: "uvmcopy") }
    return try Stepwise().copyHole(k, a, isTableMissing: false)
  }
}

/// Stops at the first hole: the child does not get the rest.
struct ForkStopsAtHole: LazySteps {
  func copyHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 { .max }
}

/// Stops at the first missing page table.
struct ForkStopsAtMissingTable: LazySteps {
  func copyHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    isTableMissing ? .max : a &+ PGSIZE
  }
}

/// Leaves out the last 16 pages of a heap. (Leaving out the last page of every process would also take the
/// stack of a process without a heap, and then no program would run.)
struct ForkLeavesLastPages: LazySteps {
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    try Stepwise().uvmcopy(k, from: old, to: new, sz > 32 * PGSIZE ? sz &- 16 * PGSIZE : sz)
  }
}

/// Fails at a hole.
struct ForkRefusesHole: LazySteps {
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      guard let entry = try k.walk(old, a, alloc: false), k.loadPTE(entry) & PTE_V != 0 else { return false }
      a &+= PGSIZE
    }
    return try Stepwise().uvmcopy(k, from: old, to: new, sz)
  }
}

/// Gives the child a page for each hole of the parent.
struct ForkFillsHoles: LazySteps {
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    guard try Stepwise().uvmcopy(k, from: old, to: new, sz) else { return false }
    var a: UInt64 = 0
    while a < sz {
      let entry = try k.walk(new, a, alloc: false)
      if entry.map({ k.loadPTE($0) & PTE_V == 0 }) ?? true {
        guard let page = try k.kalloc() else {
          try k.uvmunmap(new, 0, PGROUNDUP(sz) / PGSIZE, free: true)
          return false
        }
        try zero(k, page)
        guard try k.mappages(new, a, PGSIZE, page, permissions) else {
          try k.kfree(page)
          try k.uvmunmap(new, 0, PGROUNDUP(sz) / PGSIZE, free: true)
          return false
        }
      }
      a &+= PGSIZE
    }
    return true
  }
}

/// Lets the child share its parent's pages.
struct ForkSharesPages: LazySteps {
  func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    try k.mappages(new, va, PGSIZE, PTE2PA(pte), PTE_FLAGS(pte))
  }
}

/// Gives the child its own pages, but does not copy the contents of the heap's pages.
struct ForkLeavesPagesEmpty: LazySteps {
  func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    // The program's first pages and its stack are copied: without them, no program would run.
    if va < 32 * PGSIZE { return try Stepwise().copy(k, pte, to: new, va) }
    guard let page = try k.kalloc() else { return false }
    try k.memset(page, 0, PGSIZE)
    if try k.mappages(new, va, PGSIZE, page, PTE_FLAGS(pte)) { return true }
    try k.kfree(page)
    return false
  }
}

/// Gives all copies the same permissions, so that the child can use its guard page.
struct ForkOpensGuardPage: LazySteps {
  func copy(_ k: Kernel, _ pte: UInt64, to new: UInt64, _ va: UInt64) throws(KernelHalt) -> Bool {
    try Stepwise().copy(k, pte | PTE_U, to: new, va)
  }
}

/// Does not free the child's pages if memory runs out in the middle.
struct ForkFailureKeepsPages: LazySteps {
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      if let entry = try k.walk(old, a, alloc: false), k.loadPTE(entry) & PTE_V != 0,
        try !copy(k, k.loadPTE(entry), to: new, a)
      {
        return false
      }
      a &+= PGSIZE
    }
    return true
  }
}

/// If memory runs out in the middle, unmaps the child's pages but does not free them.
struct ForkFailureLosesPages: LazySteps {
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      if let entry = try k.walk(old, a, alloc: false), k.loadPTE(entry) & PTE_V != 0,
        try !copy(k, k.loadPTE(entry), to: new, a)
      {
        try k.uvmunmap(new, 0, a / PGSIZE, free: false)
        return false
      }
      a &+= PGSIZE
    }
    return true
  }
}
