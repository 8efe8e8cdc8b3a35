import Foundation
import HostSupport
import LabEvents
import LabMeter
import LabModel

/// Everything that is known, for programs, at every level of feedback: `merge` can only use what is in this
/// file. `format` grows if a field changes its meaning or goes away. Fields may be added without that.
package enum JSONFormat: ResultFormat {
  package static let name = "json"
  package static let fileExtension: String? = "json"
  /// The version of the form that `text` writes. `read` accepts only this version.
  package static let version = 1

  private struct Document: Codable {
    var format = version
    var solutions: [Solution]
  }

  fileprivate struct Solution: Codable {
    var name: String
    var lab: String
    var edition: String
    var fingerprint: String?
    /// The reason why it could not be graded.
    var problem: String?
    /// What its source was warned of; missing if there is nothing.
    var warnings: [SolutionWarning]?
    /// Whether every test has run, or no test can run.
    var complete: Bool
    var score: Int
    var points: Int
    /// The score of the extra tests; missing if the user asked for no extra tests.
    var extraScore: Int?
    var extraPoints: Int?
    var tests: [Test]
  }

  fileprivate struct Test: Codable {
    var name: String
    var title: String
    var group: String
    var points: Int
    var score: Int
    /// `passed`, `failed`, `killed`, `panicked`, `hung`, `ended`, `forged` or `crashed`; `skipped` if it is
    /// not of the kernel's edition, and so has no points; `pending` if it has not run yet.
    var verdict: String
    /// What went wrong, in one line.
    var explanation: String?
    /// What the lab expects in this test.
    var expects: String
    /// The subject of an extra test: `laziness`, `memory` or `pages`; missing for an official test.
    var concerns: Lab.Concern?
    /// The number of retired instructions.
    var instructions: UInt64?
    /// What a lost test wrote to the console, with control characters escaped.
    var console: String?
    /// What the solution itself printed, with control characters escaped.
    var printed: String?
    /// The line of the solution at which the test ended.
    var place: SourcePlace?
    /// The reason why the test was lost.
    var diagnosis: JSONDiagnosis?
  }

  fileprivate static let pending = "pending"

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    JSONText.of(Document(solutions: gradings.map(Solution.init))) + "\n"
  }

  /// The gradings in a text that this format wrote. Error messages use `name` for the text.
  package static func read(_ bytes: [UInt8], name: String) throws(InputError) -> [Grading] {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(bytes))
    } catch {
      throw InputError("\(name): not results of labrunner (\(JSONText.reason(error)))")
    }
    guard document.format == version else {
      throw InputError("\(name): results in form \(document.format); this labrunner reads form \(version)")
    }
    let points = document.solutions.flatMap(\.tests).map(\.points)
    guard points.allSatisfy({ (0...mostPoints).contains($0) }) else {
      throw InputError("\(name): a test has points below 0 or above \(mostPoints)")
    }
    return document.solutions.map(Grading.init)
  }

  /// The most points that one test may be worth in a file that is read.
  private static let mostPoints = 1_000_000
}

extension JSONFormat.Solution {
  fileprivate init(_ grading: Grading) {
    self.init(
      name: grading.solution, lab: grading.lab, edition: grading.edition, fingerprint: grading.fingerprint,
      problem: grading.problem, warnings: grading.warnings.isEmpty ? nil : grading.warnings,
      complete: grading.isComplete, score: grading.earned, points: grading.points,
      extraScore: grading.extra.isEmpty ? nil : grading.extraEarned,
      extraPoints: grading.extra.isEmpty ? nil : grading.extraPoints,
      tests: grading.tests.map { entry in
        JSONFormat.Test(
          name: entry.name, title: entry.title, group: entry.group, points: entry.countedPoints,
          score: entry.earned, verdict: entry.outcome?.verdict ?? JSONFormat.pending,
          explanation: entry.outcome?.explanation, expects: entry.expects,
          concerns: entry.concerns, instructions: entry.outcome?.instructions,
          console: entry.isLost ? entry.outcome?.console : nil,
          printed: entry.outcome.flatMap { $0.printed.isEmpty ? nil : $0.printed },
          place: entry.outcome?.place,
          diagnosis: entry.outcome?.diagnosis.map(JSONDiagnosis.init))
      })
  }
}

extension Grading {
  /// A file may come from anywhere, so no text in it may reach a terminal as a command.
  fileprivate init(_ solution: JSONFormat.Solution) {
    func line(_ text: String) -> String { VisibleText.of(text) }
    self.init(
      solution: line(solution.name), lab: line(solution.lab), edition: line(solution.edition),
      tests: solution.tests.map { test in
        Entry(
          name: line(test.name), title: line(test.title), group: line(test.group), points: test.points,
          expects: line(test.expects), concerns: test.concerns,
          outcome: test.verdict == JSONFormat.pending
            ? nil
            : Outcome(
              verdict: line(test.verdict), explanation: test.explanation.map(line),
              instructions: test.instructions, console: VisibleText.of(test.console ?? "", lines: true),
              printed: VisibleText.of(test.printed ?? "", lines: true), place: test.place.map(Self.visible),
              diagnosis: test.diagnosis?.diagnosis.madeVisible()))
      })
    fingerprint = solution.fingerprint
    problem = solution.problem.map { VisibleText.of($0, lines: true) }
    warnings = (solution.warnings ?? []).map { warning in
      SolutionWarning(
        text: VisibleText.of(warning.text, lines: true), file: warning.file.map(line), line: warning.line)
    }
  }

  private static func visible(_ place: SourcePlace) -> SourcePlace {
    SourcePlace(
      function: VisibleText.of(place.function), file: place.file.map { VisibleText.of($0) }, line: place.line)
  }
}
