import XV6Kernel

// Mistakes in deciding which page faults get a page.

extension LazyMutants {
  static let faults: [Mutant] = [
    .init("faults-unhandled", "faults-unhandled", by: "copyinstr3", FaultsUnhandled.self),
    .init("loads-unhandled", "loads-unhandled", by: "crossing", LoadsUnhandled.self),
    .init("stores-unhandled", "faults-unhandled", by: "copyinstr3", StoresUnhandled.self),
    .init("break-is-owed", "break-accepted", by: "write-past", BreakIsOwed.self),
    .init("everything-is-owed", "no-upper-bound", by: "sbrkbugs", EverythingIsOwed.self),
    .init(
      "everything-below-maxva-is-owed", "no-upper-bound", by: "sbrkbugs", EverythingBelowMaxvaIsOwed.self),
    .init("page-above-break-is-owed", "break-accepted", by: "write-past", PageAboveBreakIsOwed.self),
    .init("guard-page-remapped", "guard-page", by: "stacktest", GuardPageRemapped.self),
    .init("guard-page-opened", "guard-page", by: "stacktest", GuardPageOpened.self),
    .init("guard-page-replaced", "guard-page", by: "stacktest", GuardPageReplaced.self),
    .init("stack-pointer-is-floor", "below-stack-refused", by: "heap-stack", StackPointerIsFloor.self),
    .init("missing-table-refused", "missing-table-refused", by: "fork-sparse", MissingTableRefused.self),
    .init("refusal-forgotten", "refusal-forgotten", by: "sbrkbugs", RefusalForgotten.self),
    .init("refusal-forgotten-at-maxva", "refusal-forgotten", by: "maxva", RefusalForgottenAtMaxva.self),
    .init("refusal-panics", "refusal-panics", by: "sbrkbugs", RefusalPanics.self),
    .init("refusal-loses-page", "page-lost-on-refusal", by: "refused", RefusalLosesPage.self),
    .init("fault-skips-instruction", "instruction-skipped", by: "crossing", FaultSkipsInstruction.self),
  ]
}

/// A mutant whose mistake is only in the trap handler: system calls work as they should.
protocol FaultSteps: LazySteps {}

extension FaultSteps {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    try Stepwise().walkaddr(k, pagetable, va)
  }
}

/// Has no branch for page faults.
struct FaultsUnhandled: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    .unexpected
  }
}

/// Looks at stores only.
struct LoadsUnhandled: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    scause == 13 ? .unexpected : try Stepwise().pageFault(k, scause: scause, stval: stval)
  }
}

/// Looks at loads only.
struct StoresUnhandled: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    scause == 15 ? .unexpected : try Stepwise().pageFault(k, scause: scause, stval: stval)
  }
}

/// Gives a page at the break itself too (`<=` instead of `<`).
struct BreakIsOwed: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va <= p.sz else { return false }
    return try !isMapped(k, p, va)
  }
}

/// Gives a page at every address that is not mapped.
struct EverythingIsOwed: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool { try !isMapped(k, p, va) }
}

/// The same, up to MAXVA.
struct EverythingBelowMaxvaIsOwed: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < MAXVA else { return false }
    return try !isMapped(k, p, va)
  }
}

/// Gives the process the page above its last page too.
struct PageAboveBreakIsOwed: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < PGROUNDUP(p.sz) &+ PGSIZE else { return false }
    return try !isMapped(k, p, va)
  }
}

/// Does not check if the page is already mapped, so it maps the guard page again.
struct GuardPageRemapped: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool { va < p.sz }
}

/// Gives the guard page to user mode.
struct GuardPageOpened: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard stval < p.sz, let entry = try k.walk(p.pagetable, stval, alloc: false) else { return .unexpected }
    k.storePTE(entry, k.loadPTE(entry) | PTE_U)
    return .mapped
  }
}

/// Replaces the guard page by a new page: it overwrites the entry, without the panic `remap`.
struct GuardPageReplaced: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision {
    guard stval < p.sz, let entry = try k.walk(p.pagetable, stval, alloc: false), let page = try k.kalloc()
    else {
      return .unexpected
    }
    try zero(k, page)
    k.storePTE(entry, PA2PTE(page) | permissions | PTE_V)
    return .mapped
  }
}

/// Treats every page below the stack pointer's page as the guard page.
struct StackPointerIsFloor: LazySteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va >= PGROUNDDOWN(p.trapframe.sp) else { return false }
    return try Stepwise().isOwed(k, p, va)
  }
}

/// Refuses a page if its page table is missing too.
struct MissingTableRefused: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < p.sz, let entry = try k.walk(p.pagetable, va, alloc: false) else { return false }
    return k.loadPTE(entry) & PTE_V == 0
  }
}

/// After a refused access, the process goes on as if it had got the page.
struct RefusalForgotten: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision { .mapped }
}

/// After a refused access at MAXVA or above, the process goes on as if it had got the page.
struct RefusalForgottenAtMaxva: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision {
    stval >= MAXVA ? .mapped : .unexpected
  }
}

/// Panics if it refuses an access.
struct RefusalPanics: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision {
    throw k.panic("usertrap: bad address")
  }
}

/// Allocates before it looks at the address, and forgets the page when it refuses.
struct RefusalLosesPage: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision {
    _ = try k.kalloc()
    return .unexpected
  }
}

/// Skips the instruction that faulted.
struct FaultSkipsInstruction: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let decision = try Stepwise().pageFault(k, scause: scause, stval: stval)
    if decision == .mapped { k.myproc().trapframe.epc &+= 4 }
    return decision
  }
}
