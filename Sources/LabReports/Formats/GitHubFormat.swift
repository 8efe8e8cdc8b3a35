import HostSupport
import LabMeter
import LabModel

/// GitHub Actions: the report, then an error annotation for each lost test, and a table for the step's
/// summary.
///
/// An annotation has the file and the line of the solution, if they are known. Tests that were lost in the
/// same way share one. A step shows ten errors at most, so the tenth says how many more there are. A
/// summary may take 1 MiB.
package enum GitHubFormat: ResultFormat {
  package static let name = "github"
  package static let fileExtension: String? = nil

  static let annotationLimit = 10
  static let annotationBytes = 4 << 10
  static let summaryBytes = 1_000_000

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    let isAlone = gradings.count == 1
    let warned = gradings.flatMap(warnings)
    let lost = gradings.flatMap { errors($0, isAlone: isAlone, feedback) }
    let shown = lost.count > annotationLimit ? annotationLimit - 1 : lost.count
    var lines = (warned.prefix(annotationLimit) + lost.prefix(shown)).map(\.line)
    if lost.count > shown {
      let left = lost.dropFirst(shown).reduce(0) { $0 + $1.tests }
      let rest = Annotation(title: "\(left) more tests lost", text: "The step's summary lists them all.")
      lines.append(rest.line)
    }
    return ([TextFormat.text(gradings, feedback)] + lines.map { $0 + "\n" }).joined()
  }

  /// A workflow command that marks a place of the repository, or the step.
  private struct Annotation {
    var kind = "error"
    var title: String
    var text: String
    var file: String?
    var sourceLine: Int?
    /// How many lost tests it is about.
    var tests = 1

    var line: String {
      var properties: [String] = []
      if let file { properties.append("file=\(property(file))") }
      if file != nil, let sourceLine { properties.append("line=\(sourceLine)") }
      properties.append("title=\(property(title))")
      return
        "::\(kind) \(properties.joined(separator: ","))::\(data(text.shortened(toBytes: annotationBytes)))"
    }
  }

  private static func warnings(_ grading: Grading) -> [Annotation] {
    grading.warnings.map { warning in
      let place = warning.file == nil ? compilersPlace(warning.text) : (warning.file, warning.line)
      return Annotation(
        kind: "warning", title: "warning", text: warning.text, file: place.0, sourceLine: place.1)
    }
  }

  private static func errors(_ grading: Grading, isAlone: Bool, _ feedback: Feedback) -> [Annotation] {
    if let problem = grading.problem {
      let place = compilersPlace(problem)
      let title = isAlone ? "not graded" : "\(grading.solution): not graded"
      return [Annotation(title: title, text: problem, file: place.file, sourceLine: place.line)]
    }
    var errors: [Annotation] = []
    var last: Grading.Entry?
    for entry in grading.tests where entry.losesPoints {
      if let last, entry.isLost(like: last), let index = errors.indices.last {
        errors[index].tests += 1
        errors[index].title = title("\(errors[index].tests) tests, the first \(last.title)", grading, isAlone)
        continue
      }
      last = entry
      let place = entry.outcome?.place
      errors.append(
        Annotation(
          title: title(entry.title, grading, isAlone), text: entry.report(feedback), file: place?.file,
          sourceLine: place?.line))
    }
    return errors
  }

  private static func title(_ title: String, _ grading: Grading, _ isAlone: Bool) -> String {
    isAlone ? title : "\(grading.solution): \(title)"
  }

  /// The first place in what a compiler said: `FILE:LINE:COLUMN: error: ...`.
  private static func compilersPlace(_ text: String) -> (file: String?, line: Int?) {
    guard let found = text.firstMatch(of: #/(?m)^([^\n:]+\.swift):([0-9]+):[0-9]+: (?:error|warning): /#)
    else {
      return (nil, nil)
    }
    return (String(found.output.1), Int(found.output.2))
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
      for warning in grading.warnings { text += "Warning: \(markdown(warning.description))\n\n" }
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
