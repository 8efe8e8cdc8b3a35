import HostSupport
import LabMeter

/// A comparison as lines of text. Apart from the chart's colours, nothing in a line commands a terminal.
package struct ComparisonText: Sendable {
  let sides: Sides
  let chart: StripChart

  package init(sides: Sides, chart: StripChart) {
    self.sides = sides
    self.chart = chart
  }

  /// The text of one workload: its title, its figures, what they show, and the chart.
  package func lines(_ comparison: Comparison) -> [String] {
    let workload = comparison.workload
    let heading = VisibleText.of(
      "\(workload.name): \(workload.title) (\(workload.run.joined(separator: " ")))")
    let drawn = chart.lines(comparison, sides)
    let total = grouped(max(comparison.a.residency.end, comparison.b.residency.end))
    let peak = grouped(UInt64(max(comparison.a.residency.peak, comparison.b.residency.peak)))
    let legend = "  resident pages (top: \(peak)) over user instructions (right: \(total))"
    return [heading] + Self.aligned(rows(comparison)).map { VisibleText.of($0) }
      + (details(comparison) + [comparison.words(sides)]).flatMap(wrapped)
      + (drawn.isEmpty ? [] : drawn + [legend])
  }

  /// Two lines of head, and one line for each workload.
  package func overview(_ comparisons: [Comparison]) -> [String] {
    let (a, b) = (sides.a.label, sides.b.label)
    let head = [
      ["", "pages", "", "", "peak", "", "", "faults"],
      ["workload", a, b, "ratio", a, b, "ratio", b, "outcome"],
    ]
    let rows = comparisons.map { comparison -> [String] in
      let outcomes = [comparison.a, comparison.b].map(\.outcome.kind.rawValue)
      return [comparison.workload.name] + Self.pair(comparison, .handedOut)
        + Self.pair(comparison, .peakPages)
        + [
          Self.shown(.faults, comparison.b.figures),
          outcomes[0] == outcomes[1] ? outcomes[0] : outcomes.joined(separator: ", "),
        ]
    }
    return Self.aligned(head + rows, textAtEnd: true).map { VisibleText.of($0) }
  }

  /// The figures that are not zero on both sides.
  private func rows(_ comparison: Comparison) -> [[String]] {
    let shown = Figure.allCases.filter { figure in
      [comparison.a, comparison.b].contains { figure.value(of: $0.figures) != 0 }
    }
    return [["", sides.a.label, sides.b.label, "ratio"]]
      + shown.map { ["  " + $0.title] + Self.pair(comparison, $0) }
      + [["  outcome", comparison.a.outcome.kind.rawValue, comparison.b.outcome.kind.rawValue]]
  }

  private func details(_ comparison: Comparison) -> [String] {
    [(sides.a, comparison.a), (sides.b, comparison.b)].filter { !$1.outcome.detail.isEmpty }.map {
      VisibleText.of("\($0.label): \($1.outcome.kind.rawValue): \($1.outcome.detail)")
    }
  }

  /// A paragraph, broken into indented lines that fit.
  private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > max(chart.width, 40) - 2 {
        lines.append("  " + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + ["  " + line]
  }

  private static func pair(_ comparison: Comparison, _ figure: Figure) -> [String] {
    [
      shown(figure, comparison.a.figures), shown(figure, comparison.b.figures),
      ratio(comparison.ratio(figure)),
    ]
  }

  /// A figure as people read it.
  static func shown(_ figure: Figure, _ figures: Figures) -> String { Decimal1.of(figure.value(of: figures)) }

  /// A ratio with two digits after the point, or four if it is small. A dash if there is no ratio.
  static func ratio(_ ratio: Double?) -> String {
    ratio.map { Decimal1.fixed($0, $0 > 0 && $0 < 0.1 ? 4 : 2) } ?? "-"
  }

  /// Text in columns, two spaces apart: the first column is aligned to the left, the others to the right.
  private static func aligned(_ rows: [[String]], textAtEnd: Bool = false) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell -> String in
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        if index == 0 { return cell + padding }
        return textAtEnd && index == columns - 1 ? cell : padding + cell
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
