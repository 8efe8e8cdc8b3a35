import Foundation
import LabMeter
import LabModel

/// The Test Anything Protocol, version 13, which every harness reads: one test point for each test. Several
/// solutions are subtests as in version 14. Older harnesses skip those.
///
/// A solution that cannot be graded has one test point, which says so. (`Bail out!` would end the reading of
/// the whole class.)
///
/// A test that is not of the kernel's edition has the SKIP directive. A lost test that is worth no points has
/// the TODO directive. With either, a harness does not count the test as a failure. A test that has not run
/// has no line. A harness counts it as a failure, because the plan promises it.
package enum TAPFormat: ResultFormat {
  package static let name = "tap"
  package static let fileExtension: String? = "tap"

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    var lines = ["TAP version 13"]
    if gradings.count == 1, let only = gradings.first {
      lines += points(only, feedback)
    } else {
      lines.append("1..\(gradings.count)")
      for (index, grading) in gradings.enumerated() {
        let passed = grading.isComplete && !grading.losesPoints
        let name = described(grading.solution)
        lines.append("# Subtest: \(name)")
        lines += points(grading, feedback).map { "    " + $0 }
        lines.append("\(passed ? "ok" : "not ok") \(index + 1) - \(name)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func points(_ grading: Grading, _ feedback: Feedback) -> [String] {
    if let problem = grading.problem { return remarks(grading) + ungraded(problem) }
    var lines = ["1..\(grading.tests.count)"] + remarks(grading)
    for (index, entry) in grading.tests.enumerated() {
      guard let outcome = entry.outcome else { continue }
      let point = "\(index + 1) - \(described(entry.title))"
      if entry.isSkipped {
        lines.append("ok \(point) # SKIP \(described(outcome.message))")
        continue
      }
      let directive = outcome.passed || entry.losesPoints ? "" : " # TODO worth no points"
      lines.append((outcome.passed ? "ok " : "not ok ") + point + directive)
      lines += block(outcome.passed ? [("printed", outcome.printed)] : diagnostics(entry, outcome, feedback))
    }
    if !grading.official.isEmpty || grading.extra.isEmpty {
      lines.append("# score \(grading.earned) of \(grading.points)")
    }
    if !grading.extra.isEmpty {
      lines.append("# extra \(grading.extraEarned) of \(grading.extraPoints)")
    }
    return lines
  }

  private static func ungraded(_ problem: String) -> [String] {
    ["1..1", "not ok 1 - not graded: \(described(String(problem.prefix { !$0.isNewline })))"]
      + block([("message", problem)])
  }

  /// A comment for each line of what the source was warned of.
  private static func remarks(_ grading: Grading) -> [String] {
    grading.warnings.flatMap { $0.description.split(whereSeparator: \.isNewline) }.map { "# \($0)" }
  }

  /// A block of YAML; nothing if all values are empty.
  private static func block(_ fields: [(key: String, value: String)]) -> [String] {
    let lines = fields.filter { !$0.value.isEmpty }.map { "  \($0.key): \(quoted($0.value))" }
    return lines.isEmpty ? [] : ["  ---"] + lines + ["  ..."]
  }

  private static func diagnostics(
    _ entry: Grading.Entry, _ outcome: Grading.Outcome, _ feedback: Feedback
  ) -> [(key: String, value: String)] {
    let explanation = LostTestText.rows(entry, feedback).flatMap { $0.lines(width: nil) }
    return [
      ("verdict", outcome.verdict), ("message", outcome.message), ("expects", entry.expects),
      ("mistake", outcome.diagnosis?.mistakes.first?.id ?? ""),
      ("explanation", explanation.joined(separator: "\n")),
      ("console", feedback == .full ? outcome.console : ""), ("printed", outcome.printed),
    ]
  }

  /// A description on one line, with `\` and `#` escaped.
  private static func described(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("#", with: "\\#").replacing("\n", with: " ")
  }

  /// A double-quoted YAML scalar. YAML knows every escape that JSON's strings use.
  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(text)) ?? Data(), as: UTF8.self)
  }
}
