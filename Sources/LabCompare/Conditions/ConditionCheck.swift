extension Condition {
  /// The names of the workloads for which the condition holds, or nil if it holds for none. If the condition
  /// names all its workloads itself, the result is an empty list if it holds, and nil if it does not.
  ///
  /// A division by zero is an error: a build server must not mistake it for a condition that does not hold.
  package func holds(for comparisons: [Comparison]) throws(ConditionError) -> [String]? {
    guard root.needsWorkload else { return try root.truth(nil, comparisons) ? [] : nil }
    var names: [String] = []
    for comparison in comparisons where try root.truth(comparison, comparisons) {
      names.append(comparison.workload.name)
    }
    return names.isEmpty ? nil : names
  }
}

extension Condition.Node {
  /// Whether a figure in it has no workload.
  fileprivate var needsWorkload: Bool {
    switch self {
    case .number: false
    case .figure(let reference): reference.workload == nil
    case .negative(let node), .not(let node): node.needsWorkload
    case .arithmetic(let a, _, let b, _), .comparison(let a, _, let b), .and(let a, let b), .or(let a, let b):
      a.needsWorkload || b.needsWorkload
    }
  }

  fileprivate func truth(_ current: Comparison?, _ all: [Comparison]) throws(ConditionError) -> Bool {
    switch self {
    case .comparison(let a, let order, let b):
      order.holds(try a.number(current, all), try b.number(current, all))
    case .not(let node): try !node.truth(current, all)
    case .and(let a, let b):
      if try a.truth(current, all) { try b.truth(current, all) } else { false }
    case .or(let a, let b):
      if try a.truth(current, all) { true } else { try b.truth(current, all) }
    case .number, .figure, .negative, .arithmetic: false  // the parser accepts none of these here
    }
  }

  private func number(_ current: Comparison?, _ all: [Comparison]) throws(ConditionError) -> Double {
    switch self {
    case .number(let value): return value
    case .figure(let reference):
      let named = reference.workload.flatMap { name in all.first { $0.workload.name == name } }
      guard let comparison = named ?? current else { return 0 }
      return reference.figure.value(
        of: reference.isSecond ? comparison.b.figures : comparison.a.figures)
    case .negative(let node): return -(try node.number(current, all))
    case .arithmetic(let a, let sign, let b, let column):
      let left = try a.number(current, all)
      let right = try b.number(current, all)
      switch sign {
      case .plus: return left + right
      case .minus: return left - right
      case .times: return left * right
      case .over:
        if right == 0 {
          let place = current.map { " (workload \($0.workload.name))" } ?? ""
          throw ConditionError(column: column, reason: "division by zero\(place)")
        }
        return left / right
      }
    case .comparison, .not, .and, .or: return 0  // the parser accepts none of these here
    }
  }
}
