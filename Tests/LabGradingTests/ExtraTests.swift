import LazySolutions
import LazyVariants
import Testing
import XV6Kernel

@testable import LabGrading
@testable import LabModel
@testable import LabRunning
@testable import Submissions

/// The extra tests: correct solutions pass them, each test can be lost, and no extra test changes the
/// official score.
struct ExtraTests {
  /// Tests that take seconds in a debug build.
  private static let slow: Set = ["pages", "refused", "oom-copyout", "oom-copyin", "oom-fork", "oom-table"]

  private static let lab = try? LabCatalogue.lab("lazy")

  private static func tests(_ names: [String]) throws -> [Lab.Test] {
    let extra = try #require(lab).extra
    try #require(Set(names).isSubset(of: extra.map(\.name)))
    return extra.filter { names.contains($0.name) }
  }

  private static func lost(_ tests: [Lab.Test], _ solution: any LabSolution) throws -> [String] {
    var limits = try #require(lab).limits
    limits.instructions = 8_000_000
    let disk = try LabDisk.image(for: "lazy")
    var lost: [String] = []
    for test in tests {
      let result = try HostedTest(test: test, limits: limits, disk: disk, solution: solution).run()
      if !result.passed { lost.append(test.name) }
    }
    return lost
  }

  @Test("right solutions and unmodified xv6 pass", arguments: ["reference", "starter"])
  func passed(solution: String) throws {
    let lab = try #require(Self.lab)
    let names = lab.extra.map(\.name).filter { !Self.slow.contains($0) }
    var lost: [String] = []
    try Grader(lab: lab, solution: SolutionCatalogue.solution(solution), tests: names, jobs: 2).run {
      if !$0.passed { lost.append("\($0.test.name): \($0.explanation ?? "")") }
    }
    #expect(lost == [])
  }

  /// fork() may succeed with hardly any memory, and pages are shared while they are counted.
  @Test func `a right kernel with copy-on-write loses no test of exhaustion`() throws {
    let lab = try #require(Self.lab)
    let disk = try LabDisk.image(for: "lazy")
    let variant = try #require(LazyVariants.all.first { $0.name == "copy-on-write" })
    for name in [
      "oom-copyout", "oom-copyin", "oom-fork", "oom-table", "refused", "fork-sparse", "shrink-in-child",
    ] {
      let test = try Self.tests([name])[0]
      let result = try HostedTest(test: test, limits: lab.limits, disk: disk, solution: variant.make.init())
        .run()
      #expect(result.passed, "\(name): \(result.explanation ?? "")")
    }
  }

  /// The tests that each mistake loses, at least.
  private static let costs: [(MistakenSolution.Mistake, [String])] = [
    (.opensGuardPage, ["guard-store", "guard-read", "guard-write", "guard-path"]),
    (.includesBreak, ["size-load", "size-store", "size-fetch", "size-calls", "read-past", "write-past"]),
    (.walksAnywhere, ["maxva", "maxva-calls"]),
    (.settlesFarFaults, ["maxva"]),
    (.ignoresLoads, ["zero-load", "crossing"]),
    (.leavesJunk, ["zero-load", "zero-store", "zero-call", "zero-again"]),
    (.keepsOffset, ["odd-address"]),
    (.fetchesForEver, ["heap-fetch", "fetch-first"]),
    (.mapsWithoutExecute, ["heap-executable"]),
    (.mapsFirstPageOnly, ["open-crossing", "fstat-lazy"]),
    (
      .mapsForFaultsOnly,
      [
        "open-crossing", "exec-crossing", "argument-crossing", "argv-lazy", "argv-crossing", "write-two",
        "read-two", "fstat-lazy", "wait-lazy", "pipe-crossing",
      ]
    ),
    (.sharesPages, ["shrink-in-child", "shrink-in-parent", "fork-sparse"]),
    (.copiesToFirstHole, ["fork-sparse"]),
    (.remembersPages, ["fault-together"]),
    (.leavesHalfCopies, ["oom-fork"]),
    (.trustsKalloc, ["oom-copyout", "oom-copyin", "oom-table"]),
    (.takesPageFirst, ["refused"]),
    (.freesPartialPages, ["shrink-part"]),
    (.unmapsToFirstHole, ["shrink-holes"]),
    (.movesBreakUnchecked, ["below-zero", "below-far", "grow-end", "big-heap"]),
    (.refusesBelowStackPointer, ["heap-stack", "heap-stack-calls"]),
  ]

  @Test("a mistake costs the tests that are about it", arguments: costs)
  func lost(mistake: MistakenSolution.Mistake, names: [String]) throws {
    #expect(try Self.lost(Self.tests(names), MistakenSolution(mistake)) == Self.tests(names).map(\.name))
  }

  @Test func `each extra test is lost by some mistake`() throws {
    let lost = Set(Self.costs.flatMap(\.1))
    #expect(try #require(Self.lab).extra.map(\.name).filter { !lost.contains($0) } == ["pages"])
    #expect(Set(Self.costs.map(\.0)) == Set(MistakenSolution.Mistake.allCases))
  }

  @Test(
    "pages that a test loses are counted",
    arguments: [nil, .takesPageFirst, .leavesHalfCopies] as [MistakenSolution.Mistake?])
  func pages(mistake: MistakenSolution.Mistake?) throws {
    let lab = try #require(Self.lab)
    let test = HostedTest(
      test: try Self.tests(["size-load"])[0], limits: lab.limits, disk: try LabDisk.image(for: lab.name),
      solution: mistake.map { MistakenSolution($0) } ?? Reference(), options: .init(countsPages: true))
    let result = try test.run()
    #expect(result.verdict == .passed)
    #expect(result.lostPages == (mistake == .takesPageFirst ? 1 : 0))
  }

  @Test func `the test of pages is lost where another has lost some, and tells which`() throws {
    let tests = try Self.tests(["size-load", "pages"])
    var losses = PageLosses()
    func judged(_ test: Lab.Test, lost: Int?) -> TestResult {
      losses.judge(
        TestResult(
          test: test, verdict: .passed, explanation: nil, instructions: 1, console: "", lostPages: lost))
    }
    #expect(judged(tests[1], lost: 0).passed)
    #expect(judged(tests[0], lost: nil).passed)
    #expect(judged(tests[0], lost: 3).passed)
    let result = judged(tests[1], lost: 0)
    #expect(result.verdict == .failed(status: 1))
    #expect(result.explanation == "pages lost by extra: size-load (3)")
  }

  @Test func `extra tests run when they are asked for, after the others`() throws {
    let lab = try #require(Self.lab)
    let solution = try SolutionCatalogue.solution("reference")
    #expect(Grader(lab: lab, solution: solution).tests == lab.tests.filter { $0.name != "bigdir" })
    #expect(Grader(lab: lab, solution: solution, tests: ["bigdir"]).tests.map(\.name) == ["bigdir"])
    #expect(Grader(lab: lab, solution: solution, extra: true).tests == lab.tests + lab.extra)
    let names = Grader(lab: lab, solution: solution, tests: ["pages", "map"]).tests.map(\.name)
    #expect(names == ["map", "pages"])
  }
}
