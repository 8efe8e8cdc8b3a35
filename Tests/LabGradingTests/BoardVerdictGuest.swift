import Foundation
import LabPrograms
import TestSupport
import Testing

@testable import LabGrading
@testable import LabModel
@testable import Submissions

/// Grades kernels of `labs/guests`. It uses commands instead of the lab's tests, and low limits.
enum BoardVerdict {
  /// The limits of each boot and of each test.
  static let instructions: UInt64 = 1_000_000
  static let consoleBytes = 4096

  /// The results of `commands` on the kernel `guest`. Each command is a test of its own.
  static func grade(
    _ guest: String, _ commands: [[String]], harts: Int = 1, seed: UInt64 = 1, jobs: Int = 1,
    instructions: UInt64 = instructions
  ) throws -> [TestResult] {
    try grade(
      #require(LabPrograms.guest(guest)), commands, harts: harts, seed: seed, jobs: jobs,
      instructions: instructions)
  }

  /// The same for the kernel in the ELF file `bytes`.
  static func grade(
    _ bytes: [UInt8], _ commands: [[String]], harts: Int = 1, seed: UInt64 = 1, jobs: Int = 1,
    instructions: UInt64 = instructions
  ) throws -> [TestResult] {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "kernel")
      try Data(bytes).write(to: file)
      var lab = try LabCatalogue.lab("lazy")
      lab.limits.boardInstructions = instructions
      lab.limits.consoleBytes = consoleBytes
      lab.limits.memoryMiB = 8
      let tests = commands.enumerated().map { number, command in
        Lab.Test(name: "test\(number)", title: "", points: 1, run: command, proves: "", expects: "")
      }
      lab.groups = [Lab.Group(title: "", tests: tests)]
      var grader = Grader(lab: lab, solution: try SolutionCatalogue.solution(file.path), jobs: jobs)
      grader.board.harts = harts
      grader.board.seed = seed
      var results: [TestResult] = []
      try grader.run { results.append($0) }
      return results
    }
  }
}
