import LabEvents
import Synchronization

/// Counts the free pages of a machine from its events: before a test's command, and after it.
///
/// The machine boots for one command. Process 1, init, forks the command as process 2. The machine ends
/// when init has waited for it.
package final class PageAccount: Sendable {
  private struct State {
    var free: Int?
    /// How many pages were free when init began to fork the command.
    var begun: Int?
    /// Processes that were forked and that no parent has waited for yet.
    var unwaited: Set<Int32> = []
    /// Whether init has waited for the command's own process.
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

  /// How many pages were lost since the command began; nil if that cannot be known. That is so if the
  /// command is not over, or if it left processes that still have pages.
  package var lost: Int? {
    state.withLock { state in
      guard state.isOver, state.unwaited.isEmpty, let begun = state.begun, let free = state.free else {
        return nil
      }
      return max(0, begun - free)
    }
  }
}
