import Dispatch
import Foundation

/// Calls a function after some seconds of real time, on its own thread, unless it is cancelled before.
package struct Deadline: Sendable {
  private let cancelled = DispatchSemaphore(value: 0)

  package init(seconds: Int, _ act: @escaping @Sendable () -> Void) {
    let thread = Thread { [cancelled] in
      if cancelled.wait(timeout: .now() + .seconds(seconds)) == .timedOut { act() }
    }
    thread.start()
  }

  package func cancel() { cancelled.signal() }
}
