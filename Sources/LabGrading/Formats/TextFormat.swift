/// The official grader's words, as the terminal shows them.
public enum TextFormat: ResultFormat {
  public static let name = "text"
  public static let fileExtension: String? = "txt"

  public static func text(_ gradings: [Grading]) -> String {
    gradings.map { grading in
      var report = TextReport(lab: grading.lab, tests: grading.tests)
      var lines = gradings.count > 1 ? [TextReport.heading(grading.solution)] : []
      lines += grading.results.flatMap { report.lines(for: $0) }
      if !grading.isComplete {
        lines.append("  (\(grading.tests.count - grading.results.count) tests not run)")
      }
      lines.append(report.score)
      return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
