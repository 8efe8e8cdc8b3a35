import LabEvents
import LazySolutions
import Testing

@testable import XV6Kernel

/// Quotas under real programs.
@Suite struct QuotaTests {
  /// What was observed of a run under a quota.
  private struct Told {
    var given: [Int32: Int] = [:]
    var returned: Set<Int32> = []
    var refused = 0
    var outOfMemory = 0

    init(_ events: [LabEvent]) {
      for event in events {
        switch event {
        case .quotaGiven(_, let child, let pages): given[child] = pages
        case .quotaReturned(let child, _, _): returned.insert(child)
        case .quotaRefused: refused += 1
        case .outOfMemory: outOfMemory += 1
        default: break
        }
      }
    }
  }

  private func run(_ command: [String], quota: Int?, _ sample: Sample = .reference) throws -> (
    outcome: KernelOutcome, console: String, kernel: Kernel, told: Told
  ) {
    let log = EventLog()
    let run = try Machine.run(command, sample.solution) {
      $0.quota = quota
      $0.observe = { log.append($0) }
    }
    return (run.outcome, run.console, run.kernel, Told(log.take()))
  }

  /// The lab program: a child is refused a page and its parent goes on, with eager and with lazy allocation.
  @Test(arguments: [Sample.reference, .starter], [200, 333]) func `a child is refused, its parent goes on`(
    sample: Sample, quota: Int
  ) throws {
    let run = try run(["quota"], quota: quota, sample)
    #expect(run.outcome == .finished(status: 0), "\(run.console)")
    #expect(run.console.contains("the parent then took"))
    #expect(run.told.given[2] == quota)
    #expect(run.told.refused >= 3)
    #expect(run.told.outOfMemory == 0, "the machine has pages")
    #expect(run.kernel.lostPages() == [])
  }

  @Test func `without a quota nothing is refused, given or told`() throws {
    let run = try run(["quota"], quota: nil)
    #expect(run.outcome == .finished(status: 1))
    #expect(run.console.contains("is there a quota?"))
    #expect(run.told.given == [:])
    #expect(run.told.refused == 0)
    #expect(run.kernel.refusedPages == 0)
    #expect(run.kernel.containers == nil)
  }

  /// Programs that fork, fail to fork, use pipes and leave orphans. At the end all quotas are as before the
  /// command.
  @Test(arguments: [
    (["forktest"], 300), (["usertests", "reparent"], 200), (["usertests", "pipe1"], 200),
    (["usertests", "mem"], 500), (["usertests", "forkfork"], 800), (["quota"], 60), (["echo", "x"], 25),
  ])
  func `nothing leaks on exit`(command: [String], quota: Int) throws {
    let run = try run(command, quota: quota)
    guard case .finished = run.outcome else {
      Issue.record("\(run.outcome): \(run.console)")
      return
    }
    #expect(run.kernel.lostPages() == [])
    #expect(Set(run.told.given.keys) == run.told.returned, "a quota has not come back")
    let containers = try #require(run.kernel.containers)
    let first = try #require(containers[0])
    #expect((1..<NPROC).allSatisfy { containers[$0] == nil })
    #expect(first.children == [])
    #expect(first.usage == first.held)
    #expect(first.quota == run.kernel.freePages + first.held, "each page is either free or init's")
    #expect(run.kernel.freePages == (try Machine.run(["echo"])).kernel.freePages)
  }

  /// At every moment of a run that forks, the command and all its descendants hold no more pages than its
  /// quota.
  @Test func `a family never holds more than its quota`() throws {
    let quota = 150
    let most = Counter()
    let run = try Machine.run(["forktest"]) {
      $0.quota = quota
      $0.follow = { event, _ in
        switch event {
        case .pageAllocated(_, let free): most.see(free)
        case .quotaGiven(parent: 1, child: 2, _): most.begin()
        default: break
        }
      }
    }
    #expect(run.outcome == .finished(status: 1) || run.outcome == .finished(status: 0))
    #expect(most.used > 0)
    #expect(most.used <= quota)
    #expect(run.kernel.refusedPages > 0, "\(most.used) pages were used at most")
  }

  /// A quota that is larger than the machine does not give more pages than there are.
  @Test func `a quota larger than memory gives what there is`() throws {
    let run = try run(["echo", "x"], quota: .max)
    #expect(run.outcome == .finished(status: 0))
    let first = try #require(run.kernel.containers?[0])
    #expect(run.told.given[2] ?? .max <= first.quota)
  }

  /// Even the start of the command may be refused. The machine still ends normally.
  @Test(arguments: 0...40) func `a quota too small refuses without a panic`(quota: Int) throws {
    let run = try run(["echo", "x"], quota: quota)
    if case .finished = run.outcome { return }
    #expect(run.outcome == .panicked("init exiting"), "fork() was refused to init, which gives up")
    #expect(run.told.refused > 0)
  }
}

/// The most pages in use since `begin`.
private final class Counter: @unchecked Sendable {
  private var before: Int?
  private var lastFree = 0
  private(set) var used = 0

  func begin() { before = lastFree }

  func see(_ free: Int) {
    lastFree = free
    if let before { used = max(used, before - free) }
  }
}
