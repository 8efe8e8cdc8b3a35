import Dispatch
import Foundation
import XV6Kernel

/// Looks at a running machine once a second. It asks the machine to stop when its time is over. It also
/// notices if the solution's own code never returns: the machine cannot stop that code from inside.
package struct Watchdog: Sendable {
  /// Seconds that kernel code may take for one trap. Correct code needs less than one second, even for the
  /// longest trap.
  package static let patience = 5

  private let cancelled = DispatchSemaphore(value: 0)

  /// Watches `kernel` from now until `cancel()`.
  ///
  /// - `limit`: seconds after which the kernel is asked to stop;
  /// - `stuck`: called on the watchdog's thread if kernel code has not returned for `patience` seconds.
  package init(_ kernel: Kernel, limit: Int, stuck: @escaping @Sendable () -> Void) {
    let thread = Thread { [cancelled] in
      var seconds = 0
      var still = 0
      var seen: UInt64 = 0
      while cancelled.wait(timeout: .now() + .seconds(1)) == .timedOut {
        seconds += 1
        if seconds >= limit { kernel.stop() }
        let returns = kernel.returnsToUserMode
        still = returns == seen ? still + 1 : 0
        seen = returns
        if still == Self.patience { stuck() }
      }
    }
    thread.start()
  }

  package func cancel() { cancelled.signal() }
}
