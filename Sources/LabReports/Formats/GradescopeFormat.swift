import HostSupport
import LabModel

/// Gradescope's `results.json`: one submission, each test with its points, visible to the student.
///
/// An extra test does not count there: it has its status and its text, and 0 of 0 points.
///
/// Text is plain (`output_format`), so nothing that a kernel prints works as markup. Gradescope truncates
/// very long text. Here a test shows at most 8 KiB, and a cut is visible.
package enum GradescopeFormat: ResultFormat {
  package static let name = "gradescope"
  package static let fileExtension: String? = nil
  package static let takesSeveral = false

  /// The most bytes of one test's output, and of all outputs in the file together.
  static let outputLimit = 8 << 10
  static let totalLimit = 512 << 10

  private struct Document: Encodable {
    var score: Int
    var output: String
    var output_format = "text"
    var visibility = "visible"
    var tests: [Test]
  }

  private struct Test: Encodable {
    var name: String
    var number: String
    var score: Int
    var max_score: Int
    /// Missing for a test that is not of the kernel's edition.
    var status: String?
    var output: String
    var output_format = "text"
    var visibility = "visible"
  }

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    guard let grading = gradings.first else { return "" }
    var room = totalLimit
    let tests = grading.tests.enumerated().map { index, entry in
      let words = entry.outcome.map { told(entry, $0, feedback) } ?? "This test was not run."
      let output = words.shortened(toBytes: max(64, min(outputLimit, room)))
      room -= output.utf8.count
      return Test(
        name: entry.title, number: "\(index + 1)", score: entry.isExtra ? 0 : entry.earned,
        max_score: entry.isExtra ? 0 : entry.countedPoints,
        status: entry.isSkipped ? nil : entry.passed ? "passed" : "failed", output: output)
    }
    return JSONText.of(Document(score: grading.earned, output: summary(grading), tests: tests)) + "\n"
  }

  private static func told(_ entry: Grading.Entry, _ outcome: Grading.Outcome, _ feedback: Feedback) -> String
  {
    guard outcome.passed else { return entry.report(feedback) }
    return outcome.printed.isEmpty ? "" : "The solution printed:\n\(outcome.printed)"
  }

  /// What stands above the tests.
  private static func summary(_ grading: Grading) -> String {
    var lines = grading.warnings.map(\.description)
    if let problem = grading.problem {
      lines.append("Not graded: \(problem)")
    } else {
      lines.append(grading.isComplete ? "Every test has run." : "The grading was interrupted.")
      if !grading.extra.isEmpty {
        lines.append(
          "Extra tests, which do not count here: \(grading.extraEarned)/\(grading.extraPoints).")
      }
    }
    return lines.joined(separator: "\n").shortened(toBytes: outputLimit)
  }
}
