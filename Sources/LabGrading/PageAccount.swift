import LabEvents
import Synchronization

/// Counts the free pages of a machine from its events: before a test's command, and after it.
///
/// The machine is one that boots for its command: init, process 1, forks it as process 2, and the machine ends when init
/// has waited for it.
final class PageAccount: Sendable {
  private struct State {
    var free: Int?
    /// Free pages when init began to fork the command.
    var begun: Int?
    /// Processes that were forked since, and that nobody has waited for.
    var unwaited: Set<Int32> = []
    /// Whether the command's own process was waited for.
    var isOver = false
  }

  private static let initial: Int32 = 1
  private static let command: Int32 = 2

  private let state = Mutex(State())

  func record(_ event: LabEvent) {
    state.withLock { state in
      switch event {
      case .pageAllocated(_, let free), .pageFreed(_, let free):
        state.free = free
      case .systemCall(Self.initial, "fork", _) where state.begun == nil:
        state.begun = state.free
      case .fork(_, let child):
        state.unwaited.insert(child)
      case .systemCallReturned(let pid, "wait", let result):
        let child = Int32(truncatingIfNeeded: result)
        state.unwaited.remove(child)
        if pid == Self.initial, child == Self.command { state.isOver = true }
      default:
        break
      }
    }
  }

  /// Pages that are gone since the command began; nil where that cannot be told: it is not over, or has left processes that
  /// still have pages.
  var lost: Int? {
    state.withLock { state in
      guard state.isOver, state.unwaited.isEmpty, let begun = state.begun, let free = state.free else {
        return nil
      }
      return max(0, begun - free)
    }
  }
}

/// What the tests of one run have lost together.
struct PageLosses {
  private var tests: [String] = []
  /// Why the first of them lost any.
  private var diagnosis: Diagnosis?

  /// Tests that an explanation has room for.
  private static let shown = 5

  /// `result` as it counts: a test about pages is lost where one of those before it has lost any.
  mutating func judge(_ result: TestResult) -> TestResult {
    if let lost = result.lostPages, lost > 0 {
      tests.append("\(result.test.title) (\(lost))")
      diagnosis = diagnosis ?? result.diagnosis
    }
    var judged = result
    if result.passed { judged.diagnosis = nil }
    guard result.test.concerns == .pages, result.passed, !tests.isEmpty else { return judged }
    let more = tests.count > Self.shown ? ["and \(tests.count - Self.shown) more"] : []
    judged.verdict = .failed(status: 1)
    judged.explanation = "pages lost by " + (tests.prefix(Self.shown) + more).joined(separator: ", ")
    judged.diagnosis = diagnosis
    return judged
  }
}
