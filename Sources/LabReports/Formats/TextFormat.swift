import HostSupport
import LabModel

/// The official grader's words, as the terminal shows them.
package enum TextFormat: ResultFormat {
  package static let name = "text"
  package static let fileExtension: String? = "txt"

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    gradings.map { grading in
      var report = TextReport(feedback: feedback)
      var lines = gradings.count > 1 ? [TextReport.heading(grading.solution)] : []
      lines += TextReport.warnings(grading).map { VisibleText.of($0, lines: true) }
      lines += grading.tests.flatMap { report.lines(for: $0) }
      let missing = grading.tests.count { $0.outcome == nil }
      if missing > 0, grading.problem == nil { lines.append("  (tests that have not run: \(missing))") }
      lines.append(TextReport.score(grading))
      return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
