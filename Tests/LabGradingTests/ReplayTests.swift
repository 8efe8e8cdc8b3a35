import RV64
import Testing

@testable import LabGrading
@testable import LabModel
@testable import LabReports
@testable import Submissions

/// A test has the same hashes in every run, alone or at the same time as others.
struct ReplayTests {
  private func grade(
    jobs: Int, replays: Int = 0, solution: String = "reference", trace: TraceGrain? = .turns
  ) throws -> [TestResult] {
    var grader = Grader(
      lab: try LabCatalogue.lab("lazy"), solution: try SolutionCatalogue.solution(solution),
      tests: ["map", "sbrkarg", "pgbug", "pipe1"], jobs: jobs)
    grader.trace = trace
    grader.replays = replays
    var results: [TestResult] = []
    try grader.run { results.append($0) }
    return results
  }

  @Test func `side by side or one after the other, the hashes are the same`() throws {
    let alone = try grade(jobs: 1, replays: 2)
    #expect(alone.allSatisfy { $0.trace != nil })
    #expect(try grade(jobs: 4) == alone)
    #expect(Set(alone.compactMap(\.trace?.first)).count == alone.count)
  }

  @Test func `the hashes are told of, and only where they were asked for`() throws {
    for (grain, count) in [(nil, 0), (.turns, 1), (.instructions, 2)] as [(TraceGrain?, Int)] {
      for result in try grade(jobs: 2, trace: grain) {
        let lines = TextReport.trace(of: result)
        #expect(lines.count == count)
        #expect(lines.allSatisfy { $0.hasPrefix("    trace hash of ") })
      }
    }
  }

  @Test func `a difference is told as a fault of ours`() throws {
    let results = try grade(jobs: 1)
    let words = Divergence(first: results[0], again: results[1], replay: 7).description
    #expect(words.hasPrefix("test \"map\" is not deterministic: at first it was passed, turns "))
    #expect(words.contains("; in replay 7, passed, turns "))
  }
}
