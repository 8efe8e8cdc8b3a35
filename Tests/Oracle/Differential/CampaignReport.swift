import RV64
import Sv39MMU

/// What has been run, and what came of it.
package struct CampaignReport: Sendable {
  /// Programs compared, by kind: uniform, entangled.
  package var programs = [0, 0]
  /// Instructions retired by them, the monitor's not counted.
  package var instructions: [UInt64] = [0, 0]
  /// Traps of them, by cause.
  package var traps: [UInt64: UInt64] = [:]
  /// Programs that were not compared, by reason.
  package var dropped: [String: Int] = [:]
  /// Programs that differ, but only after they met a choice: by choice.
  package var excused: [String: Int] = [:]
  package var coverage = Coverage()
  package var mismatches: [Finding] = []

  package init() {}

  package mutating func add(_ other: CampaignReport) {
    for kind in 0..<2 {
      programs[kind] += other.programs[kind]
      instructions[kind] += other.instructions[kind]
    }
    traps.merge(other.traps, uniquingKeysWith: +)
    dropped.merge(other.dropped, uniquingKeysWith: +)
    excused.merge(other.excused, uniquingKeysWith: +)
    coverage.add(other.coverage)
    mismatches += other.mismatches
  }

  package var retired: UInt64 { instructions[0] + instructions[1] }
}

/// A mismatch, with what is needed to have it again.
package struct Finding: Sendable {
  /// What `Generator.program` makes the program from.
  package var seed: UInt64
  package var text: String
}

extension CampaignReport {
  /// What a person reads at the end: counts, what was left out, what never occurred, and every mismatch.
  package var text: String {
    var lines = [
      "uniform programs: \(programs[0]), \(instructions[0]) instructions",
      "entangled programs: \(programs[1]), \(instructions[1]) instructions",
      "traps: "
        + traps.sorted { $0.key < $1.key }.map { "\(Self.name(ofCause: $0.key)) \($0.value)" }.joined(
          separator: ", "),
      "not compared: "
        + dropped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "),
      "retired in a sample of \(coverage.programs) programs: "
        + coverage.counts.map { "\($0.mnemonic) \($0.count)" }.joined(separator: ", "),
    ]
    if !coverage.missing.isEmpty {
      lines.append("never retired: " + coverage.missing.joined(separator: ", "))
    }
    for (choice, count) in excused.sorted(by: { $0.key < $1.key }) {
      lines.append("\(count) differ where they may: \(choice)")
    }
    for finding in mismatches { lines.append("mismatch, program \(finding.seed):\n\(finding.text)") }
    let programs = programs[0] + programs[1]
    lines.append("\(mismatches.count) mismatches in \(programs) programs, \(retired) instructions")
    return lines.joined(separator: "\n")
  }

  private static func name(ofCause cause: UInt64) -> String {
    cause >> 63 != 0
      ? "interrupt \(cause & 63)" : TrapCause(rawValue: cause).map { "\($0)" } ?? "cause \(cause)"
  }
}
