import LabEvents
import XV6Kernel

// Mistakes when the kernel itself uses an owed page.

extension LazyMutants {
  static let systemCalls: [Mutant] = [
    .init("copies-pay-nothing", "copy-pays-nothing", by: "wait-lazy", CopiesPayNothing.self),
    .init("copyin-pays-nothing", "copy-pays-nothing", by: "argv-lazy", CopyinPaysNothing.self),
    .init("copyout-pays-nothing", "copy-pays-nothing", by: "wait-lazy", CopyoutPaysNothing.self),
    .init("copyinstr-pays-nothing", "copy-pays-first-page", by: "open-crossing", CopyinstrPaysNothing.self),
    .init("exec-pays-nothing", "copy-pays-nothing", by: "argv-lazy", ExecPaysNothing.self),
    .init("fstat-and-wait-pay-nothing", "copy-pays-nothing", by: "wait-lazy", FstatAndWaitPayNothing.self),
    .init("copyin-pays-first-page", "copy-pays-first-page", by: "write-two", CopyinPaysFirstPage.self),
    .init("copyout-pays-first-page", "copy-pays-first-page", by: "fstat-lazy", CopyoutPaysFirstPage.self),
    .init(
      "copyinstr-pays-first-page", "copy-pays-first-page", by: "open-crossing", CopyinstrPaysFirstPage.self),
    .init("copy-page-not-zeroed", "page-not-zeroed", by: "argv-lazy", CopyPageNotZeroed.self),
    .init("copy-page-without-user", "page-not-users", by: "wait-lazy", CopyPageWithoutUser.self),
    .init("copy-passes-break", "copy-above-break", by: "copyinstr1", CopyPassesBreak.self),
    .init("copy-reaches-break", "copy-above-break", by: "argptest", CopyReachesBreak.self),
    .init("copy-through-guard-page", "copy-guard-page", by: "guard-write", CopyThroughGuardPage.self),
    .init("copy-remaps-guard-page", "copy-guard-page", by: "guard-write", CopyRemapsGuardPage.self),
    .init("copy-forgets-maxva", "maxva-unchecked", by: "copyinstr1", CopyForgetsMaxva.self),
    .init("copy-running-out-panics", "out-of-memory-panics", by: "oom-copyin", CopyRunningOutPanics.self),
    .init(
      "copy-running-out-unchecked", "out-of-memory-panics", by: "oom-copyin", CopyRunningOutUnchecked.self),
    .init("copy-refusal-loses-page", "page-lost-on-refusal", by: "refused", CopyRefusalLosesPage.self),
  ]
}

/// `walkaddr` is xv6's own.
struct CopiesPayNothing: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    try EagerXV6().walkaddr(k, pagetable, va)
  }
}

extension LazySteps {
  /// Whether xv6's own `walkaddr` finds each page from the one that holds `va` up to `va + count`, the first
  /// `skipped` of them left out.
  fileprivate func isAllMapped(
    _ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ count: Int, skipping skipped: UInt64 = 0
  ) throws(KernelHalt) -> Bool {
    var a = PGROUNDDOWN(va) &+ skipped &* PGSIZE
    let stop = va &+ UInt64(count)
    while a < stop {
      if try EagerXV6().walkaddr(k, pagetable, a) == nil { return false }
      a &+= PGSIZE
    }
    return true
  }

  /// xv6's own `copyinstr`, but it pays only for the first `paid` pages.
  fileprivate func copyString(
    _ k: Kernel, _ pagetable: UInt64, _ destination: UnsafeMutableRawBufferPointer, _ srcva: UInt64, paid: Int
  ) throws(KernelHalt) -> Bool {
    var (va, done, pages) = (srcva, 0, 0)
    while done < destination.count {
      let page = PGROUNDDOWN(va)
      let found =
        pages < paid ? try k.walkaddr(pagetable, page) : try EagerXV6().walkaddr(k, pagetable, page)
      guard let pa = found else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), destination.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n])
      if try k.readString(pa &+ (va &- page), part) { return true }
      (va, done, pages) = (page &+ PGSIZE, done + n, pages + 1)
    }
    return false
  }
}

/// `copyin` finds only pages that are mapped.
struct CopyinPaysNothing: LazySteps {
  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    guard try isAllMapped(k, pagetable, srcva, destination.count) else { return false }
    return try EagerXV6().copyin(k, pagetable, into: destination, from: srcva)
  }
}

/// `copyout` finds only pages that are mapped.
struct CopyoutPaysNothing: LazySteps {
  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    guard try isAllMapped(k, pagetable, dstva, source.count) else { return false }
    return try EagerXV6().copyout(k, pagetable, to: dstva, from: source)
  }
}

/// `copyinstr` finds only pages that are mapped. Only a string that crosses into an unmapped page shows this:
/// a string that begins in a page of zeroes is empty, and is refused anyway.
struct CopyinstrPaysNothing: LazySteps {
  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    try copyString(k, pagetable, destination, srcva, paid: 0)
  }
}

/// `copyin` pays only for the page of the system call's own argument, as if `argaddr` did it.
struct CopyinPaysFirstPage: LazySteps {
  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    let argument = PGROUNDDOWN(k.myproc().trapframe.a1)
    if PGROUNDDOWN(srcva) != argument, try !isAllMapped(k, pagetable, srcva, destination.count) {
      return false
    }
    return try EagerXV6().copyin(k, pagetable, into: destination, from: srcva)
  }
}

/// `copyout` pays only for the first page.
struct CopyoutPaysFirstPage: LazySteps {
  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    _ = try k.walkaddr(pagetable, PGROUNDDOWN(dstva))
    guard try isAllMapped(k, pagetable, dstva, source.count, skipping: 1) else { return false }
    return try EagerXV6().copyout(k, pagetable, to: dstva, from: source)
  }
}

/// `copyinstr` pays only for the first page of a string.
struct CopyinstrPaysFirstPage: LazySteps {
  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    try copyString(k, pagetable, destination, srcva, paid: 1)
  }
}

/// `exec` finds its argument vector only if it is mapped.
struct ExecPaysNothing: LazySteps {
  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    if k.activity == .systemCall("exec"), try !isAllMapped(k, pagetable, srcva, destination.count) {
      return false
    }
    return try EagerXV6().copyin(k, pagetable, into: destination, from: srcva)
  }
}

/// `fstat` and `wait` write only to pages that are mapped.
struct FstatAndWaitPayNothing: LazySteps {
  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    if k.activity == .systemCall("fstat") || k.activity == .systemCall("wait"),
      try !isAllMapped(k, pagetable, dstva, source.count)
    {
      return false
    }
    return try EagerXV6().copyout(k, pagetable, to: dstva, from: source)
  }
}

/// Does not zero a page that it allocates for a system call.
struct CopyPageNotZeroed: LazySteps {
  func zero(_ k: Kernel, _ page: UInt64) throws(KernelHalt) {
    if k.activity == .pageFault { try Stepwise().zero(k, page) }
  }
}

/// Only the kernel can use a page that was allocated for a system call.
struct CopyPageWithoutUser: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if pagetable == p.pagetable, try isOwed(k, p, va) { return try PageWithoutUser().pay(k, p, va) }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }
}

/// Gives a system call pages above the break.
struct CopyPassesBreak: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if pagetable == p.pagetable, va < MAXVA, try !isMapped(k, p, va) { return try pay(k, p, va) }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }
}

/// Gives a system call the page at the break (`<=` instead of `<`).
struct CopyReachesBreak: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    if pagetable == p.pagetable, va <= p.sz, try !isMapped(k, p, va) { return try pay(k, p, va) }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }
}

/// A system call may use everything that is mapped, even if user mode may not.
struct CopyThroughGuardPage: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if va < k.myproc().sz, let entry = try k.walk(pagetable, va, alloc: false), k.loadPTE(entry) & PTE_V != 0
    {
      return PTE2PA(k.loadPTE(entry))
    }
    return try Stepwise().walkaddr(k, pagetable, va)
  }
}

/// Maps a page again if the system call may not use it.
struct CopyRemapsGuardPage: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if let pa = try EagerXV6().walkaddr(k, pagetable, va) { return pa }
    let p = k.myproc()
    return va < p.sz ? try pay(k, p, va) : nil
  }
}

/// Walks the page table for a system call's address without a check against MAXVA.
struct CopyForgetsMaxva: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    _ = try k.walk(pagetable, va, alloc: false)
    return try Stepwise().walkaddr(k, pagetable, va)
  }
}

/// Panics if there is no memory for a system call.
struct CopyRunningOutPanics: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    guard pagetable == p.pagetable, try isOwed(k, p, va) else {
      return try EagerXV6().walkaddr(k, pagetable, va)
    }
    guard let page = try pay(k, p, va) else { throw k.panic("walkaddr: out of memory", function: "walkaddr") }
    return page
  }
}

/// If there is no memory for a system call, it goes on with the result of `kalloc`, which is 0.
struct CopyRunningOutUnchecked: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let p = k.myproc()
    guard pagetable == p.pagetable, try isOwed(k, p, va) else {
      return try EagerXV6().walkaddr(k, pagetable, va)
    }
    return try pay(k, p, va) ?? 0
  }
}

/// Loses a page if it refuses the address of a system call.
struct CopyRefusalLosesPage: LazySteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if let pa = try Stepwise().walkaddr(k, pagetable, va) { return pa }
    _ = try k.kalloc()
    return nil
  }
}
