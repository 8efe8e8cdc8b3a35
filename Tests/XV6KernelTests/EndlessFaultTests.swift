import LabEvents
import LazySolutions
import Sv39MMU
import Testing

@testable import XV6Kernel

/// Says that it has served each fault, and maps nothing.
private struct ServesNothing: LabSolution {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 { try Reference().sbrk(k, n) }
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) -> FaultDecision { .mapped }
}

/// Serves a fault when it has come this many times.
private struct Hesitates: LabSolution {
  static let times = 50
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 { try Reference().sbrk(k, n) }
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
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    let frame = k.myproc().trapframe
    // The page of the trapframe has room behind the registers.
    frame[register: 100] &+= 1
    if frame[register: 100] % UInt64(Self.times) != 0 { return .mapped }
    return try Reference().pageFault(k, scause: scause, stval: stval)
  }
}

@Suite struct EndlessFaultTests {
  @Test func `a fault that nothing can end is told at once, and is the same in each run`() throws {
    func run() throws -> KernelOutcome {
      try Machine.run(["lazytests", "lazy_alloc"], ServesNothing()).outcome
    }
    guard case .endlessFault(let fault) = try run() else {
      Issue.record("not told")
      return
    }
    #expect(fault.times == FaultWatch.standard)
    #expect([13, 15].contains(fault.scause))
    #expect(try run() == .endlessFault(fault))
  }

  @Test func `a fault that is served after some time is none`() throws {
    let run = try Machine.run(["lazytests", "lazy_alloc"], Hesitates()) {
      $0.faultLimit = UInt64(Hesitates.times) + 1
    }
    #expect(run.outcome == .finished(status: 0))
    let early = try Machine.run(["lazytests", "lazy_alloc"], Hesitates()) {
      $0.faultLimit = UInt64(Hesitates.times) / 2
    }
    guard case .endlessFault = early.outcome else {
      Issue.record("\(early.outcome)")
      return
    }
  }

  /// One program faults for ever, another one works: the second may end what the first waits for.
  @Test func `a fault may come again as long as another program does something`() throws {
    var watch = FaultWatch(slots: 2, limit: 3)
    let memory = try PhysicalMemory(base: 0x8000_0000, size: 8192)
    func fault(_ slot: Int = 0, at stval: UInt64 = 0x5000, program: UInt64 = 7) -> EndlessFault? {
      watch.noteFault(
        slot: slot, root: 0x8000_0000, program: program, scause: 13, stval: stval, sepc: 0x10, memory: memory)
    }
    for _ in 0..<10 {
      #expect(fault() == nil && fault() == nil)
      watch.noteCall()
    }
    for program in 0..<10 { #expect(fault(program: UInt64(program)) == nil) }
    for page in 0..<10 { #expect(fault(at: UInt64(page) << 12) == nil) }
    // The entry of the address changes, though it is still not valid.
    for entry in 0..<10 as Range<UInt64> {
      memory.store64(0x8000_0000, entry &<< 10)
      #expect(fault() == nil)
    }
    watch.noteCall()
    // Two programs, both without end: neither is the other's hope.
    #expect(fault(0) == nil && fault(1, at: 0x9000) == nil && fault(0) == nil && fault(1, at: 0x9000) == nil)
    #expect(fault(0) == nil, "the second program's first fault was new, so this is the second one since")
    #expect(fault(0) == EndlessFault(scause: 13, stval: 0x5000, sepc: 0x10, times: 3))
    #expect(fault(1, at: 0x9000)?.times == 3)
  }
}
