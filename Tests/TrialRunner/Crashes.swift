import Dispatch
import Synchronization
import Trials
import XV6FileSystem

/// Crashes every sequence of up to `depth` calls, and then kernels whose log is wrong; prints what was tried,
/// and whether all is well.
func tryCrashes(depth: Int) throws -> Bool {
  var isGood = true
  for count in 1...depth {
    let sequences = CrashCall.sequences(of: count)
    let report = try crash(sequences)
    say("\(sequences.count) sequences of \(count) calls, \(report.writes) block writes:")
    say("  \(report.crashes[.ordered, default: 0]) cuts between writes")
    say("  \(report.crashes[.torn, default: 0]) torn writes")
    say("  \(report.crashes[.reordered, default: 0]) sets of reordered writes")
    say("  \(report.crashesOfRecovery) crashes of recovery itself")
    say("  \(report.wrong.count) wrong")
    report.wrong.prefix(20).forEach { say("    \($0)") }
    isGood = isGood && report.wrong.isEmpty
  }
  for mutation in LogMutation.allCases {
    let report = try crash(CrashCall.sequences(of: 1), mutation)
    say("\(mutation.rawValue): \(report.wrong.isEmpty ? "NOT FOUND" : "found")")
    isGood = isGood && !report.wrong.isEmpty
  }
  return isGood
}

private func crash(_ sequences: [[CrashCall]], _ mutation: LogMutation? = nil) throws -> CrashTrial.Report {
  let total = Mutex(CrashTrial.Report())
  DispatchQueue.concurrentPerform(iterations: sequences.count) { index in
    var report: CrashTrial.Report
    do {
      report = try CrashTrial(sequences[index], mutation: mutation).run()
    } catch {
      report = CrashTrial.Report()
      report.wrong.append("\(sequences[index]): \(error)")
    }
    total.withLock { $0.add(report) }
  }
  return total.withLock { $0 }
}
