import Testing
import Trials
import XV6Kernel

/// A small part of what `tryall memory` tries: commands for which one page is refused.
@Suite("A page is refused")
struct MemoryTrialTests {
  /// Commands of few pages that get them in many ways: `sbrk` up and down, arguments, pipes, `exec`, page
  /// faults, copies into and out of pages that are new.
  static let commands = [
    ["usertests", "sbrkbugs"], ["usertests", "sbrkarg"], ["usertests", "exectest"], ["usertests", "pipe1"],
    ["usertests", "stacktest"], ["stressfs"],
  ]

  @Test(arguments: ["reference", "starter"], commands)
  func `and nothing is lost`(solution: String, command: [String]) throws {
    let trial = try #require(
      MemoryTrial.all(memory: 4).first { $0.solutionName == solution && $0.command == command })
    let baseline = try trial.baseline()
    #expect(baseline.outcome == .finished(status: 0))
    #expect(baseline.lost == 0)
    let count = baseline.requests.count
    #expect(count > 50)
    #expect(baseline.selection(everyUpTo: count) == Array(1...count))
    // The first pages, until /init has been loaded and has forked, are the same for every command.
    for k in stride(from: 20, through: count, by: 7) {
      let fate = try trial.fate(failing: k, baseline)
      if case .wrong(let what) = fate { Issue.record("page \(k) of \(count): \(what)") }
    }
    #expect(try trial.fate(failing: count + 1, baseline) == .wrong("the allocation was never asked for"))
  }

  @Test func `and of many pages a selection stands for all`() throws {
    let trial = try #require(MemoryTrial.all(memory: 4).first { $0.command == ["usertests", "mem"] })
    let baseline = try trial.baseline()
    let count = baseline.requests.count
    #expect(count > 800)
    let selection = baseline.selection(everyUpTo: 500)
    #expect(selection.count < count)
    #expect(Set(1...100).union(count - 99...count).isSubset(of: selection))
    let asked = Set(selection.map { baseline.requests[$0 - 1].ordinal })
    #expect(Set(baseline.requests.map(\.ordinal).filter { $0 < 520 }).isSubset(of: asked))
  }
}
