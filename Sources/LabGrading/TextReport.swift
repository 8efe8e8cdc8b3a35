/// Writes a grading as text, in the words of the official grader; one line a test, and one more for a lost one. But for
/// the style's own colours, nothing in a line commands a terminal.
public struct TextReport {
  private let lab: Lab
  private let tests: [Lab.Test]
  private let style: Style
  private var written = 0
  private var earned = 0

  /// How a word is set off on a terminal; plain text elsewhere.
  public struct Style: Sendable {
    let good, bad, faint, end: String

    public static let plain = Style(good: "", bad: "", faint: "", end: "")
    public static let coloured = Style(
      good: "\u{1B}[32m", bad: "\u{1B}[31m", faint: "\u{1B}[2m", end: "\u{1B}[0m")
  }

  /// A report on `tests` of `lab`.
  public init(lab: Lab, tests: [Lab.Test], style: Style = .plain) {
    self.lab = lab
    self.tests = tests
    self.style = style
  }

  /// The lines for the next result; results come in the order of `tests`.
  public mutating func lines(for result: TestResult) -> [String] {
    var lines: [String] = []
    if let group = lab.groups.first(where: { $0.tests.contains(result.test) }),
      written == 0 || !group.tests.contains(tests[written - 1])
    {
      lines.append("== Test \(VisibleText.of(group.title)) ==")
    }
    written += 1
    earned += result.earned
    let word = result.passed ? style.good + "OK" + style.end : style.bad + "FAIL" + style.end
    let points = result.test.points == 0 ? "no points" : "\(result.earned)/\(result.test.points)"
    let cost = result.instructions.map { ", \(grouped($0)) instructions" } ?? ""
    lines.append(
      "  \(VisibleText.of(result.test.title)): \(word)\(style.faint) (\(points)\(cost))\(style.end)")
    if let explanation = result.explanation {
      lines.append("    \(result.verdict.word): \(VisibleText.of(explanation))")
    }
    return lines
  }

  /// What stands above a report where there are several.
  public static func heading(_ solution: String) -> String { "Solution: \(solution)" }

  /// The closing line.
  public var score: String {
    "Score: \(earned)/\(tests.reduce(0) { $0 + $1.points })"
  }
}
