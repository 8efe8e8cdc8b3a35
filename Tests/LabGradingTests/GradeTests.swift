import Testing

@testable import LabGrading
@testable import LabModel
@testable import Submissions

/// The right scores of the built-in solutions, test by test.
struct GradeTests {
  private static func lost(_ solution: String, _ tests: [String]) throws -> [String: Verdict] {
    let lab = try LabCatalogue.lab("lazy")
    try #require(Set(tests).isSubset(of: lab.tests.map(\.name)))
    var lost: [String: Verdict] = [:]
    try Grader(lab: lab, solution: SolutionCatalogue.solution(solution), tests: tests, jobs: 2).run {
      if !$0.passed { lost[$0.test.name] = $0.verdict }
      #expect($0.passed == ($0.explanation == nil), "\($0.test.name): \($0.explanation ?? "no explanation")")
    }
    return lost
  }

  /// The tests about memory, which is the subject of the lab. One is left out: the test that uses up all
  /// memory. In a debug build it takes longer than all of these.
  private static let memory = [
    "map", "unmap", "pgbug", "sbrkbugs", "argptest", "sbrkfail", "sbrkarg", "stacktest", "copyin",
    "copyout",
    "copyinstr1", "copyinstr2", "copyinstr3", "rwsbrk", "bsstest", "kernmem", "validatetest", "bigargtest",
  ]

  @Test func `the reference loses nothing`() throws {
    #expect(try Self.lost("reference", Self.memory + ["oom"]) == [:])
  }

  @Test func `unmodified xv6 loses the three lazytests and nothing else`() throws {
    #expect(try Set(Self.lost("starter", Self.memory + ["oom"]).keys) == ["map", "unmap", "oom"])
  }

  @Test func `the post that never frees a shrunk page panics where a shrunk process ends`() throws {
    let lost = try Self.lost("blog-walkaddr", Self.memory)
    #expect(lost == ["unmap": .panicked("freewalk: leaf"), "sbrkbugs": .panicked("freewalk: leaf")])
  }

  @Test func `the post that allocates before each copy passes what the lab tests`() throws {
    #expect(try Self.lost("blog-copyin", Self.memory) == [:])
  }

  @Test func `the number of jobs changes no result`() throws {
    let lab = try LabCatalogue.lab("lazy")
    let chosen = ["map", "sbrkarg", "preempt", "pipe1"]
    var runs: [[TestResult]] = []
    for jobs in [1, 3] {
      var results: [TestResult] = []
      try Grader(lab: lab, solution: SolutionCatalogue.solution("reference"), tests: chosen, jobs: jobs).run {
        results.append($0)
      }
      runs.append(results)
    }
    #expect(runs[0] == runs[1])
  }
}
