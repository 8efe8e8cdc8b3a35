import Foundation
import LabPrograms

/// The result of one benchmark: our runs and QEMU's, in the order in which they were made.
package struct BenchResult: Sendable, Equatable, Codable {
  package var name: String
  package var target: Benchmark.Target?
  package var report: RunReport
  package var ours: [Measurement] = []
  package var startUps: [Double] = []
  /// Empty if there is no QEMU, or if QEMU cannot run this benchmark.
  package var theirs: [Measurement] = []

  package init(name: String, target: Benchmark.Target?, report: RunReport) {
    self.name = name
    self.target = target
    self.report = report
  }

  /// QEMU's processor time divided by ours, for each turn.
  package var ratio: Spread? {
    Spread(zip(ours, theirs).map { $1.processorSeconds / max($0.processorSeconds, 1e-6) })
  }

  package var seconds: Spread? { Spread(ours.map(\.processorSeconds)) }
  package var theirSeconds: Spread? { Spread(theirs.map(\.processorSeconds)) }
  package var startUp: Spread? { Spread(startUps) }
  package var peakBytes: UInt64 { ours.map(\.peakBytes).max() ?? 0 }
  package var theirPeakBytes: UInt64? { theirs.map(\.peakBytes).max() }

  /// Instructions per second of our processor time.
  package var rate: Double? { seconds.map { Double(report.instructions) / max($0.median, 1e-6) } }

  /// Whether the median of the runs meets the target. Nil if there is no target, or no figure to compare with
  /// it.
  package var isMet: Bool? {
    guard let target, let ratio, let rate else { return nil }
    return ratio.median >= target.ratio && rate >= target.rate ?? 0
  }
}

/// Runs benchmarks, ours and QEMU's in turns. Each run is a process of its own.
package struct Contest: Sendable {
  package var runs = 3
  /// The most seconds of wall time that one run may take.
  package var limit = 3600.0
  package var qemu: QEMUMachine?
  /// What runs one benchmark once, in a process of its own: this program, and the words before the
  /// benchmark's own words.
  let runner: (path: String, words: [String])

  /// - `runner`: the path of a program that runs one benchmark and prints its `RunReport` as JSON, and the
  ///   first words of its command line. The words that name the benchmark follow them.
  package init(runner path: String, words: [String], qemu: QEMUMachine?) {
    runner = (path, words)
    self.qemu = qemu
  }

  /// Measures `benchmark`. Throws if the guests' answers differ: then they did not do the same work.
  package func measure(_ benchmark: Benchmark, progress: (String) -> Void = { _ in }) throws -> BenchResult {
    let folder = FileManager.default.temporaryDirectory.appending(path: "labrunner-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var result: BenchResult?
    for turn in 1...max(runs, 1) {
      progress("\(benchmark.name), turn \(turn) of \(runs)")
      let (report, measurement) = try run(benchmark)
      var current = result ?? BenchResult(name: benchmark.name, target: benchmark.target, report: report)
      guard report.answer == current.report.answer else {
        throw HostTrouble(
          "\(benchmark.name): one run says \"\(current.report.answer)\", another \"\(report.answer)\"")
      }
      current.ours.append(measurement)
      current.startUps.append(report.startUp)
      progress("\(benchmark.name), turn \(turn) of \(runs), QEMU")
      if let theirs = try runQEMU(benchmark, report, in: folder) { current.theirs.append(theirs) }
      result = current
    }
    guard let result else { throw HostTrouble("\(benchmark.name): not run") }
    return result
  }

  private func run(_ benchmark: Benchmark) throws -> (RunReport, Measurement) {
    let child = try ChildProcess(runner.path, runner.words + benchmark.words, seconds: limit)
    guard child.status == 0,
      let report = try? JSONDecoder().decode(RunReport.self, from: Data(child.output))
    else { throw HostTrouble("\(benchmark.name): the run ended with status \(child.status ?? -1)") }
    return (report, child.measurement)
  }

  /// Nil if there is no QEMU, or if it cannot do this work.
  private func runQEMU(_ benchmark: Benchmark, _ report: RunReport, in folder: URL) throws -> Measurement? {
    guard let qemu else { return nil }
    let result: (answer: String, measurement: Measurement)
    switch benchmark.work {
    case .program: return nil
    case .guest(let name):
      let elf = folder.appending(path: "guest.elf")
      try Data(LabPrograms.guest(name) ?? []).write(to: elf)
      result = try qemu.run(guest: elf.path, seconds: limit)
    case .kernel(let kernel):
      let disk = folder.appending(path: "fs.img")
      try Data(kernel.disk()).write(to: disk)
      result = try qemu.run(kernel, report.wishes, disk: disk.path, seconds: limit)
    }
    guard result.answer == report.answer else {
      throw HostTrouble("\(benchmark.name): we say \"\(report.answer)\", QEMU \"\(result.answer)\"")
    }
    return result.measurement
  }
}
