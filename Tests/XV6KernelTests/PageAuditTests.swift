import LazySolutions
import Testing

@testable import XV6Kernel

@Suite struct PageAuditTests {
  @Test func aNewMachineHasLostNothing() throws {
    #expect(try Kernel(KernelConfiguration(solution: Reference(), disk: [])).lostPages() == [])
  }

  @Test func aPageThatNobodyHasIsFound() throws {
    let machine = try ProcessMachine(Reference())
    #expect(machine.kernel.lostPages() == [])
    let page = try #require(try machine.kernel.kalloc())
    #expect(machine.kernel.lostPages() == [page])
    #expect(try machine.kernel.mappages(machine.p.pagetable, 1 << 30, PGSIZE, page, PTE_R | PTE_U))
    #expect(machine.kernel.lostPages() == [])
    let pipe = try #require(try machine.kernel.pipealloc())
    #expect(machine.kernel.lostPages() == [])
    try machine.kernel.fileclose(pipe.read)
    try machine.kernel.fileclose(pipe.write)
    #expect(machine.kernel.lostPages() == [])
  }

  /// The command's own memory is back when the machine ends: as many pages are free as when any other command ends.
  @Test(arguments: [["forktest"], ["usertests", "sbrkfail"], ["usertests", "execout"]])
  func commandsLoseNothing(_ arguments: [String]) throws {
    let idle = try Machine.run(["echo"])
    let run = try Machine.run(arguments)
    #expect(run.outcome == .finished(status: 0))
    #expect(run.kernel.lostPages() == [])
    #expect(run.kernel.freePages == idle.kernel.freePages)
  }

  /// `kalloc` fails at each of its calls in turn while a command runs, under each solution. Whatever becomes of the
  /// command, no page is lost and nobody else is hurt.
  @Test(arguments: [Sample.reference, .starter]) func noFailedAllocationLosesAPage(_ sample: Sample) throws {
    let whole = try Machine.run(["echo", "x"], sample.solution)
    let count = whole.kernel.allocations
    #expect(count > 20)
    for n in 1...count {
      let run = try Machine.run(["echo", "x"], sample.solution) { $0.failAllocation = n }
      #expect(run.kernel.lostPages() == [], "allocation \(n)")
      switch run.outcome {
      case .finished, .panicked("init exiting"): break
      default: Issue.record("allocation \(n): \(run.outcome)")
      }
    }
  }
}
