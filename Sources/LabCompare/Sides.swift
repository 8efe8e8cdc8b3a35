import HostSupport
import LabMeter

/// The two sides that are compared, each with the names that refer to it.
package struct Sides: Sendable, Equatable {
  package struct Side: Sendable, Equatable {
    /// The side's name in tables. It is safe to show.
    package var label: String
    /// The solution's name.
    package var solution: String
  }

  package let a: Side
  package let b: Side

  /// The solutions that the words eager and lazy mean, if there is no file of that name: the code that the
  /// lab hands out, and the solution that it asks for.
  private static let aliases = ["eager": "starter", "lazy": "reference"]

  /// The sides that `operands` name. Without operands, eager is compared with lazy. One operand is compared
  /// with eager.
  package init(_ operands: [String]) {
    let names = operands.isEmpty ? ["eager", "lazy"] : operands.count == 1 ? ["eager"] + operands : operands
    // The label is the last part of each path if these differ, else the whole path; if these are equal too, A
    // and B.
    let labels = [names.map(Self.lastPart), names, ["A", "B"]].first { $0[0] != $0[1] } ?? names
    let sides = zip(names, labels).map { name, label in
      Side(label: VisibleText.of(label), solution: Self.aliases[name] ?? name)
    }
    (a, b) = (sides[0], sides[1])
  }

  private static func lastPart(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Which side a name in an expression means: false for the first, true for the second, nil if it means
  /// neither or both.
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

  /// The second side's figure divided by the first's. Nil if the first is zero and the second is not.
  func ratio(_ figure: Figure) -> Double? {
    let first = figure.value(of: a.figures)
    let second = figure.value(of: b.figures)
    if first == second { return 1 }
    return first == 0 ? nil : second / first
  }
}
