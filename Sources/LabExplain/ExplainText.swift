import HostSupport
import Sv39MMU

/// Explanations as text, in lines that fit a terminal of 80 columns.
extension ProcessExplanation {
  /// Where the program has stopped, then each address, then the tree if it was asked for.
  package var text: String {
    var parts = [heading] + addresses.map(\.text)
    if showsTree { parts.append(tree.text) }
    return parts.joined(separator: "\n\n")
  }

  /// Where the program has stopped, then each address in the parts that the lecture's two-level tables use.
  package var twoLevelText: String {
    ([heading] + addresses.map(\.twoLevelText) + [twoLevelCosts, TwoLevelTables.exercise]).joined(
      separator: "\n\n")
  }

  private var heading: String {
    var lines = ["\(VisibleText.of(program)) (pid \(pid)), \(VisibleText.of(stopped))"]
    if let fault { lines.append("  a \(fault.access.verb) at \(hex(fault.va)) is what trapped") }
    lines.append("  pc \(hex(pc))" + (source.map { ", in \(VisibleText.of($0))" } ?? ""))
    lines.append(
      "  sp \(hex(stackPointer)), sz \(hex(size))"
        + (retired.map { ", \(grouped($0)) instructions of the program have retired" } ?? ""))
    return lines.flatMap { Wrapped.lines($0, indent: 4) }.joined(separator: "\n")
  }

  private var twoLevelCosts: String {
    let cost = twoLevelCost
    let user = tree.userPages
    let lines = [
      "The program's \(grouped(user)) user pages would take, in tables, \(cost.summary); "
        + "here, in Sv39, all of its tables take "
        + "\(tree.cost) pages (\(tree.cost * 4) KiB), with those of the trapframe and the trampoline."
    ]
    let left =
      user > cost.mapped
      ? ["\(grouped(user - cost.mapped)) of them lie above 4 GiB, where 32 bits do not reach."] : []
    return (lines + left).flatMap { Wrapped.lines($0) }.joined(separator: "\n")
  }
}

extension AddressExplanation {
  package var text: String {
    let name = asked == hex(va) ? "" : "  (\(VisibleText.of(asked)))"
    var lines = [
      "\(hex(va))\(name)  \(place.rawValue)" + (source.map { "  \(VisibleText.of($0))" } ?? "")
    ]
    lines += Wrapped.lines("  " + sentence)
    lines.append(
      "  VPN[2] \(PX(2, va)), VPN[1] \(PX(1, va)), VPN[0] \(PX(0, va)), offset \(hex(va & (PGSIZE - 1)))")
    for step in walk.steps {
      let entry = step.entry
      let target =
        entry.isPointer ? " table \(hex(entry.pa))," : entry.isLeaf ? " page \(hex(entry.pa))," : ""
      lines += Wrapped.lines(
        "  level \(step.level), entry \(step.index) at \(hex(step.address)) is "
          + "\(hex(entry.rawValue)):\(target) "
          + entry.flags.spelledOut, indent: 4)
    }
    return (lines + outcome.flatMap { Wrapped.lines("  " + $0) }).joined(separator: "\n")
  }

  /// The physical address, or why there is none, and what user mode may do there.
  private var outcome: [String] {
    guard let physicalAddress else {
      return ["no physical page: \(refusals.first.map { "\($0.fault)" } ?? "the entry maps none")"]
    }
    var lines = ["physical address \(hex(physicalAddress))"]
    let allowed = Access.allCases.filter { access in !refusals.contains { $0.access == access } }.map(\.verb)
    lines.append(
      "user mode may " + (allowed.isEmpty ? "do nothing there" : allowed.joined(separator: ", ")))
    // If user mode may do nothing there, one reason is enough.
    for refusal in allowed.isEmpty ? refusals.prefix(1) : refusals[...] {
      lines.append((allowed.isEmpty ? "" : "no \(refusal.access.verb): ") + "\(refusal.fault)")
    }
    return lines
  }

  package var twoLevelText: String {
    let name = asked == hex(va) ? "" : "  (\(VisibleText.of(asked)))"
    guard let parts = TwoLevelTables.Address(va) else {
      return "\(hex(va))\(name)\n  not an address of 32 bits"
    }
    return """
      \(hex(va))\(name)
        directory index \(parts.directoryIndex), table index \(parts.tableIndex), offset \(hex(UInt64(parts.offset)))
        \(hex(va)) = \(parts.directoryIndex) * 4 MiB + \(parts.tableIndex) * 4 KiB + \(parts.offset)
      """
  }
}

extension PageTableTree {
  package var text: String {
    var lines = ["page table at \(hex(root))"]
    for level in [2, 1, 0] {
      let count =
        tables[level] == 1
        ? "1 table of 512 entries" : "\(grouped(UInt64(tables[level]))) tables of 512 entries"
      lines.append("  level \(level): \(count), \(grouped(UInt64(entriesInUse[level]))) in use")
    }
    lines.append("  maps \(pages(userPages)) for user mode")
    lines.append("  maps \(pages(kernelPages)) that user mode may not touch")
    lines.append("  costs \(pages(UInt64(cost))) of tables")
    return (lines + self.lines).joined(separator: "\n")
  }

  /// One line for each node.
  package var lines: [String] {
    nodes.map { Self.line($0) } + (omitted == 0 ? [] : ["and \(grouped(UInt64(omitted))) entries more"])
  }

  private func pages(_ count: UInt64) -> String {
    "\(grouped(count)) \(count == 1 ? "page" : "pages") (\(grouped(count * 4)) KiB)"
  }

  private static func line(_ node: Node) -> String {
    func indent(_ level: Int) -> String { String(repeating: "  ", count: Sv39.levels - level) }
    return switch node {
    case .table(let level, let index, let table):
      "\(indent(level))[\(index)] table \(hex(table))"
    case .leaves(let level, let index, let count, let va, let flags, let first):
      "\(indent(level))[\(count == 1 ? "\(index)" : "\(index)-\(index + count - 1)")] "
        + "\(hex(va))..\(hex(va &+ UInt64(count) &* Sv39.span(level: level) &- 1)) \(flags)"
        + (count == 1 ? " -> \(hex(first))" : " \(count) pages")
    case .spoiled(let level, let index, let entry):
      "\(indent(level))[\(index)] \(entry): leads to no table of its own"
    }
  }
}
