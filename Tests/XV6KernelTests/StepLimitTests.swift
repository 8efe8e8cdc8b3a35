import LabEvents
import LazySolutions
import Testing

@testable import XV6Kernel

/// Solutions whose own code never returns to the machine. The machine ends all the same, after the same
/// number of steps in each run.
private protocol Endless: LabSolution {
  func loop(_ k: Kernel) throws(KernelHalt)
}

extension Endless {
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    try loop(k)
    return 0
  }
}

private struct Walks: Endless {
  func loop(_ k: Kernel) throws(KernelHalt) {
    while true { _ = try k.walk(k.myproc().pagetable, 0, alloc: false) }
  }
}

private struct Loads: Endless {
  func loop(_ k: Kernel) { while true { _ = k.loadPTE(k.PHYSTOP &- 8) } }
}

private struct Stores: Endless {
  func loop(_ k: Kernel) { while true { k.storePTE(0, 0) } }
}

private struct Catches: Endless {
  func loop(_ k: Kernel) { while true { try? k.kfree(k.kalloc() ?? 0) } }
}

private struct Prints: Endless {
  func loop(_ k: Kernel) { while true { k.printf("again\n") } }
}

private struct LooksAtItself: Endless {
  func loop(_ k: Kernel) { while !k.myproc().killed {} }
}

private struct Copies: Endless {
  func loop(_ k: Kernel) throws(KernelHalt) {
    while true { try k.memset(k.PHYSTOP &- PGSIZE, 0, PGSIZE) }
  }
}

@Suite struct StepLimitTests {
  private static let endless: [any Endless] = [
    Walks(), Loads(), Stores(), Catches(), Prints(), LooksAtItself(), Copies(),
  ]

  @Test(arguments: endless.indices)
  func `code that does not return is ended by its steps`(_ index: Int) throws {
    func run() throws -> Kernel {
      let run = try Machine.run(["usertests", "sbrkarg"], Self.endless[index]) {
        $0.memorySize = 8 << 20
        $0.stepLimit = 100_000
      }
      #expect(run.outcome == .stepLimit)
      return run.kernel
    }
    let (one, other) = (try run(), try run())
    #expect(one.stepCount == other.stepCount)
    #expect(one.retired == other.retired)
    #expect(one.run() == .stepLimit, "and again")
  }

  @Test func `what is right has steps to spare`() throws {
    let run = try Machine.run(["usertests", "sbrkarg"]) { $0.stepLimit = 1_000_000 }
    #expect(run.outcome == .finished(status: 0))
    #expect(run.kernel.stepCount < 1_000_000)
  }
}
