import HostSupport
import LabEvents
import LabModel
import Sv39MMU
import Synchronization

/// Listens to one machine while it runs one test, and says afterwards what went wrong.
package final class TestRecorder: Sendable {
  private struct State {
    var console: KeptLines
    /// Whether the test itself printed that the kernel killed it.
    var saysKilled = false
    /// What the kernel was doing when it panicked, and for which process.
    var panic: String?
    /// Why each process was killed, from the kill until its exit.
    var condemned: [Int32: KillReason] = [:]
    /// How a process of the test itself (the command, or a child of it) was killed by a trap. The last such
    /// death is kept.
    var casualty: String?
    /// How many pages a quota refused.
    var refusedPages: UInt64 = 0
  }

  private let state: Mutex<State>

  /// - `bytes`: how many bytes of the console's text are kept.
  package init(keeping bytes: Int) { state = Mutex(State(console: KeptLines(keeping: bytes))) }

  package func record(_ event: LabEvent) {
    state.withLock { state in
      switch event {
      case .consoleLine(let line):
        state.console.append(line)
        if line.hasSuffix("saw the kernel kill the test") { state.saysKilled = true }
      case .panic(_, let pid, let program, let activity, _):
        state.panic = Self.describe(activity, pid, program)
      case .killed(let pid, _, let reason):
        state.condemned[pid] = reason
      case .exit(let pid, let parent, let program, _):
        let reason = state.condemned.removeValue(forKey: pid)
        if case .trap? = reason, let reason, pid == FirstProcess.command || parent == FirstProcess.command {
          state.casualty = Self.killed("\(program) (pid \(pid))", reason)
        }
      case .quotaRefused:
        state.refusedPages += 1
      default:
        break
      }
    }
  }

  /// How the kernel killed a process of the test itself; nil if it killed none.
  package var casualty: String? { state.withLock { $0.casualty } }

  /// Whether the test itself printed that the kernel killed it. A host that cannot see processes has only
  /// this line to go by.
  package var saysKilled: Bool { state.withLock { $0.saysKilled } }

  /// A sentence that says why `process` was killed.
  package static func killed(_ process: String, _ reason: KillReason) -> String {
    "\(VisibleText.of(process)) was killed: \(describe(reason))"
  }

  /// The console's text, safe to show.
  package var console: String { state.withLock { $0.console.text } }

  /// One line about `verdict`; nil if the test passed.
  package func explanation(of verdict: Verdict) -> String? {
    guard let cause = cause(of: verdict) else { return nil }
    let refused = state.withLock { $0.refusedPages }
    return refused == 0
      ? cause
      : cause + "; its quota refused a page"
        + (refused == 1 ? "" : " \(grouped(refused)) times")
  }

  private func cause(of verdict: Verdict) -> String? {
    state.withLock { state in
      switch verdict {
      case .passed:
        return nil
      case .failed(let status):
        return Self.lastWords(state.console) ?? "exited with status \(status) and said nothing"
      case .killed(let how):
        return [Self.lastWords(state.console), how].compactMap { $0 }.joined(separator: "; ")
      case .vanished:
        let what = "the program ended without an exit of its own: the kernel killed it, or never ran it"
        return [Self.lastWords(state.console), what].compactMap { $0 }.joined(separator: "; ")
      case .panicked(let text):
        return VisibleText.of(VisibleText.prefix(text, bytes: KeptLines.longestLine))
          + (state.panic.map { " (\($0))" } ?? "")
      default:
        return verdict.sentence
      }
    }
  }

  /// The last line that the test itself printed. The kernel's trap report and the closing verdict do not
  /// count.
  private static func lastWords(_ console: KeptLines) -> String? {
    console.last { line in
      let text = line.drop { $0 == " " }
      return !text.isEmpty && !text.hasPrefix("usertrap():") && !text.hasPrefix("sepc=")
        && !text.hasSuffix("FAILED") && !text.hasSuffix(": OK") && !text.hasSuffix(":")
    }.map { VisibleText.of($0) }
  }

  private static func describe(_ activity: KernelActivity, _ pid: Int32, _ program: String) -> String {
    let process = "\(VisibleText.of(program)), pid \(pid)"
    return switch activity {
    case .boot: pid == 0 ? "at boot" : "starting \(process)"
    case .systemCall(let name): "in \(name)() of \(process)"
    case .pageFault: "in a page fault of \(process)"
    case .trap: "in a trap of \(process)"
    }
  }

  private static func describe(_ reason: KillReason) -> String {
    switch reason {
    case .trap(let scause, let stval, let sepc):
      let address = hex(stval)
      let at = "(sepc \(hex(sepc)))"
      return switch TrapCause(rawValue: scause) {
      case .instructionPageFault: "instruction page fault at \(address) \(at)"
      case .loadPageFault: "load page fault at \(address) \(at)"
      case .storePageFault: "store page fault at \(address) \(at)"
      case .illegalInstruction: "illegal instruction \(at)"
      default: "scause \(scause), stval \(address) \(at)"
      }
    case .signal(let by):
      return "by pid \(by)"
    }
  }
}

extension Verdict {
  /// The verdict for a command that exited with a status other than 0, from the events in `recorder`.
  package static func of(status: Int, _ recorder: TestRecorder) -> Verdict {
    recorder.casualty.map { .killed($0) } ?? .failed(status: status)
  }
}

extension TestResult {
  /// A result with an explanation from the events in `recorder`. `instructions` is nil if the count was
  /// lost.
  package init(
    test: Lab.Test, verdict: Verdict, recorder: TestRecorder, instructions: UInt64? = nil,
    trace: [String]? = nil
  ) {
    self.init(
      test: test, verdict: verdict, explanation: recorder.explanation(of: verdict),
      instructions: instructions,
      console: recorder.console, trace: trace)
  }
}
