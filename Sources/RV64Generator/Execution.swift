/// Writes the cases of the hot loop: the statements that carry out each operation.
///
/// The names in them are the hot loop's (`HotLoop`): `x` are the registers, `at` is the record of the
/// instruction, and `loads` are the cached translations.
enum Execution {
  /// What every case of the hot loop is made of: a label and statements.
  struct Case {
    var label: String
    var body: String

    init(_ label: String, _ body: String) { (self.label, self.body) = (label, body) }
  }

  // MARK: Instructions

  /// The cases of a group of instructions, with the forms that blocks have of some of them.
  static func cases(_ group: InstructionGroup) -> [Case] {
    var cases: [Case] = []
    for instruction in group.instructions {
      guard let body = body(instruction) else { continue }
      cases.append(Case("." + instruction.operation, body))
      if case .jump = instruction.effect { cases += self.cases(.followedJump) }
      if case .branch(let comparison) = instruction.effect {
        let condition = substitute(comparison.expression, a: "x[at.rs1]", b: "x[at.rs2]")
        cases.append(Case("." + linked(instruction), "if \(condition) { break follow }"))
      }
    }
    return cases + atomics(group)
  }

  static func cases(_ operation: BlockOperation) -> [Case] { operation.cases.map { Case($0.label, $0.body) } }

  static func linked(_ branch: Instruction) -> String { lowerCamelCase(["linked", branch.operation]) }

  /// The statements of an instruction with a case of its own; nil for those that share one.
  private static func body(_ instruction: Instruction) -> String? {
    switch instruction.effect {
    case .value(_, isInline: true): return "x[at.rd] = " + value(instruction.operation)
    case .value: return nil
    case .jump:
      return """
        x[at.rd] = at.next(page)
        pc = page &+ at.constant
        break run
        """
    case .jumpToRegister: return "break jump"
    case .branch(let comparison):
      return "if \(substitute(comparison.expression, a: "x[at.rs1]", b: "x[at.rs2]")) { break taken }"
    case .load(let type):
      return """
        guard let value = load(\(type.unsigned).self, x[at.rs1] &+ at.constant, loads) else {
          break trapped
        }
        x[at.rd] = \(type.isSigned ? "signExtended(\(type.rawValue).self, value)" : "value")
        """
    case .store(let type):
      return """
        let outcome = store(
          \(type.rawValue)(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
        if outcome != .done {
          if outcome == .trap { break trapped }
          pc = at.next(page)
          break run
        }
        """
    case .loadReserved(let type):
      return """
        guard let value = loadReserved(x[at.rs1], \(type.size)) else { break trapped }
        x[at.rd] = \(type.isSigned ? "word(value)" : "value")
        """
    case .storeConditional(let type):
      return """
        let (outcome, failed) = storeConditional(x[at.rs1], \(type.size), x[at.rs2])
        if outcome == .trap { break trapped }
        x[at.rd] = failed
        \(leaveIfStale)
        """
    case .atomic(let type, let expression, isInline: true):
      return """
        let va = x[at.rs1]
        let entry = loads.stores + CachedTranslation.index(va)
        if entry.pointee.tag == va & (~4095 | \(type.size - 1)) {
          let place = entry.pointee.host(va).assumingMemoryBound(to: \(type.rawValue).self)
          let old = UInt64(truncatingIfNeeded: place.pointee)
          let new = \(substitute(expression, a: "old", b: "x[at.rs2]"))
          place.pointee = \(type.rawValue)(truncatingIfNeeded: new)
          x[at.rd] = old
        } else {
          \(indented(atomic("." + instruction.operation, type), by: 2).dropFirst(2))
        }
        """
    case .atomic, .csr, .system: return nil
    case .fence:
      return """
        // One hart runs at a time, and memory is as it left it.
        break
        """
    }
  }

  /// The AMOs of a group that share a case, one case for each size.
  private static func atomics(_ group: InstructionGroup) -> [Case] {
    [MemoryType.i32, .u64].compactMap { size in
      let shared = group.instructions.filter {
        if case .atomic(size, _, isInline: false) = $0.effect { true } else { false }
      }
      return shared.isEmpty
        ? nil
        : Case(label(shared), atomic("operation", size))
    }
  }

  /// The label of a case for several instructions, at most seven a line.
  private static func label(_ instructions: [Instruction]) -> String {
    let names = instructions.map { "." + $0.operation }
    return stride(from: 0, to: names.count, by: 7).map { n in
      names[n..<min(n + 7, names.count)].joined(separator: ", ")
    }.joined(separator: ",\n  ")
  }

  private static func atomic(_ operation: String, _ type: MemoryType) -> String {
    """
    let (outcome, old) = atomic(\(operation), x[at.rs1], \(type.size), x[at.rs2])
    if outcome == .trap { break trapped }
    x[at.rd] = old
    \(leaveIfStale)
    """
  }

  /// Leaves the block if it may be stale.
  private static let leaveIfStale = """
    if outcome != .done {
      pc = at.next(page)
      break run
    }
    """

  /// Everything that leaves the hot loop to be carried out.
  static let system: Case = {
    let system = InstructionSet.all.filter {
      switch $0.effect {
      case .csr, .system: true
      default: false
      }
    }
    return Case(
      label(system) + ", .illegal",
      """
      self.pc = at.address(page)
      retired = limit &- left &+ at.before
      let result = system(at)
      guard result == .next else { return result }
      loads = self.loads
      jumps = self.jumps
      pc = self.pc
      left = limit &- retired
      continue nextBlock
      """)
  }()

  /// The values that are not computed inline: one case for all.
  static let called: Case = {
    let called = InstructionSet.all.filter {
      if case .value(_, isInline: false) = $0.effect { true } else { false }
    }
    if let other = called.first(where: { ![.r, .unary, .mopR, .mopRR].contains($0.format) }) {
      stop("\(other.mnemonic) has a constant, so it must be inline")
    }
    return Case(label(called), "x[at.rd] = calledValue(operation, x[at.rs1], x[at.rs2])")
  }()

  // MARK: Values

  /// The expression that an instruction computes from the record at `at`. `a` is what rs1 holds, if the
  /// register need not be read for it.
  static func value(_ operation: String, a: String = "x[at.rs1]") -> String {
    guard let instruction = InstructionSet.named(operation),
      case .value(let expression, _) = instruction.effect
    else { stop("\(operation) computes no value") }
    let constant = instruction.isRelativeToPC ? "page &+ at.constant" : "at.constant"
    return substitute(expression, a: a, b: instruction.format == .r ? "x[at.rs2]" : constant)
  }

  /// `expression` with other names for `a` and `b`.
  static func substitute(_ expression: String, a: String, b: String) -> String {
    expression.replacing(/\b[ab]\b/) { $0.output == "a" ? a : b }
  }

  // MARK: Fusions

  private static let ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]

  /// The case of a fusion: its parts, one behind the other.
  ///
  /// `at` becomes the last record that has been done, or that is a branch which is taken. If the cached
  /// translations have no answer for a part behind the first, that is the part before it. If they have none
  /// for the first, nothing has been done yet, and the first is done by itself.
  static func fusion(_ fusion: FusedSequence) -> Case {
    var lines: [String] = []
    for (n, part) in fusion.parts.enumerated() {
      let base = fusion.chained.contains(n) ? ordinals[n - 1] : nil
      let result = fusion.chained.contains(n + 1) ? ordinals[n] : nil
      lines += n == 0 ? first(part, result) : next(part, base, result, fusion)
    }
    return Case("." + fusion.operation, lines.joined(separator: "\n"))
  }

  /// `value` goes to rd, and has a name if the next part needs it.
  private static func setting(_ value: String, _ name: String?) -> [String] {
    guard let name else { return ["x[at.rd] = \(value)"] }
    return ["let \(name) = \(value)", "x[at.rd] = \(name)"]
  }

  private static func first(_ part: String, _ result: String?) -> [String] {
    let otherwise = ["else {", "  operation = .\(part)", "  continue run", "}"]
    if part == "statusRead" {
      return ["guard privilege != .user \(otherwise[0])"] + otherwise[1...]
        + ["let first = control.mstatus & Status.supervisorReadable", "x[at.rd] = first"]
    }
    switch InstructionSet.named(part)?.effect {
    case .value?: return setting(value(part), result)
    case .load(let type)?:
      let load = "Fusion.load(\(type.rawValue).self, x[at.rs1] &+ at.constant, loads)"
      return ["guard let \(result ?? "loaded") = \(load) \(otherwise[0])"] + otherwise[1...]
        + ["x[at.rd] = \(result ?? "loaded")"]
    case .store(let type)?:
      return ["guard", indented(store(type, "at", base: "x[at.rs1]"), by: 2)] + otherwise
    default: stop("no fusion begins with \(part)")
    }
  }

  private static func next(
    _ part: String, _ base: String?, _ result: String?, _ fusion: FusedSequence
  ) -> [String] {
    // The hot loop goes on with the record behind `at`.
    let otherwise = "else { break }"
    switch (part, InstructionSet.named(part)?.effect) {
    case (_, .value?):
      return ["at += 1"] + setting(value(part, a: base ?? "x[at.rs1]"), result)
    case (_, .branch(let comparison)?):
      let condition = substitute(comparison.expression, a: base ?? "x[at.rs1]", b: "x[at.rs2]")
      return ["at += 1", "if \(condition) { break taken }"]
    case (_, .load(let type)?):
      let address = "\(base ?? "x[(at + 1).rs1]") &+ (at + 1).constant"
      let name = result ?? "loaded"
      return [
        "guard", "  let \(name) = Fusion.load(\(type.rawValue).self, \(address), loads)", otherwise,
        "at += 1", "x[at.rd] = \(name)",
      ]
    case (_, .store(let type)?):
      let store = store(type, "(at + 1)", base: base ?? "x[(at + 1).rs1]")
      return ["guard", indented(store, by: 2), otherwise, "at += 1"]
    case (_, .jump?): return ["at += 1", "x[at.rd] = at.next(page)", "break taken"]
    case (_, .jumpToRegister?): return ["at += 1", "break jump"]
    case ("statusRead", _) where fusion.parts[0] == part:
      // Nothing has changed it since.
      return ["at += 1", "x[at.rd] = first"] + (result.map { ["let \($0) = first"] } ?? [])
    case ("statusWrite", _):
      let value = base ?? "x[(at + 1).rs1]"
      return [
        "guard writesStatusInline(\(value)) \(otherwise)", "writeStatusInline(\(value))", "at += 1",
      ]
    default: stop("no fusion has \(part)")
    }
  }

  private static func store(_ type: MemoryType, _ at: String, base: String) -> String {
    let value = "x[\(at).rs2]"
    let low = type == .u64 ? value : "\(type.rawValue)(truncatingIfNeeded: \(value))"
    return "Fusion.store(\n  \(low),\n  \(base) &+ \(at).constant, loads.stores)"
  }

  /// The cases of `ldRun` and `sdRun`.
  static let runs = [run(of: "ld", "loadRun", "loads"), run(of: "sd", "storeRun", "loads.stores")]

  private static func run(of part: String, _ function: String, _ cache: String) -> Case {
    Case(
      ".\(part)Run",
      """
      guard Fusion.\(function)(&at, x, \(cache)) else {
        operation = .\(part)
        continue run
      }
      """)
  }
}

/// `text` with `count` spaces before each line.
func indented(_ text: String, by count: Int) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    line.isEmpty ? "" : String(repeating: " ", count: count) + line
  }.joined(separator: "\n")
}
