import HostSupport
import LabModel

/// Writes a grading as text, in the words of the official grader: one line for each test, and below a lost
/// test what went wrong. Apart from the style's own colours, no line contains a command for a terminal.
package struct TextReport {
  /// The width of a terminal of 80 columns, minus the indentation.
  private static let width = 80 - indent.count
  private static let indent = "    "

  private let style: Style
  private let feedback: Feedback
  private var group: String?
  private var told = LostTestText.Told()
  /// The last test that was lost.
  private var lastLost: Grading.Entry?

  /// How a word stands out on a terminal. Elsewhere it is plain text.
  package struct Style: Sendable {
    package let good, bad, faint, end: String

    package static let plain = Style(good: "", bad: "", faint: "", end: "")
    package static let coloured = Style(
      good: "\u{1B}[32m", bad: "\u{1B}[31m", faint: "\u{1B}[2m", end: "\u{1B}[0m")
  }

  package init(style: Style = .plain, feedback: Feedback = .student) {
    self.style = style
    self.feedback = feedback
  }

  /// The lines for the next test; no lines if the test has not run.
  package mutating func lines(for entry: Grading.Entry) -> [String] {
    guard let outcome = entry.outcome else { return [] }
    var lines: [String] = []
    if entry.group != group { lines.append("== Test \(VisibleText.of(entry.group)) ==") }
    group = entry.group
    if entry.isSkipped {
      let why = Self.indent + VisibleText.of(outcome.message)
      return lines + ["  \(VisibleText.of(entry.title)): SKIP\(style.faint) (no points)\(style.end)", why]
    }
    let word =
      entry.isInformation
      ? outcome.passed ? "yes" : "no"
      : outcome.passed ? style.good + "OK" + style.end : style.bad + "FAIL" + style.end
    let points = entry.points == 0 ? "no points" : "\(entry.earned)/\(entry.points)"
    let cost = outcome.instructions.map { ", \(grouped($0)) instructions" } ?? ""
    lines.append("  \(VisibleText.of(entry.title)): \(word)\(style.faint) (\(points)\(cost))\(style.end)")
    if entry.isInformation {
      lines.append(Self.indent + VisibleText.of(entry.expects))
      return lines
    }
    lines += explanation(of: entry, outcome)
    lines += printed(outcome)
    return lines
  }

  /// The lines below a lost test. If the machine did not even come to the test, that is told only once.
  private mutating func explanation(of entry: Grading.Entry, _ outcome: Grading.Outcome) -> [String] {
    guard !outcome.passed else { return [] }
    if let lastLost, outcome.instructions == 0, entry.isLost(like: lastLost) {
      return [Self.indent + "\(outcome.verdict) as above"]
    }
    lastLost = entry
    var lines: [String] = []
    if let explanation = outcome.explanation {
      lines.append(Self.indent + VisibleText.of("\(outcome.verdict): \(explanation)"))
    }
    lines += LostTestText.rows(entry, feedback, told: told).flatMap {
      $0.lines(width: Self.width, style: style)
    }
    .map { Self.indent + $0 }
    told.add(entry)
    if feedback == .full, !outcome.console.isEmpty { lines += quoted(outcome.console) }
    return lines
  }

  /// How many lines are shown of what a solution printed, unless all was asked for.
  private static let printedLines = 20

  /// What the solution itself printed: its last lines.
  private func printed(_ outcome: Grading.Outcome) -> [String] {
    guard !outcome.printed.isEmpty else { return [] }
    let lines = quoted(outcome.printed)
    let shown = feedback == .full ? lines.count : min(lines.count, Self.printedLines)
    let left = lines.count - shown
    let note = left > 0 ? " (without its first \(left) lines)" : ""
    return [Self.indent + "the solution printed\(note):"] + lines.suffix(shown)
  }

  private func quoted(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map {
      VisibleText.of("\(Self.indent)| \($0)")
    }
  }

  /// The lines about what a solution's source was warned of.
  package static func warnings(_ grading: Grading) -> [String] { grading.warnings.map(\.description) }

  /// The lines that `--trace-hash` adds to a test.
  package static func trace(of result: TestResult) -> [String] {
    (result.trace ?? []).map { "    trace hash of \($0)" }
  }

  /// A line about a test that had another verdict in the first run; nil if the verdict is the same.
  package static func difference(of result: TestResult, from first: TestResult) -> String? {
    guard result.verdict != first.verdict else { return nil }
    return "  \(result.test.title): \(result.explanation ?? result.verdict.word)"
  }

  /// The line above a report, if there are several reports.
  package static func heading(_ solution: String) -> String { "Solution: \(solution)" }

  /// The closing lines: the reason if all tests were lost for the same one, the official score, and the
  /// score of the extra tests, each only if such tests were asked for.
  package static func score(_ grading: Grading) -> String {
    if let problem = grading.problem { return "Not graded: \(problem)" }
    return (sameLoss(grading) ?? "") + points(grading)
  }

  /// A line that tells the one reason for all losses.
  private static func sameLoss(_ grading: Grading) -> String? {
    guard let loss = grading.onlyLoss, let outcome = loss.outcome else { return nil }
    return "Every test was lost in the same way: \(outcome.verdict): \(outcome.message)\n"
  }

  private static func points(_ grading: Grading) -> String {
    let official = "Score: \(grading.earned)/\(grading.points)"
    if grading.extra.isEmpty { return official }
    let extra = "Extra: \(grading.extraEarned)/\(grading.extraPoints)"
    return grading.official.isEmpty ? extra : official + "\n" + extra
  }
}
