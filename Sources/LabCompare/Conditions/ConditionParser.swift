import LabMeter

/// Reads a condition's tokens by the grammar in `Condition`, with one function for each rule.
struct ConditionParser {
  let tokens: [ConditionToken]
  let sides: Sides
  let workloads: [String]
  private var at = 0
  private var depth = 0

  /// How deep parentheses, signs and `not` may nest.
  private static let deepest = 64

  init(tokens: [ConditionToken], sides: Sides, workloads: [String]) {
    self.tokens = tokens
    self.sides = sides
    self.workloads = workloads
  }

  private var token: ConditionToken { tokens[at] }

  /// The whole condition, up to the end of its text.
  mutating func condition() throws(ConditionError) -> Condition.Node {
    let node = try or()
    try mustBeTruth(node)
    guard token.kind == .end else { throw unexpected("the end, \"and\" or \"or\"") }
    return node
  }

  private mutating func or() throws(ConditionError) -> Condition.Node {
    var node = try and()
    while token.kind == .name("or") {
      try mustBeTruth(node)
      at += 1
      let right = try and()
      try mustBeTruth(right)
      node = .or(node, right)
    }
    return node
  }

  private mutating func and() throws(ConditionError) -> Condition.Node {
    var node = try not()
    while token.kind == .name("and") {
      try mustBeTruth(node)
      at += 1
      let right = try not()
      try mustBeTruth(right)
      node = .and(node, right)
    }
    return node
  }

  private mutating func not() throws(ConditionError) -> Condition.Node {
    guard take(.name("not")) else { return try comparison() }
    try deeper()
    defer { depth -= 1 }
    let node = try not()
    try mustBeTruth(node)
    return .not(node)
  }

  private mutating func comparison() throws(ConditionError) -> Condition.Node {
    let left = try sum()
    guard case .sign(let sign) = token.kind, let order = Condition.Order(rawValue: sign) else { return left }
    try mustBeNumber(left)
    at += 1
    let right = try sum()
    try mustBeNumber(right)
    if case .sign(let sign) = token.kind, Condition.Order(rawValue: sign) != nil {
      throw ConditionError(column: token.column, reason: "comparisons do not chain: join them by \"and\"")
    }
    return .comparison(left, order, right)
  }

  private mutating func sum() throws(ConditionError) -> Condition.Node {
    var node = try product()
    while case .sign(let sign) = token.kind, sign == "+" || sign == "-" {
      node = try arithmetic(node, sign == "+" ? .plus : .minus) { (parser) throws(ConditionError) in
        try parser.product()
      }
    }
    return node
  }

  private mutating func product() throws(ConditionError) -> Condition.Node {
    var node = try factor()
    while case .sign(let sign) = token.kind, sign == "*" || sign == "/" {
      node = try arithmetic(node, sign == "*" ? .times : .over) { (parser) throws(ConditionError) in
        try parser.factor()
      }
    }
    return node
  }

  private mutating func arithmetic(
    _ left: Condition.Node, _ sign: Condition.Arithmetic,
    _ rest: (inout ConditionParser) throws(ConditionError) -> Condition.Node
  ) throws(ConditionError) -> Condition.Node {
    let column = token.column
    try mustBeNumber(left)
    at += 1
    let right = try rest(&self)
    try mustBeNumber(right)
    return .arithmetic(left, sign, right, column: column)
  }

  private mutating func factor() throws(ConditionError) -> Condition.Node {
    if case .number(let value) = token.kind {
      at += 1
      return .number(value)
    }
    if take(.sign("-")) {
      try deeper()
      defer { depth -= 1 }
      let node = try factor()
      try mustBeNumber(node)
      return .negative(node)
    }
    if take(.sign("(")) {
      try deeper()
      defer { depth -= 1 }
      let node = try or()
      guard take(.sign(")")) else { throw unexpected("\")\"") }
      return node
    }
    return .figure(try reference())
  }

  private mutating func reference() throws(ConditionError) -> Condition.Reference {
    var name = try name("a number, a figure or \"(\"")
    var workload: String?
    if take(.sign(":")) {
      guard workloads.contains(name.text) else {
        throw ConditionError(
          column: name.column, reason: "\"\(name.text)\" is none of the workloads that are compared")
      }
      workload = name.text
      name = try self.name("a side")
    }
    guard let isSecond = sides.isSecond(name.text) else {
      let known = "A, B, \(sides.a.label) or \(sides.b.label)"
      throw ConditionError(column: name.column, reason: "\"\(name.text)\" is no side: that is \(known)")
    }
    guard take(.sign(".")) else { throw unexpected("\".\" and a figure") }
    let word = try self.name("a figure")
    guard let figure = Figure(rawValue: word.text) else {
      let known = Figure.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConditionError(column: word.column, reason: "\"\(word.text)\" is no figure: that is \(known)")
    }
    return Condition.Reference(workload: workload, isSecond: isSecond, figure: figure)
  }

  private mutating func name(_ wanted: String) throws(ConditionError) -> (text: String, column: Int) {
    guard case .name(let text) = token.kind else { throw unexpected(wanted) }
    defer { at += 1 }
    return (text, token.column)
  }

  /// If the next token is this one, skips it and returns true.
  private mutating func take(_ kind: ConditionToken.Kind) -> Bool {
    guard token.kind == kind else { return false }
    at += 1
    return true
  }

  private func unexpected(_ wanted: String) -> ConditionError {
    ConditionError(column: token.column, reason: "expected \(wanted), found \(token.shown)")
  }

  private mutating func deeper() throws(ConditionError) {
    depth += 1
    guard depth <= Self.deepest else {
      throw ConditionError(column: token.column, reason: "nested deeper than \(Self.deepest)")
    }
  }

  /// Throws if `node`, which has just been read, is not true or false.
  private func mustBeTruth(_ node: Condition.Node) throws(ConditionError) {
    guard node.isTruth else {
      throw ConditionError(
        column: token.column, reason: "a comparison is missing: what stands before is a number")
    }
  }

  /// Throws if `node`, which has just been read, is not a number.
  private func mustBeNumber(_ node: Condition.Node) throws(ConditionError) {
    guard !node.isTruth else {
      throw ConditionError(column: token.column, reason: "a number is wanted before this, not a comparison")
    }
  }
}
