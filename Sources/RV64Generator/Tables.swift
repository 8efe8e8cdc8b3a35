/// Writes RV64's `Instructions/Operation.swift`, `Instructions/InstructionList.swift`,
/// `Instructions/Meaning.swift` and `Fusion/FusionList.swift`.
enum Tables {
  // MARK: Operation

  static var operation: String {
    var lines = comment(
      "What an instruction does: one case for each meaning, whatever its encoding (`c.addi` and `addi` are "
        + "one operation). `InstructionTable` says how each is encoded, `Operation.effect` and "
        + "`Operation.value` what it does.", mark: "///", indent: "")
    lines.append("package enum Operation: UInt8, Sendable, CaseIterable {")
    for group in InstructionSet.groups {
      lines += comment(group.title, mark: "//") + cases(group.instructions.map(\.operation))
    }
    lines += [
      "", "  /// An encoding that means nothing here; the record's immediate holds its bits.",
      "  case illegal", "",
      "  // The following are no instructions: they stand in blocks only.", "",
    ]
    let branches = branches.map(Execution.linked)
    for operation in [.endOfBlock] + BlockOperation.forewords {
      lines += comment(operation.comment, mark: "///") + cases(operation.names)
    }
    lines += comment(
      "Branches whose target block, in the same page, has been found: the immediate is its address.",
      mark: "///")
    lines += cases(branches)
    let others = BlockOperation.inlineSystem + BlockOperation.runs.reversed()
    for operation in [.linkedEnd, .followedJump] + others {
      lines += comment(operation.comment, mark: "///") + cases(operation.names)
    }
    lines += comment(
      "Several instructions at once, all but the first of which follow in the block: `Fusion`. The name is "
        + "the names of the instructions.", mark: "///")
    for group in FusedSequence.groups { lines += cases(group.fusions.map(\.operation)) }
    lines += ["}", "", "extension Operation {"]
    lines += [
      "  /// What this becomes when its target, in the same page, has been found; nil if it leads nowhere by",
      "  /// itself.",
      "  var linked: Operation? {", "    switch self {",
    ]
    for branch in self.branches {
      lines.append("    case .\(branch.operation): .\(Execution.linked(branch))")
    }
    lines += ["    case .endOfBlock: .linkedEnd", "    default: nil", "    }", "  }", ""]
    lines += [
      "  /// Whether it is a branch whose target has been found.", "  @inline(__always) var isLinked: Bool {",
      "    rawValue >= Operation.\(branches.first ?? "").rawValue",
      "      && rawValue <= Operation.\(branches.last ?? "").rawValue", "  }", "}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static var branches: [Instruction] {
    InstructionSet.all.filter { if case .branch = $0.effect { true } else { false } }
  }

  private static func comment(_ text: String, mark: String, indent: String = "  ") -> [String] {
    let words = text.split(separator: " ").map(String.init)
    return wrapped(words, separator: " ", first: "\(indent)\(mark) ", rest: "\(indent)\(mark) ")
  }

  private static func cases(_ names: [String]) -> [String] {
    wrapped(names, separator: ", ", first: "  case ", rest: "    ")
  }

  // MARK: InstructionList

  static var list: String {
    var lines = ["extension InstructionTable {", "  package static let all: [Instruction] = ["]
    for group in InstructionSet.groups {
      lines.append("    // \(group.title)")
      for row in group.instructions {
        let encoding = "\(hexadecimal(row.match)), .\(row.format.rawValue)"
        lines.append("    Instruction(\"\(row.mnemonic)\", \(encoding), .\(row.operation)),")
      }
    }
    lines += ["  ]", "}"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: 8 - digits.count) + digits
    return "0x\(padded.prefix(4))_\(padded.suffix(4))"
  }

  // MARK: Meaning

  static var meaning: String {
    let values = InstructionSet.all.compactMap { row -> (Instruction, String)? in
      switch row.effect {
      case .value(let expression, _), .atomic(_, let expression, _): (row, expression)
      default: nil
      }
    }
    var lines = ["extension Operation {"]
    lines += comment(
      "What an instruction computes. `a` is what rs1 holds; `b` is what rs2 holds, or the constant, or for "
        + "`auipc` the constant plus the address of the instruction. For an AMO, `a` is what memory held, "
        + "`b` is what rs2 holds, and the value goes to memory. Zero for other operations.", mark: "///")
    lines.append("  @inline(__always) package func value(_ a: UInt64, _ b: UInt64) -> UInt64 {")
    lines += bySwitch(values.map { ($0.0.operation, $0.1) }, otherwise: "0") + [""]
    lines += [
      "  /// What the instruction does, besides going on with the next one. Nil for what is no instruction.",
      "  package var effect: Effect? {",
    ]
    lines += bySwitch(InstructionSet.all.map { ($0.operation, effect($0.effect)) }, otherwise: "nil") + [""]
    lines += comment(
      "The sum of rs1 and the constant that the instruction computes; nil if it computes something else. "
        + "It is for those who follow registers without their values.", mark: "///")
    lines.append("  var sum: Sum? {")
    let sums = values.compactMap { row, expression -> (String, String)? in
      guard case .value = row.effect, row.format == .i else { return nil }
      switch expression {
      case "a &+ b": return (row.operation, ".doubleword")
      case "word(a &+ b)": return (row.operation, ".word")
      default: return nil
      }
    }
    lines += bySwitch(sums, otherwise: "nil") + [""]
    lines += flag(
      "isRelativeToPC", "Whether the constant is an offset from the instruction's own address.",
      InstructionSet.all.filter(\.isRelativeToPC))
    lines += [""]
    lines += flag(
      "commutes", "Whether rs1 and rs2 may be exchanged.", InstructionSet.all.filter(\.commutes))
    lines += ["}", "", "extension BranchCondition {"]
    lines += [
      "  /// Whether it holds between `a` and `b`.",
      "  @inline(__always) package func holds(_ a: UInt64, _ b: UInt64) -> Bool {", "    switch self {",
    ]
    for comparison in BranchCondition.allCases {
      lines.append("    case .\(comparison.rawValue): \(comparison.expression)")
    }
    lines += ["    }", "  }", "}"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func effect(_ effect: Effect) -> String {
    func access(_ type: MemoryType) -> String {
      "MemoryAccess(size: \(type.size), isSigned: \(type.isSigned))"
    }
    return switch effect {
    case .value: ".value"
    case .jump: ".jump"
    case .jumpToRegister: ".jumpToRegister"
    case .branch(let comparison): ".branch(.\(comparison.rawValue))"
    case .load(let type): ".load(\(access(type)))"
    case .store(let type): ".store(\(access(type)))"
    case .loadReserved(let type): ".loadReserved(\(access(type)))"
    case .storeConditional(let type): ".storeConditional(\(access(type)))"
    case .atomic(let type, _, _): ".atomic(\(access(type)))"
    case .fence: ".fence"
    case .csr: ".csr"
    case .system: ".system"
    }
  }

  private static func flag(_ name: String, _ comment: String, _ rows: [Instruction]) -> [String] {
    ["  /// \(comment)", "  var \(name): Bool {"]
      + bySwitch(rows.map { ($0.operation, "true") }, otherwise: "false")
  }

  /// The rest of a function that is a switch over operations. Operations with the same result share a case.
  private static func bySwitch(_ rows: [(operation: String, result: String)], otherwise: String) -> [String] {
    var (results, operations): ([String], [String: [String]]) = ([], [:])
    for row in rows {
      if operations[row.result] == nil { results.append(row.result) }
      operations[row.result, default: []].append("." + row.operation)
    }
    var lines = ["    switch self {"]
    for result in results {
      let labels = wrapped(operations[result] ?? [], separator: ", ", first: "    case ", rest: "      ")
      let last = (labels.last ?? "") + ":"
      let fits = last.count + result.count < 100
      lines += labels.dropLast() + (fits ? [last + " " + result] : [last, "      " + result])
    }
    return lines + ["    default: \(otherwise)", "    }", "  }"]
  }

  // MARK: FusionList

  static var fusions: String {
    var lines = ["extension Fusion {", "  static let all: [Fusion] = ["]
    for group in FusedSequence.groups {
      lines.append("    // \(group.title)")
      for fusion in group.fusions {
        let parts = fusion.parts.map { "." + $0 }.joined(separator: ", ")
        let chained = fusion.chained.map(String.init).joined(separator: ", ")
        let line = "    Fusion(.\(fusion.operation), [\(parts)], chained: [\(chained)]),"
        let parted = [
          "    Fusion(", "      .\(fusion.operation), [\(parts)],", "      chained: [\(chained)]),",
        ]
        lines += line.count <= 110 ? [line] : parted
      }
    }
    lines += ["  ]", "}"]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Lines

  /// `words` in lines of at most 100 columns.
  private static func wrapped(_ words: [String], separator: String, first: String, rest: String) -> [String] {
    var lines: [String] = []
    var line = first
    for (n, word) in words.enumerated() {
      let isLast = n == words.count - 1
      let piece = word + (isLast ? "" : separator)
      if line.count + piece.count > 100, line != first, line != rest {
        lines.append(String(line.trimmingSuffix { $0 == " " }))
        line = rest
      }
      line += piece
    }
    return lines + [String(line.trimmingSuffix { $0 == " " })]
  }
}

extension String {
  fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return rest
  }
}
