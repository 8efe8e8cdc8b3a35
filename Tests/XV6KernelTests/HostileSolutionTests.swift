import LazySolutions
import Testing

@testable import XV6Kernel

/// Solutions that nobody should write. The machine may panic, kill or reach its limit; the host must not be
/// harmed.
private protocol Hostile: LabSolution {}

extension Hostile {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 { try Reference().sbrk(k, n) }
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    try Reference().pageFault(k, scause: scause, stval: stval)
  }
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    try Reference().uvmunmap(k, pagetable, va, npages, free: free)
  }
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    try Reference().uvmcopy(k, from: old, to: new, sz)
  }
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    try Reference().walkaddr(k, pagetable, va)
  }
}

private struct FaultsForever: Hostile {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) -> FaultDecision { .mapped }
}

private struct MapsTheTableItself: Hostile {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    let perm = PTE_R | PTE_W | PTE_X | PTE_U
    return try k.mappages(p.pagetable, PGROUNDDOWN(stval), PGSIZE, p.pagetable, perm) ? .mapped : .kill
  }
}

private struct MapsWhatIsNoRAM: Hostile {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let p = k.myproc()
    return try k.mappages(p.pagetable, PGROUNDDOWN(stval), PGSIZE, 0x1000, PTE_R | PTE_W | PTE_U)
      ? .mapped : .kill
  }
}

private struct LosesThePageTable: Hostile {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    k.myproc().pagetable = stval
    return .mapped
  }
}

private struct FreesTheTrapframe: Hostile {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    try k.kfree(k.myproc().trapframe.address)
    return try Reference().sbrk(k, n)
  }
}

private struct FreesThePageTable: Hostile {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    try k.kfree(k.myproc().pagetable)
    return try Reference().sbrk(k, n)
  }
}

private struct GrowsWithoutEnd: Hostile {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    k.myproc().sz = .max
    return 0
  }
}

private struct UnmapsNothing: Hostile {
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool) {}
}

private struct FreesTwice: Hostile {
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    for page in 0..<min(npages, 100) where free {
      if let pa = try EagerXV6().walkaddr(k, pagetable, va &+ page &* PGSIZE) { try k.kfree(pa) }
    }
    try Reference().uvmunmap(k, pagetable, va, npages, free: free)
  }
}

private struct SharesAllMemory: Hostile {
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    for va in stride(from: 0, to: min(sz, 100 * PGSIZE), by: Int(PGSIZE)) {
      guard let entry = try k.walk(old, va, alloc: false) else { continue }
      let pte = k.loadPTE(entry)
      if pte & PTE_V != 0 { _ = try k.mappages(new, va, PGSIZE, PTE2PA(pte), PTE_FLAGS(pte)) }
    }
    return true
  }
}

private struct PointsAnywhere: Hostile {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) -> UInt64? { va &* 0x9e37_79b9_7f4a_7c15 }
}

private struct PointsAtTheEndOfRAM: Hostile {
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) -> UInt64? { k.PHYSTOP - 1 }
}

private struct SaysThatItCopied: Hostile {
  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) -> Bool { true }
  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) -> Bool { true }
  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    -> Bool
  {
    true
  }
}

private struct SwallowsPanics: Hostile {
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) -> FaultDecision {
    try? k.kfree(1)
    return .mapped
  }
}

private struct ThrowsWithoutReason: Hostile {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 { throw .exited }
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    throw .panic
  }
}

@Suite struct HostileSolutionTests {
  private static let solutions: [any Hostile] = [
    FaultsForever(), MapsTheTableItself(), MapsWhatIsNoRAM(), LosesThePageTable(), FreesTheTrapframe(),
    FreesThePageTable(), GrowsWithoutEnd(), UnmapsNothing(), FreesTwice(), SharesAllMemory(),
    PointsAnywhere(),
    PointsAtTheEndOfRAM(), SaysThatItCopied(), SwallowsPanics(), ThrowsWithoutReason(),
  ]

  @Test(
    arguments: solutions.indices,
    [
      ["echo", "x"], ["forktest"], ["usertests", "sbrkarg"], ["usertests", "sbrkbugs"],
      ["usertests", "pipe1"],
    ])
  func theHostSurvives(_ index: Int, _ arguments: [String]) throws {
    let run = try Machine.run(arguments, Self.solutions[index]) {
      $0.memorySize = 8 << 20
      $0.instructionLimit = 3_000_000
      $0.consoleLimit = 100_000
      $0.stepLimit = 10_000_000
    }
    // The machine says how it ended, and can be inspected.
    _ = run.kernel.lostPages()
    #expect(run.kernel.run() == run.outcome)
  }

  @Test func aFaultThatIsHandledForEverEnds() throws {
    let run = try Machine.run(["lazytests"], FaultsForever()) { $0.instructionLimit = 1_000_000 }
    #expect(run.outcome == .instructionLimit, "the limit comes before the fault is known to be endless")
  }
}
