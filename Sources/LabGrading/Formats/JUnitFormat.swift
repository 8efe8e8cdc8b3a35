/// JUnit's XML, as Jenkins, GitLab and most other servers read it: one suite a solution.
///
/// A lost test that is worth no points is written as skipped, with what happened, so that a build fails exactly where
/// the exit status says so. There are no times: the same solution gives the same bytes.
public enum JUnitFormat: ResultFormat {
  public static let name = "junit"
  public static let fileExtension: String? = "xml"

  public static func text(_ gradings: [Grading]) -> String {
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites\(attributes([("name", "labrunner")] + counts(gradings.flatMap(\.entries))))>",
    ]
    for grading in gradings { lines += suite(grading) }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func suite(_ grading: Grading) -> [String] {
    var lines = ["  <testsuite\(attributes([("name", grading.solution)] + counts(grading.entries)))>"]
    lines.append("    <properties>")
    for (name, value) in [
      ("lab", grading.lab.name), ("score", "\(grading.earned)"), ("points", "\(grading.points)"),
    ] {
      lines.append("      <property\(attributes([("name", name), ("value", value)]))/>")
    }
    lines.append("    </properties>")
    // Readers show a class's name up to its last dot as a package.
    let suite = String(grading.solution.map { $0 == "." ? "_" : $0 })
    for (test, result) in grading.entries {
      let head = "    <testcase\(attributes([("name", test.title), ("classname", suite)]))"
      if let outcome = outcome(test, result) {
        lines += [head + ">", "      " + outcome, "    </testcase>"]
      } else {
        lines.append(head + "/>")
      }
    }
    lines.append("  </testsuite>")
    return lines
  }

  /// The element that says why a test has not passed; nil where it has.
  private static func outcome(_ test: Lab.Test, _ result: TestResult?) -> String? {
    guard let result else { return "<skipped\(attributes([("message", "not run")]))/>" }
    if result.passed { return nil }
    let message = result.explanation ?? result.verdict.word
    guard result.losesPoints else {
      return "<skipped\(attributes([("message", "lost, and worth no points: \(message)")]))/>"
    }
    let told = attributes([("type", result.verdict.word), ("message", message)])
    return "<failure\(told)>\(escaped(result.report))</failure>"
  }

  private static func counts(_ entries: [(test: Lab.Test, result: TestResult?)]) -> [(String, String)] {
    let lost = entries.count { $0.result?.losesPoints == true }
    let passed = entries.count { $0.result?.passed == true }
    return [
      ("tests", "\(entries.count)"), ("failures", "\(lost)"), ("errors", "0"),
      ("skipped", "\(entries.count - lost - passed)"),
    ]
  }

  private static func attributes(_ pairs: [(String, String)]) -> String {
    pairs.map { " \($0)=\"\(escaped($1, inAttribute: true))\"" }.joined()
  }

  /// `text` as character data (XML 1.0, section 2.4) or an attribute's value (3.3.3). What is no character of XML (2.2)
  /// is written in words, as no reference may stand for it either.
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
