import LabEvents
import LazySolutions
import Testing

@testable import XV6Kernel

/// Whole programs on whole machines, under each solution.
@Suite struct RunTests {
  @Test(arguments: Sample.allCases) func echo(_ sample: Sample) throws {
    let run = try Machine.run(["echo", "hello", "world"], sample.solution)
    #expect(run.outcome == .finished(status: 0))
    #expect(run.console == "\nxv6 kernel is booting\n\nhello world\n")
  }

  @Test(arguments: Sample.allCases) func forktest(_ sample: Sample) throws {
    #expect(try Machine.run(["forktest"], sample.solution).outcome == .finished(status: 0))
  }

  @Test(arguments: Sample.allCases) func lazyMap(_ sample: Sample) throws {
    let run = try Machine.run(["lazytests", "lazy_alloc"], sample.solution)
    #expect(run.outcome == .finished(status: sample == .starter ? 1 : 0))
    #expect(run.kernel.lostPages() == [])
  }

  /// The author of the post of 2024 never passed this test; the kernel's panic says why. (The other post
  /// passes, but an unoptimised build takes too long to go through a gigabyte page by page.)
  @Test(arguments: [Sample.reference, .starter, .walkaddr]) func lazyUnmap(_ sample: Sample) throws {
    let run = try Machine.run(["lazytests", "lazy_unmap"], sample.solution)
    switch sample {
    case .reference, .copyin: #expect(run.outcome == .finished(status: 0))
    case .starter: #expect(run.outcome == .finished(status: 1))
    case .walkaddr: #expect(run.outcome == .panicked("freewalk: leaf"))
    }
  }

  /// If memory runs out, the process that faults is killed. Afterwards its parent still runs, and its pages
  /// are free.
  @Test func outOfMemory() throws {
    let log = EventLog()
    let run = try Machine.run(["lazytests", "out_of_memory"]) {
      $0.memorySize = 8 << 20
      $0.observe = { log.append($0) }
    }
    let idle = try Machine.run(["echo"]) { $0.memorySize = 8 << 20 }
    #expect(run.outcome == .finished(status: 0))
    #expect(run.kernel.lostPages() == [])
    #expect(run.kernel.freePages == idle.kernel.freePages)
    let events = log.take()
    #expect(events.contains { if case .outOfMemory = $0 { true } else { false } })
    #expect(events.count { if case .exit(_, _, _, -1) = $0 { true } else { false } } == 1)
  }

  /// Without the hart's fast paths the run is the same, to the instruction.
  @Test(arguments: [["usertests", "sbrkarg"], ["lazytests", "lazy_alloc"], ["forktest"]])
  func fastPathsChangeNothing(arguments: [String]) throws {
    let fast = try Machine.run(arguments) { $0.fastPaths = .all }
    let slow = try Machine.run(arguments) { $0.fastPaths = [] }
    #expect(slow.outcome == fast.outcome)
    #expect(slow.console == fast.console)
    #expect(slow.kernel.retired == fast.kernel.retired)
    #expect(slow.kernel.mtime == fast.kernel.mtime)
  }

  /// A program makes the same number of system calls and faults with and without an observer.
  @Test func watchingChangesNothing() throws {
    let alone = try Machine.run(["usertests", "sbrkarg"])
    let watched = try Machine.run(["usertests", "sbrkarg"]) {
      $0.observe = { _ in }
      $0.follow = { _, _ in }
    }
    #expect(alone.console == watched.console)
    #expect(alone.kernel.retired == watched.kernel.retired)
    #expect(alone.kernel.mtime == watched.kernel.mtime)
  }

  @Test func everySolutionIsListedOnce() {
    let names = LazySolutions.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.contains("reference") && names.contains("starter"))
  }
}
