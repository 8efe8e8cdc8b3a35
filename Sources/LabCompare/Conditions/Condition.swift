import LabMeter

/// A condition on figures, as `--fail-if` takes it.
///
///     condition  = and { "or" and }
///     and        = not { "and" not }
///     not        = "not" not | comparison
///     comparison = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
///     sum        = product { ("+" | "-") product }
///     product    = factor { ("*" | "/") factor }
///     factor     = NUMBER | figure | "-" factor | "(" condition ")"
///     figure     = [ WORKLOAD ":" ] SIDE "." FIGURE
///
/// A name with other characters than letters, digits and underscores must be in double quotes. The whole
/// condition must be true or false, not a number. A figure without a workload means each workload in turn.
package struct Condition: Sendable, Equatable {
  indirect enum Node: Sendable, Equatable {
    case number(Double)
    case figure(Reference)
    case negative(Node)
    /// `column` is the column of the sign. It is needed if a division by zero must be reported.
    case arithmetic(Node, Arithmetic, Node, column: Int)
    case comparison(Node, Order, Node)
    case not(Node)
    case and(Node, Node)
    case or(Node, Node)

    /// Whether the value is true or false, and not a number.
    var isTruth: Bool {
      switch self {
      case .number, .figure, .negative, .arithmetic: false
      case .comparison, .not, .and, .or: true
      }
    }
  }

  enum Arithmetic: String, Sendable { case plus = "+", minus = "-", times = "*", over = "/" }

  enum Order: String, Sendable {
    case less = "<", atMost = "<=", more = ">", atLeast = ">=", equal = "==", unequal = "!="

    func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .less: a < b
      case .atMost: a <= b
      case .more: a > b
      case .atLeast: a >= b
      case .equal: a == b
      case .unequal: a != b
      }
    }
  }

  /// A figure of one side.
  struct Reference: Sendable, Equatable {
    /// Nil for the workload that is being checked.
    var workload: String?
    var isSecond: Bool
    var figure: Figure
  }

  package let text: String
  let root: Node

  /// Reads `text`. Its names must be names of `sides` and `workloads`.
  package init(_ text: String, sides: Sides, workloads: [String]) throws(ConditionError) {
    self.text = text
    var parser = ConditionParser(
      tokens: try ConditionToken.all(in: text), sides: sides, workloads: workloads)
    root = try parser.condition()
  }
}
