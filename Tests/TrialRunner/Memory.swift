import Dispatch
import Synchronization
import Trials

/// Refuses each allocation of each program in turn. Prints one line for each program. Returns whether all is
/// well.
func tryMemory(everyUpTo bound: Int, memory: Int, only word: String?) throws -> Bool {
  var totals = (programs: 0, whole: 0, allocations: 0, runs: 0)
  var fates: [MemoryTrial.Fate: Int] = [:]
  var isGood = true
  for trial in try MemoryTrial.all(memory: memory) where word.map(trial.command.contains) ?? true {
    let baseline = try trial.baseline()
    if baseline.lost > 0 {
      say("\(trial): \(baseline.lost) pages lost where none is refused")
      isGood = false
    }
    let selection = baseline.selection(everyUpTo: bound)
    let results = Mutex<[Int: MemoryTrial.Fate]>([:])
    DispatchQueue.concurrentPerform(iterations: selection.count) { index in
      let k = selection[index]
      let fate: MemoryTrial.Fate
      do {
        fate = try trial.fate(failing: k, baseline)
      } catch {
        fate = .wrong("\(error)")
      }
      results.withLock { $0[k] = fate }
    }
    let found = results.withLock { $0 }
    for (k, fate) in found.sorted(by: { $0.key < $1.key }) {
      fates[fate, default: 0] += 1
      if case .wrong(let what) = fate {
        say("\(trial): allocation \(k) of \(baseline.requests.count): \(what)")
        isGood = false
      }
    }
    let share = selection.count == baseline.requests.count ? "every one" : "\(selection.count) of them"
    say("\(trial): \(baseline.requests.count) pages, \(share) refused")
    totals.programs += 1
    totals.whole += selection.count == baseline.requests.count ? 1 : 0
    totals.allocations += baseline.requests.count
    totals.runs += selection.count
  }
  say("")
  say(
    "\(totals.programs) programs (\(totals.whole) at every page), \(totals.allocations) pages,"
      + " \(totals.runs) runs with one refused:")
  for (fate, count) in fates.sorted(by: { $0.value > $1.value }) { say("  \(count) \(fate)") }
  return isGood && totals.programs > 0
}
