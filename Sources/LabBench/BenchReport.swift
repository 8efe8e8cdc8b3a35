import HostSupport

/// The results of all measured benchmarks, as a table for people or as JSON.
package struct BenchReport: Sendable, Equatable, Codable {
  /// The machine, and how busy it was at the beginning.
  package var machine: String
  package var load: Double
  package var runs: Int
  /// The version of QEMU, or nil if there is none to compare with.
  package var qemu: String?
  package var isOptimised: Bool
  package var results: [BenchResult]

  package init(
    machine: String, load: Double, runs: Int, qemu: String?, isOptimised: Bool, results: [BenchResult] = []
  ) {
    self.machine = machine
    self.load = load
    self.runs = runs
    self.qemu = qemu
    self.isOptimised = isOptimised
    self.results = results
  }

  package var json: String { JSONText.of(self) }

  /// The lines above the table.
  package var heading: [String] {
    var lines = ["\(machine); load \(decimal(load, 2)); \(runs) run\(runs == 1 ? "" : "s") each, in turns"]
    lines.append(
      qemu.map { "compared with \($0), -accel tcg,thread=single" } ?? "no QEMU found: nothing to compare with"
    )
    if !isOptimised { lines.append("this is a debug build: its figures mean nothing") }
    return lines
  }

  private static let columns = [
    Column("benchmark", "", width: 24, isText: true),
    Column("million", "instr.", width: 9),
    Column("seconds", "", width: 8),
    Column("million", "a second", width: 9),
    Column("start-up", "ms", width: 9),
    Column("peak", "MiB", width: 6),
    Column("QEMU", "seconds", width: 9),
    Column("million", "a second", width: 9),
    Column("peak", "MiB", width: 6),
    Column("times faster", "median (range)", width: 25),
    Column("target", "", width: 14),
  ]

  package static var tableHead: [String] {
    [\Column.first, \.second].map { part in row(columns.map { $0[keyPath: part] }) }
  }

  /// One line of the table.
  package static func line(_ result: BenchResult) -> String {
    let instructions = Double(result.report.instructions)
    let ratio = result.ratio.map {
      "\(decimal($0.median, 2)) (\(decimal($0.least, 2)) to \(decimal($0.greatest, 2)))"
    }
    let target = result.target.map { target in
      let met = result.isMet.map { $0 ? ", met" : ", missed" } ?? ""
      return decimal(target.ratio, target.ratio < 1 ? 1 : 0) + met
    }
    return row([
      result.name, decimal(instructions / 1e6, 1), result.seconds.map { decimal($0.median, 3) },
      result.rate.map { decimal($0 / 1e6, 0) }, result.startUp.map { decimal($0.median * 1000, 1) },
      mebibytes(result.peakBytes), result.theirSeconds.map { decimal($0.median, 3) },
      result.theirSeconds.map { decimal(instructions / max($0.median, 1e-6) / 1e6, 0) },
      result.theirPeakBytes.map(mebibytes), ratio, target,
    ])
  }

  private struct Column: Sendable {
    let first, second: String
    let width: Int
    let isText: Bool

    init(_ first: String, _ second: String, width: Int, isText: Bool = false) {
      (self.first, self.second, self.width, self.isText) = (first, second, width, isText)
    }
  }

  private static func row(_ cells: [String?]) -> String {
    var line = ""
    for (column, cell) in zip(columns, cells) {
      let cell = cell ?? "-"
      let padding = String(repeating: " ", count: max(0, column.width - cell.count))
      line += column.isText ? cell + padding : padding + cell
    }
    return line
  }

  private static func mebibytes(_ bytes: UInt64) -> String { decimal(Double(bytes) / 1_048_576, 0) }
}

/// `value` with `digits` decimals, the same in every locale.
private func decimal(_ value: Double, _ digits: Int) -> String {
  let unit = (0..<digits).reduce(1.0) { product, _ in product * 10 }
  let scaled = UInt64((max(value, 0) * unit).rounded().clamped)
  guard digits > 0 else { return "\(scaled)" }
  let fraction = String(scaled % UInt64(unit))
  return "\(scaled / UInt64(unit))." + String(repeating: "0", count: digits - fraction.count) + fraction
}

extension Double {
  fileprivate var clamped: Double { isFinite ? min(self, 1e18) : 0 }
}
