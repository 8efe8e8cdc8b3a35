import LabGrading

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
    let sides = names.map { Side(label: VisibleText.of($0), solution: Self.aliases[$0] ?? $0) }
    if sides[0].label == sides[1].label {
      a = Side(label: "A", solution: sides[0].solution)
      b = Side(label: "B", solution: sides[1].solution)
    } else {
      a = sides[0]
      b = sides[1]
    }
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
