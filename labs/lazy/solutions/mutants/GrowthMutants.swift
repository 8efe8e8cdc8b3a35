import XV6Kernel

// Mistakes when sbrk() grows a process.

extension LazyMutants {
  static let growth: [Mutant] = [
    .init("growth-allocates", "eager-growth", by: "unmap", GrowthAllocates.self),
    .init("growth-forgets-size", "size-unchanged", by: "rwsbrk", GrowthForgetsSize.self),
    .init("growth-answers-new-break", "wrong-break", by: "crossing", GrowthAnswersNewBreak.self),
    .init("growth-answers-zero", "wrong-break", by: "rwsbrk", GrowthAnswersZero.self),
    .init("growth-rounds-up", "size-rounded", by: "sbrkbasic", GrowthRoundsUp.self),
    .init("growth-wants-free-memory", "growth-refused", by: "unmap", GrowthWantsFreeMemory.self),
    .init("growth-passes-maxva", "past-maxva", by: "grow-end", GrowthPassesMaxva.self),
    .init("growth-reaches-trampoline", "past-maxva", by: "grow-end", GrowthReachesTrampoline.self),
    .init("size-is-uint", "cut-to-32-bits", by: "big-heap", SizeIsUint.self),
    .init("break-is-int", "cut-to-32-bits", by: "big-heap", BreakIsInt.self),
    .init("fault-address-is-uint", "cut-to-32-bits", by: "big-heap", FaultAddressIsUint.self),
  ]
}

/// Allocates at once, as unmodified xv6 does.
struct GrowthAllocates: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    let new = try k.uvmalloc(p.pagetable, old, old &+ n)
    guard new != 0 else { return .max }
    p.sz = new
    return old
  }
}

/// Returns the old break, but does not change the size.
struct GrowthForgetsSize: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 { p.sz }
}

/// Returns the new break.
struct GrowthAnswersNewBreak: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = try Stepwise().grow(k, p, by: n)
    return old == .max ? old : p.sz
  }
}

/// Returns 0 for success.
struct GrowthAnswersZero: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    try Stepwise().grow(k, p, by: n) == .max ? .max : 0
  }
}

/// Rounds the size up to whole pages.
struct GrowthRoundsUp: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = try Stepwise().grow(k, p, by: n)
    if old != .max { p.sz = PGROUNDUP(p.sz) }
    return old
  }
}

/// Refuses more memory than is free at the moment.
struct GrowthWantsFreeMemory: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    guard n / PGSIZE <= UInt64(k.freePages) else { return .max }
    return try Stepwise().grow(k, p, by: n)
  }
}

/// Does not check for the end of the address space.
struct GrowthPassesMaxva: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    p.sz = old &+ n
    return old
  }
}

/// Allows a heap up to MAXVA. Such a heap contains the trampoline too.
struct GrowthReachesTrampoline: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = p.sz
    guard old &+ n <= MAXVA else { return .max }
    p.sz = old &+ n
    return old
  }
}

/// The size goes through a C `uint`.
struct SizeIsUint: LazySteps {
  func grow(_ k: Kernel, _ p: Proc, by n: UInt64) throws(KernelHalt) -> UInt64 {
    let old = try Stepwise().grow(k, p, by: n)
    p.sz = UInt64(UInt32(truncatingIfNeeded: p.sz))
    return old
  }
}

/// The old break goes through a C `int`, as in xv6's own `sys_sbrk`.
struct BreakIsInt: LazySteps {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: try Stepwise().sbrk(k, n))))
  }
}

/// The faulting address goes through a C `uint`.
struct FaultAddressIsUint: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    try Stepwise().pageFault(k, scause: scause, stval: UInt64(UInt32(truncatingIfNeeded: stval)))
  }
}
