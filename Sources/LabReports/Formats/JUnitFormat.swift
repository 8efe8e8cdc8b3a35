import LabModel

/// JUnit's XML, as Jenkins, GitLab and most other servers read it: one suite for each solution, and one more
/// for its extra tests.
///
/// A lost test that is worth no points is written as skipped, with what happened. So a build fails exactly if
/// the exit status says so. A test that is not of the kernel's edition is skipped too. There are no times: the
/// same solution gives the same bytes.
package enum JUnitFormat: ResultFormat {
  package static let name = "junit"
  package static let fileExtension: String? = "xml"

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites\(attributes([("name", "labrunner")] + counts(gradings)))>",
    ]
    for grading in gradings {
      if !grading.official.isEmpty || grading.extra.isEmpty {
        lines += suite(
          grading, grading.solution, grading.official, grading.earned, grading.points, feedback)
      }
      if !grading.extra.isEmpty {
        lines += suite(
          grading, "\(grading.solution) (extra)", grading.extra, grading.extraEarned, grading.extraPoints,
          feedback)
      }
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func suite(
    _ grading: Grading, _ name: String, _ tests: [Grading.Entry], _ earned: Int, _ points: Int,
    _ feedback: Feedback
  ) -> [String] {
    var part = grading
    part.tests = tests
    var lines = ["  <testsuite\(attributes([("name", name)] + counts([part])))>"]
    lines.append("    <properties>")
    for (name, value) in [
      ("lab", grading.lab), ("score", "\(earned)"), ("points", "\(points)"),
    ] {
      lines.append("      <property\(attributes([("name", name), ("value", value)]))/>")
    }
    lines.append("    </properties>")
    // Readers take a class's name up to its last dot as a package.
    let suite = String(name.map { $0 == "." ? "_" : $0 })
    for entry in tests {
      let head = "    <testcase\(attributes([("name", entry.title), ("classname", suite)]))"
      if let outcome = outcome(entry, grading.problem, feedback) {
        lines += [head + ">", "      " + outcome, "    </testcase>"]
      } else {
        lines.append(head + "/>")
      }
    }
    lines.append("  </testsuite>")
    return lines
  }

  /// The element that says why a test has not passed; nil if it has passed.
  private static func outcome(_ entry: Grading.Entry, _ problem: String?, _ feedback: Feedback)
    -> String?
  {
    guard let outcome = entry.outcome else {
      if let problem { return "<error\(attributes([("type", "not graded"), ("message", problem)]))/>" }
      return "<skipped\(attributes([("message", "not run")]))/>"
    }
    if outcome.passed { return nil }
    if entry.isSkipped { return "<skipped\(attributes([("message", outcome.message)]))/>" }
    guard entry.losesPoints else {
      return "<skipped\(attributes([("message", "lost, and worth no points: \(outcome.message)")]))/>"
    }
    let told = attributes([("type", outcome.verdict), ("message", outcome.message)])
    return "<failure\(told)>\(escaped(entry.report(feedback)))</failure>"
  }

  private static func counts(_ gradings: [Grading]) -> [(String, String)] {
    var lost = 0
    var passed = 0
    var errors = 0
    for grading in gradings {
      lost += grading.tests.count(where: \.losesPoints)
      passed += grading.tests.count(where: \.passed)
      errors += grading.problem == nil ? 0 : grading.tests.count { $0.outcome == nil }
    }
    let all = gradings.reduce(0) { $0 + $1.tests.count }
    return [
      ("tests", "\(all)"), ("failures", "\(lost)"), ("errors", "\(errors)"),
      ("skipped", "\(all - lost - passed - errors)"),
    ]
  }

  private static func attributes(_ pairs: [(String, String)]) -> String {
    pairs.map { " \($0)=\"\(escaped($1, inAttribute: true))\"" }.joined()
  }

  /// `text` as character data (XML 1.0, section 2.4) or as an attribute's value (3.3.3). If a scalar is not
  /// an XML character (2.2), it is written in words, because XML allows no reference to it either.
  static func escaped(_ text: String, inAttribute: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"" where inAttribute: result += "&quot;"
      case "\n" where inAttribute, "\t" where inAttribute: result += "&#\(scalar.value);"
      case "\r": result += "&#13;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
