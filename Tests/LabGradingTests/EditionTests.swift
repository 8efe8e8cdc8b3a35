import Foundation
import LabPrograms
import TestSupport
import Testing

@testable import LabGrading
@testable import LabModel
@testable import Submissions

/// A test that is not of a kernel's edition does not run on it, and costs nothing.
struct EditionTests {
  private static func grade(_ guest: String) throws -> [TestResult] {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "kernel")
      try Data(#require(LabPrograms.guest(guest))).write(to: file)
      var lab = try LabCatalogue.lab("lazy")
      lab.limits.boardInstructions = BoardVerdict.instructions
      lab.limits.memoryMiB = 8
      let tests = ["grow-end", "another"].map {
        Lab.Test(name: $0, title: $0, points: 1, run: ["echo", $0], proves: "", expects: "")
      }
      lab.groups = [Lab.Group(title: "", tests: tests)]
      var results: [TestResult] = []
      try Grader(lab: lab, solution: SolutionCatalogue.solution(file.path)).run { results.append($0) }
      return results
    }
  }

  @Test func `a kernel of 2025 is not asked what upstream's fails`() throws {
    let results = try Self.grade("edition-2025")
    #expect(
      results.map(\.verdict) == [
        .notOfEdition("the kernel of 2025 fails it as it comes from upstream"), .passed,
      ])
    #expect(results.map(\.losesPoints) == [false, false])
    #expect(results[0].instructions == nil && results[0].diagnosis == nil)
  }

  @Test func `another kernel is asked`() throws {
    #expect(try Self.grade("tiny").map(\.verdict) == [.passed, .passed])
  }
}
