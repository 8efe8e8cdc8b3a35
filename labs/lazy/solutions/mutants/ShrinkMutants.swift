import XV6Kernel

// Mistakes when sbrk() shrinks a process.

extension LazyMutants {
  static let shrink: [Mutant] = [
    .init("shrink-does-nothing", "shrink-ignored", by: "rwsbrk", ShrinkDoesNothing.self),
    .init("shrink-refuses", "shrink-ignored", by: "rwsbrk", ShrinkRefuses.self),
    .init("shrink-frees-nothing", "shrink-keeps-pages", by: "sbrkbugs", ShrinkFreesNothing.self),
    .init("shrink-leaves-page", "shrink-keeps-pages", by: "sbrkbugs", ShrinkLeavesPage.self),
    .init(
      "shrink-frees-partial-page", "shrink-takes-live-page", by: "shrink-part", ShrinkFreesPartialPage.self),
    .init("shrink-frees-page-more", "shrink-takes-live-page", by: "rwsbrk", ShrinkFreesPageMore.self),
    .init("shrink-frees-twice", "double-free", by: "below-far", ShrinkFreesTwice.self),
    .init("shrink-answers-new-break", "wrong-break", by: "big-heap", ShrinkAnswersNewBreak.self),
    .init("shrink-passes-zero", "below-zero", by: "below-far", ShrinkPassesZero.self),
  ]
}

/// Returns the old break, but changes nothing.
struct ShrinkDoesNothing: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 { p.sz }
}

/// Returns -1, and changes nothing.
struct ShrinkRefuses: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 { .max }
}

/// Changes the size, but frees no page.
struct ShrinkFreesNothing: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard n <= old else { return .max }
    p.sz = old &- n
    return old
  }
}

/// Frees one page too few: the highest page stays.
struct ShrinkLeavesPage: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard n <= old else { return .max }
    try k.uvmdealloc(p.pagetable, old &- min(n, PGSIZE), old &- n)
    p.sz = old &- n
    return old
  }
}

/// Frees the page that contains the new break, although a part of it is still in use.
struct ShrinkFreesPartialPage: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard n <= old else { return .max }
    try k.uvmdealloc(p.pagetable, old, PGROUNDDOWN(old &- n))
    p.sz = old &- n
    return old
  }
}

/// Frees the page below the new break as well.
struct ShrinkFreesPageMore: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard n <= old else { return .max }
    let new = old &- n
    try k.uvmdealloc(p.pagetable, old, new &- min(new, PGSIZE))
    p.sz = new
    return old
  }
}

/// Frees each page by hand, and then lets `uvmdealloc` free it again.
struct ShrinkFreesTwice: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    var a = PGROUNDUP(p.sz &- min(n, p.sz))
    while a < p.sz {
      if let entry = try k.walk(p.pagetable, a, alloc: false), k.loadPTE(entry) & PTE_V != 0 {
        try k.kfree(PTE2PA(k.loadPTE(entry)))
      }
      a &+= PGSIZE
    }
    return try Stepwise().shrink(k, p, by: n)
  }
}

/// Returns the new break.
struct ShrinkAnswersNewBreak: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    try Stepwise().shrink(k, p, by: n) == .max ? .max : p.sz
  }
}

/// Lets a process give back more than it has: the size wraps around.
struct ShrinkPassesZero: LazySteps {
  func shrink(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    try k.uvmdealloc(p.pagetable, old, old &- n)
    p.sz = old &- n
    return old
  }
}
