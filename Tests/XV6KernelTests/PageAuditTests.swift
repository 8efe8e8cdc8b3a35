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

  /// When the machine ends, the command's memory is free again: the same number of pages is free after every
  /// command.
  @Test(arguments: [["forktest"], ["usertests", "sbrkfail"], ["usertests", "execout"]])
  func commandsLoseNothing(_ arguments: [String]) throws {
    let idle = try Machine.run(["echo"])
    let run = try Machine.run(arguments)
    #expect(run.outcome == .finished(status: 0))
    #expect(run.kernel.lostPages() == [])
    #expect(run.kernel.freePages == idle.kernel.freePages)
  }

  /// Each call of `kalloc` fails in turn while a command runs, under each solution. Whatever happens to the
  /// command, no page is lost and no other process is harmed.
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
