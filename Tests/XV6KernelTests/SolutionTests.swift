import LazySolutions
import Testing

@testable import XV6Kernel

/// The solutions that come with the lab, for tests of each function under each of them.
enum Sample: CaseIterable, Sendable {
  case starter, reference, copyin, walkaddr

  var solution: any LabSolution {
    switch self {
    case .starter: Starter()
    case .reference: Reference()
    case .copyin: BlogCopyin()
    case .walkaddr: BlogWalkaddr()
    }
  }

  static let lazy: [Sample] = [.reference, .copyin, .walkaddr]
}

/// The process has four pages, all mapped, and its stack pointer is at their end, unless a test says
/// otherwise.
@Suite struct SbrkTests {
  static let size = Int(4 * PGSIZE)

  @Test(arguments: Sample.allCases) func growingAnswersTheOldSize(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let free = machine.kernel.freePages
    _ = machine.events()
    #expect(try machine.sbrk(3 * 4096 - 1) == Self.size)
    #expect(machine.p.sz == 7 * PGSIZE - 1)
    #expect(free - machine.kernel.freePages == (sample == .starter ? 3 : 0))
    #expect(machine.events() == [.sbrk(pid: 2, increment: 12287, result: 4 * PGSIZE, size: 7 * PGSIZE - 1)])
    #expect(try machine.sbrk(0) == Self.size + 12287)
    #expect(machine.p.sz == 7 * PGSIZE - 1)
  }

  @Test(arguments: Sample.allCases) func shrinkingFreesAtOnce(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let free = machine.kernel.freePages
    #expect(try machine.sbrk(-2 * 4096 + 1) == Self.size)
    #expect(machine.p.sz == 2 * PGSIZE + 1)
    // The post of 2024 forgets it.
    #expect(machine.kernel.freePages - free == (sample == .walkaddr ? 0 : 1))
    #expect(try machine.isMapped(3 * PGSIZE) == (sample == .walkaddr))
    #expect(try machine.isMapped(2 * PGSIZE))
  }

  @Test(arguments: Sample.allCases) func aPageThatComesBackIsZero(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    machine.p.trapframe.sp = PGSIZE
    #expect(try machine.poke([7], at: 3 * PGSIZE))
    _ = try machine.sbrk(-4096)
    _ = try machine.sbrk(4096)
    if !(try machine.isMapped(3 * PGSIZE)) { #expect(try machine.fault(3 * PGSIZE, scause: 13) == .mapped) }
    #expect(try machine.peek(1, at: 3 * PGSIZE) == (sample == .walkaddr ? [7] : [0]))
  }

  @Test(arguments: Sample.allCases) func shrinkingBelowZero(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let answer = try machine.sbrk(-5 * 4096)
    switch sample {
    case .reference:
      #expect(answer == -1)
      #expect(machine.p.sz == 4 * PGSIZE)
    case .starter, .copyin:
      // xv6 does nothing for the wrapped size, and reports success.
      #expect(answer == Self.size)
      #expect(machine.p.sz == 4 * PGSIZE)
    case .walkaddr:
      #expect(answer == Self.size)
      #expect(machine.p.sz == 0 &- PGSIZE)
    }
    #expect(try machine.isMapped(0) && machine.isMapped(3 * PGSIZE))
  }

  @Test(arguments: Sample.lazy) func growingIntoTheTrapframe(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    machine.p.sz = TRAPFRAME - PGSIZE
    #expect(try machine.sbrk(4096) != -1)
    #expect(machine.p.sz == TRAPFRAME)
    let answer = try machine.sbrk(1)
    #expect((answer == -1) == (sample == .reference))
    #expect(machine.p.sz == TRAPFRAME + (sample == .reference ? 0 : 1))
    #expect(try machine.isMapped(TRAPFRAME) && machine.isMapped(TRAMPOLINE))
  }

  /// Above 2 GiB all solutions except the reference return C's `int addr`.
  @Test(arguments: Sample.lazy) func theOldSizeAbove2GiB(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    machine.p.sz = 3 << 30
    #expect(try machine.sbrk(0) == (sample == .reference ? 3 << 30 : -(1 << 30)))
  }

  @Test func eagerGrowthWithoutMemoryChangesNothing() throws {
    let machine = try ProcessMachine(Starter())
    let free = machine.kernel.freePages
    #expect(try machine.sbrk(Int32(free + 1) * 4096) == -1)
    #expect(machine.p.sz == 4 * PGSIZE)
    // The page-table page that the growth needed past 2 MiB stays with the process.
    #expect(machine.kernel.freePages == free - (free > 508 ? 1 : 0))
  }
}

@Suite struct PageFaultTests {
  /// A process whose size includes four pages that are not mapped, as lazy `sbrk` makes it.
  private func grown(_ sample: Sample) throws -> ProcessMachine {
    let machine = try ProcessMachine(sample.solution)
    machine.p.sz = 8 * PGSIZE
    return machine
  }

  @Test(arguments: Sample.allCases, [13, 15, 12] as [UInt64])
  func aPageOfTheHeapIsMapped(_ sample: Sample, _ scause: UInt64) throws {
    let machine = try grown(sample)
    let free = machine.kernel.freePages
    let decision = try machine.fault(6 * PGSIZE + 123, scause: scause)
    let handled = sample == .reference || sample != .starter && scause != 12
    #expect(decision == (handled ? .mapped : .unexpected))
    #expect(free - machine.kernel.freePages == (handled ? 1 : 0))
    if handled {
      let execute = sample == .copyin ? 0 : PTE_X
      #expect(try PTE_FLAGS(machine.pte(6 * PGSIZE)) == PTE_V | PTE_R | PTE_W | PTE_U | execute)
      #expect(try machine.peek(4096, at: 6 * PGSIZE) == [UInt8](repeating: 0, count: 4096))
    }
    #expect(try !machine.isMapped(5 * PGSIZE) && !machine.isMapped(7 * PGSIZE))
  }

  /// The first page above the size, the last byte below it, far above it, beyond all addresses. Sizes in the
  /// middle of a page too.
  @Test(arguments: Sample.lazy, [8 * PGSIZE, 8 * PGSIZE - 100])
  func theSizeIsTheLimit(_ sample: Sample, _ sz: UInt64) throws {
    let machine = try grown(sample)
    machine.p.sz = sz
    let free = machine.kernel.freePages
    let refusal: FaultDecision = sample == .walkaddr ? .kill : .unexpected
    for va: UInt64 in [sz, 9 * PGSIZE, 1 << 30, TRAPFRAME, MAXVA, .max] {
      #expect(try machine.fault(va) == refusal, "at \(va)")
    }
    #expect(machine.kernel.freePages == free)
    #expect(try machine.fault(sz - 1) == .mapped)
  }

  @Test(arguments: Sample.lazy) func theGuardPageIsRefused(_ sample: Sample) throws {
    let machine = try grown(sample)
    try machine.kernel.uvmclear(machine.p.pagetable, 2 * PGSIZE)
    machine.p.trapframe.sp = 4 * PGSIZE - 16
    let free = machine.kernel.freePages
    let refusal: FaultDecision = sample == .walkaddr ? .kill : .unexpected
    #expect(try machine.fault(2 * PGSIZE + 4000, scause: 13) == refusal)
    #expect(machine.kernel.freePages == free)
  }

  /// A stack pointer below the guard page must not make the guard page usable.
  @Test(arguments: Sample.lazy) func theGuardPageIsRefusedWhereverTheStackIs(_ sample: Sample) throws {
    let machine = try grown(sample)
    try machine.kernel.uvmclear(machine.p.pagetable, 2 * PGSIZE)
    machine.p.trapframe.sp = PGSIZE
    if sample == .reference {
      #expect(try machine.fault(2 * PGSIZE + 8) == .unexpected)
    } else {
      machine.expectPanic("remap") { _ = try machine.fault(2 * PGSIZE + 8) }
    }
  }

  @Test(arguments: Sample.lazy) func aStackInTheHeap(_ sample: Sample) throws {
    let machine = try grown(sample)
    machine.p.trapframe.sp = 8 * PGSIZE
    let expected: [Sample: FaultDecision] = [.reference: .mapped, .copyin: .unexpected, .walkaddr: .kill]
    #expect(try machine.fault(5 * PGSIZE) == expected[sample])
  }

  /// The post of 2024 has `<=` instead of `<`.
  @Test(arguments: Sample.lazy) func theFirstByteOfTheStacksPage(_ sample: Sample) throws {
    let machine = try grown(sample)
    machine.p.trapframe.sp = 5 * PGSIZE + 100
    #expect(try machine.fault(5 * PGSIZE) == (sample == .walkaddr ? .kill : .mapped))
  }

  /// With one free page there is a page but no page-table pages; with two, there is one of them.
  @Test(arguments: Sample.lazy, [0, 1, 2]) func outOfMemoryKillsAndLosesNothing(_ sample: Sample, _ free: Int)
    throws
  {
    let machine = try grown(sample)
    machine.p.sz = 4 << 30
    try machine.leave(free: free)
    _ = machine.events()
    let attempt = Result { try machine.fault(3 << 30) }
    if sample == .copyin {
      #expect(throws: KernelHalt.exited) { try attempt.get() }
      #expect(machine.p.state == .zombie && machine.p.xstate == -1)
      let reason = free == 0 ? "Out of memory!" : "Can't allocate the page table"
      #expect(machine.lines() == ["usertrap(): scause 0x000000000000000f pid=2", reason])
    } else {
      #expect(try attempt.get() == .kill)
    }
    #expect(machine.kernel.freePages == min(free, 1))
    #expect(machine.kernel.outcome == nil)
  }
}
