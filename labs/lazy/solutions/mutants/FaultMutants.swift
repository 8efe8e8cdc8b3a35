import XV6Kernel

// Mistakes in deciding which page faults get a page.

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

/// Treats the break itself as memory (`<=` instead of `<`).
struct BreakIsOwed: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va <= p.sz else { return false }
    return try !isMapped(k, p, va)
  }
}

/// Treats everything that is not mapped as memory.
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

/// Treats one page too many as memory.
struct PageAboveBreakIsOwed: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < PGROUNDUP(p.sz) &+ PGSIZE else { return false }
    return try !isMapped(k, p, va)
  }
}

/// Does not check what is already mapped: the guard page is mapped again.
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

/// Puts a page in place of the guard page: what is mapped is overwritten, the panic `remap` taken out.
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

/// Treats everything below the stack pointer's page as guard page.
struct StackPointerIsFloor: LazySteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va >= PGROUNDDOWN(p.trapframe.sp) else { return false }
    return try Stepwise().isOwed(k, p, va)
  }
}

/// Refuses a page whose page table is missing too.
struct MissingTableRefused: FaultSteps {
  func isOwed(_ k: Kernel, _ p: Proc, _ va: UInt64) throws(KernelHalt) -> Bool {
    guard va < p.sz, let entry = try k.walk(p.pagetable, va, alloc: false) else { return false }
    return k.loadPTE(entry) & PTE_V == 0
  }
}

/// A refused access goes on as if it had been served.
struct RefusalForgotten: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision { .mapped }
}

/// A refused access from MAXVA on goes on as if it had been served.
struct RefusalForgottenAtMaxva: LazySteps {
  func refuse(_ k: Kernel, _ p: Proc, _ stval: UInt64) throws(KernelHalt) -> FaultDecision {
    stval >= MAXVA ? .mapped : .unexpected
  }
}

/// A refused access panics.
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

/// Goes on after the instruction that faulted.
struct FaultSkipsInstruction: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let decision = try Stepwise().pageFault(k, scause: scause, stval: stval)
    if decision == .mapped { k.myproc().trapframe.epc &+= 4 }
    return decision
  }
}

/// Prints a line at every fault.
struct FaultPrints: LazySteps {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    k.printf("page fault: pid \(k.myproc().pid) scause \(k.format(p: scause)) stval \(k.format(p: stval))\n")
    return try Stepwise().pageFault(k, scause: scause, stval: stval)
  }
}
