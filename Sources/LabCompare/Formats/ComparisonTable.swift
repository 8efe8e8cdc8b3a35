import HostSupport
import LabMeter

/// A comparison in formats for programs.
package enum ComparisonTable {
  /// Comma-separated values (RFC 4180, but lines end with a newline only): a head, and one row for each
  /// workload and side. There are no ratios; the reader can compute them.
  package static func csv(_ comparisons: [Comparison], _ sides: Sides) -> String {
    let head = ["workload", "side", "solution", "outcome", "detail"] + Figure.allCases.map(\.rawValue)
    let rows = comparisons.flatMap { comparison in
      [(sides.a, comparison.a), (sides.b, comparison.b)].map { side, measurement in
        [
          comparison.workload.name, side.label, side.solution, measurement.outcome.kind.rawValue,
          measurement.outcome.detail,
        ] + Figure.allCases.map { plain($0.value(of: measurement.figures)) }
      }
    }
    return ([head] + rows).map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// A number for machines: whole, or with three digits after the point.
  private static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : Decimal1.fixed(value, 3)
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  private struct Document: Encodable {
    var format = 1
    var lab: String
    var sides: [Side]
    var workloads: [Entry]
  }

  private struct Side: Encodable {
    var label: String
    var solution: String
  }

  private struct Entry: Encodable {
    var name: String
    var run: [String]
    var title: String
    var words: String
    /// The results, in the order of `sides`.
    var results: [Result]
    /// The second side's figure divided by the first's. Without a figure that is zero on the first side and
    /// not on the second.
    var ratios: [String: Double]
  }

  private struct Result: Encodable {
    var outcome: String
    var detail: String
    var figures: [String: Double]
  }

  /// JSON. `format` is raised if a field changes its meaning or is removed. New fields may be added without
  /// that.
  package static func json(_ comparisons: [Comparison], _ sides: Sides, lab: String) -> String {
    let entries = comparisons.map { comparison in
      Entry(
        name: comparison.workload.name, run: comparison.workload.run, title: comparison.workload.title,
        words: comparison.words(sides),
        results: [comparison.a, comparison.b].map { measurement in
          Result(
            outcome: measurement.outcome.kind.rawValue, detail: measurement.outcome.detail,
            figures: byName { $0.value(of: measurement.figures) })
        },
        ratios: byName { comparison.ratio($0) })
    }
    return JSONText.of(
      Document(
        lab: lab, sides: [sides.a, sides.b].map { Side(label: $0.label, solution: $0.solution) },
        workloads: entries)) + "\n"
  }

  private static func byName(_ value: (Figure) -> Double?) -> [String: Double] {
    Dictionary(
      uniqueKeysWithValues: Figure.allCases.compactMap { figure in value(figure).map { (figure.rawValue, $0) }
      })
  }
}
