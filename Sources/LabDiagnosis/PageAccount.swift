import LabEvents
import Synchronization

/// Counts the free pages of a machine from its events: before a test's command, and after it.
///
/// The machine is one that boots for its command: init, process 1, forks it as process 2, and the machine ends when init
/// has waited for it.
package final class PageAccount: Sendable {
  private struct State {
    var free: Int?
    /// Free pages when init began to fork the command.
    var begun: Int?
    /// Processes that were forked since, and that nobody has waited for.
    var unwaited: Set<Int32> = []
    /// Whether the command's own process was waited for.
    var isOver = false
  }

  private let state = Mutex(State())

  package init() {}

  package func record(_ event: LabEvent) {
    state.withLock { state in
      switch event {
      case .pageAllocated(_, let free), .pageFreed(_, let free):
        state.free = free
      case .systemCall(FirstProcess.initial, "fork", _) where state.begun == nil:
        state.begun = state.free
      case .fork(_, let child):
        state.unwaited.insert(child)
      case .systemCallReturned(let pid, "wait", let result):
        let child = Int32(truncatingIfNeeded: result)
        state.unwaited.remove(child)
        if pid == FirstProcess.initial, child == FirstProcess.command { state.isOver = true }
      default:
        break
      }
    }
  }

  /// Pages that are gone since the command began; nil where that cannot be told: it is not over, or has left processes that
  /// still have pages.
  package var lost: Int? {
    state.withLock { state in
      guard state.isOver, state.unwaited.isEmpty, let begun = state.begun, let free = state.free else {
        return nil
      }
      return max(0, begun - free)
    }
  }
}
