import HostSupport
import LabMeter
import LabModel

/// GitHub Actions: the report, then an error annotation for each lost test, and a table for the step's
/// summary.
///
/// A step shows ten errors at most, so the tenth says how many more there are. A summary may take 1 MiB.
package enum GitHubFormat: ResultFormat {
  package static let name = "github"
  package static let fileExtension: String? = nil

  static let annotationLimit = 10
  static let annotationBytes = 4 << 10
  static let summaryBytes = 1_000_000

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    let lost = gradings.flatMap { grading in
      grading.problem.map { [(grading.solution, "not graded", $0)] }
        ?? grading.tests.filter(\.losesPoints).map { (grading.solution, $0.title, $0.report(feedback)) }
    }
    let shown = lost.count > annotationLimit ? annotationLimit - 1 : lost.count
    var lines = lost.prefix(shown).map { solution, title, report in
      annotation(gradings.count > 1 ? "\(solution): \(title)" : title, report)
    }
    if lost.count > shown {
      lines.append(annotation("\(lost.count - shown) more tests lost", "The step's summary lists them all."))
    }
    return ([TextFormat.text(gradings, feedback)] + lines.map { $0 + "\n" }).joined()
  }

  private static func annotation(_ title: String, _ text: String) -> String {
    "::error title=\(property(title))::\(data(text.shortened(toBytes: annotationBytes)))"
  }

  /// The text of a workflow command.
  private static func data(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  /// A property of a workflow command.
  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }

  package static func appendix(_ gradings: [Grading]) -> (variable: String, text: String)? {
    ("GITHUB_STEP_SUMMARY", summary(gradings))
  }

  package static func summary(_ gradings: [Grading]) -> String {
    var text = ""
    for grading in gradings {
      text += "### \(markdown(grading.solution)): \(grading.earned)/\(grading.points)\n\n"
      if let problem = grading.problem {
        text += "Not graded: \(markdown(problem))\n\n"
        continue
      }
      let extra = "#### Extra: \(grading.extraEarned)/\(grading.extraPoints)\n\n"
      for (heading, tests) in [("", grading.official), (extra, grading.extra)] where !tests.isEmpty {
        text += heading + "| test | points | result |\n| --- | ---: | --- |\n"
        for entry in tests {
          let result =
            entry.outcome.map {
              $0.passed ? "OK" : entry.isSkipped ? told($0) : "**\($0.verdict)** \(told($0))"
            } ?? "not run"
          let row = "| \(markdown(entry.title)) | \(entry.earned)/\(entry.countedPoints) | \(result) |\n"
          guard text.utf8.count + row.utf8.count < summaryBytes else {
            return text + "\n(The summary is cut: it would be too long.)\n"
          }
          text += row
        }
        text += "\n"
      }
    }
    return text
  }

  /// What happened, and the most likely mistake.
  private static func told(_ outcome: Grading.Outcome) -> String {
    let mistake = outcome.diagnosis?.mistakes.first.map { "<br>likely: \(markdown($0.name))" }
    return markdown(outcome.explanation ?? "") + (mistake ?? "")
  }

  /// `text` for a table's cell, escaped so that no part of it works as Markdown or HTML.
  private static func markdown(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\n", "\r\n", "\r": result += " "
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "+", "!", "|", "~", "@", ">":
        result += "\\\(character)"
      default: result.append(character.unicodeScalars.contains { $0.value < 32 } ? "\u{FFFD}" : character)
      }
    }
    return result
  }
}
