import Dispatch
import Foundation

/// Does something when a number of seconds has passed on the wall's clock, on a thread of its own, unless cancelled.
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
