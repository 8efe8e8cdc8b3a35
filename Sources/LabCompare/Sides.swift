import HostSupport
import LabMeter

/// What is compared: two sides, each with the names that mean it.
package struct Sides: Sendable, Equatable {
  package struct Side: Sendable, Equatable {
    /// What tables call it. Safe to show.
    package var label: String
    /// The solution's name.
    package var solution: String
  }

  package let a: Side
  package let b: Side

  /// What eager and lazy mean, where no file of that name is meant: what the lab hands out, and what it
  /// wants.
  private static let aliases = ["eager": "starter", "lazy": "reference"]

  /// The sides that `operands` name: eager against lazy, where there is none; eager against the one that
  /// there is.
  package init(_ operands: [String]) {
    let names = operands.isEmpty ? ["eager", "lazy"] : operands.count == 1 ? ["eager"] + operands : operands
    // The last part of a path, where that tells them apart; else all of it.
    let labels = [names.map(Self.lastPart), names, ["A", "B"]].first { $0[0] != $0[1] } ?? names
    let sides = zip(names, labels).map { name, label in
      Side(label: VisibleText.of(label), solution: Self.aliases[name] ?? name)
    }
    (a, b) = (sides[0], sides[1])
  }

  private static func lastPart(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Which side a name of an expression means, false for the first; nil where it means neither, or both.
  func isSecond(_ name: String) -> Bool? {
    if name == "A" { return false }
    if name == "B" { return true }
    let solution = Self.aliases[name] ?? name
    let first = a.label == name || a.solution == solution
    let second = b.label == name || b.solution == solution
    return first == second ? nil : second
  }
}

/// What one workload did on both sides.
package struct Comparison: Sendable, Equatable {
  package var workload: Workload
  package var a: Measured
  package var b: Measured

  /// The second side's figure over the first's; nil where the first is zero and the second is not.
  func ratio(_ figure: Figure) -> Double? {
    let first = figure.value(of: a.figures)
    let second = figure.value(of: b.figures)
    if first == second { return 1 }
    return first == 0 ? nil : second / first
  }
}
