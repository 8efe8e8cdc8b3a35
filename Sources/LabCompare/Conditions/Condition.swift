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
/// A name that is not letters, digits and underscores alone stands between double quotes. The whole is a
/// comparison, or several; a figure without a workload means each workload in turn.
package struct Condition: Sendable, Equatable {
  indirect enum Node: Sendable, Equatable {
    case number(Double)
    case figure(Reference)
    case negative(Node)
    /// `column` is the sign's, for a division by zero.
    case arithmetic(Node, Arithmetic, Node, column: Int)
    case comparison(Node, Order, Node)
    case not(Node)
    case and(Node, Node)
    case or(Node, Node)

    /// Whether it is true or false, rather than a number.
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
    /// Nil for the workload in question.
    var workload: String?
    var isSecond: Bool
    var figure: Figure
  }

  package let text: String
  let root: Node

  /// Reads `text`; `sides` and `workloads` are what its names may mean.
  package init(_ text: String, sides: Sides, workloads: [String]) throws(ConditionError) {
    self.text = text
    var parser = ConditionParser(
      tokens: try ConditionToken.all(in: text), sides: sides, workloads: workloads)
    root = try parser.condition()
  }
}
