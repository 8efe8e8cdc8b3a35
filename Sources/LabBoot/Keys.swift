import Foundation
import HostSupport
import Synchronization
import VirtBoard

/// The keys typed at a terminal. One thread reads them and hands them to the thread that runs the board.
package final class Keys: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var escapes = EscapeKeys()
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  /// Begins to read `keyboard`. Stops the board by `stopper` when the person leaves.
  package init(_ keyboard: Keyboard, _ stopper: BoardStopper) {
    Thread.detachNewThread { [self] in
      while let bytes = keyboard.read() {
        if add(bytes) { stopper.stop() }
      }
      state.withLock { $0.hasEnded = true }
      news.signal()
    }
  }

  /// Adds bytes. Returns true if the person leaves.
  private func add(_ bytes: [UInt8]) -> Bool {
    let leaves = state.withLock { state in
      state.bytes += state.escapes.pass(bytes)
      return state.escapes.hasLeft
    }
    news.signal()
    return leaves
  }

  var hasLeft: Bool { state.withLock { $0.escapes.hasLeft } }

  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  func take() -> [UInt8] {
    state.withLock { state in
      defer { state.bytes = [] }
      return state.bytes
    }
  }

  /// Returns when something was typed or the input has ended, at the latest after `seconds`.
  func wait(seconds: Double?) {
    let (isEmpty, hasEnded) = state.withLock { ($0.bytes.isEmpty, $0.hasEnded) }
    guard isEmpty, !hasEnded else { return }
    _ = news.wait(timeout: seconds.map { .now() + $0 } ?? .distantFuture)
  }
}
