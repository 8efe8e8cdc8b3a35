import LabModel

/// JUnit's XML, as Jenkins, GitLab and most other servers read it: one suite for each solution, and one more
/// for its extra tests.
///
/// The form is valid against the schema that Jenkins' xUnit plugin checks (`junit-10.xsd`).
///
/// A lost test that is worth no points is written as skipped, with what happened. So a build fails exactly if
/// the exit status says so. A test that is not of the kernel's edition is skipped too. Times are the guest's:
/// it retires 100 million instructions a second, on any host. So the same solution gives the same bytes.
package enum JUnitFormat: ResultFormat {
  package static let name = "junit"
  package static let fileExtension: String? = "xml"

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    // The schema has no `skipped` here.
    let all = counts(gradings).filter { $0.0 != "skipped" }
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites\(attributes([("name", "labrunner")] + all))>",
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
    if tests.isEmpty, grading.problem != nil { part.tests = [nothingRan] }
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
    for entry in part.tests {
      let named = [("name", entry.title), ("classname", suite), ("time", seconds([entry]))]
      let head = "    <testcase\(attributes(named))"
      let parts = [outcome(entry, grading.problem, feedback), printed(entry)].compactMap { $0 }
      if parts.isEmpty {
        lines.append(head + "/>")
      } else {
        lines += [head + ">"] + parts.map { "      " + $0 } + ["    </testcase>"]
      }
    }
    if let remarks = remarks(grading) { lines.append("    <system-err>\(escaped(remarks))</system-err>") }
    lines.append("  </testsuite>")
    return lines
  }

  /// Stands for the tests of a grading that has none.
  private static let nothingRan = Grading.Entry(
    name: "grading", title: "grading", group: "", points: 0, expects: "")

  /// The time of tests, to the millisecond.
  private static func seconds(_ tests: [Grading.Entry]) -> String {
    let instructions = tests.reduce(UInt64(0)) { $0 &+ ($1.outcome?.instructions ?? 0) }
    let milliseconds = instructions / 100_000
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }

  private static func printed(_ entry: Grading.Entry) -> String? {
    guard let printed = entry.outcome?.printed, !printed.isEmpty else { return nil }
    return "<system-out>\(escaped(printed))</system-out>"
  }

  /// What the source was warned of, and why the solution is not graded.
  private static func remarks(_ grading: Grading) -> String? {
    let remarks = grading.warnings.map(\.description) + (grading.problem.map { ["not graded: \($0)"] } ?? [])
    return remarks.isEmpty ? nil : remarks.joined(separator: "\n")
  }

  /// The element that says why a test has not passed; nil if it has passed.
  private static func outcome(_ entry: Grading.Entry, _ problem: String?, _ feedback: Feedback)
    -> String?
  {
    guard let outcome = entry.outcome else {
      if let problem {
        let first = String(problem.prefix { !$0.isNewline })
        return "<error\(attributes([("type", "not graded"), ("message", "not graded: \(first)")]))/>"
      }
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
      ("skipped", "\(all - lost - passed - errors)"), ("time", seconds(gradings.flatMap(\.tests))),
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
