import Dispatch
import Foundation
import HostSupport

/// Notices that the code of a solution runs without end and does nothing to its machine. The machine cannot
/// notice that: it counts what is asked of it.
///
/// The measure is the processor time of this process. So a busy host, on which everything takes longer,
/// changes no verdict.
package struct Watchdog: Sendable {
  private let cancelled = DispatchSemaphore(value: 0)

  /// Watches from now until `cancel()`.
  ///
  /// - `progress`: a number that changes whenever the code does something to the machine. It is called on the
  ///   watchdog's thread;
  /// - `stuck`: called on the watchdog's thread if the number has not changed for `seconds` of processor
  ///   time.
  package init(
    seconds: Int, progress: @escaping @Sendable () -> UInt64, stuck: @escaping @Sendable () -> Void
  ) {
    let thread = Thread { [cancelled] in
      var seen = progress()
      var since = ProcessorTime.ofThisProcess
      while cancelled.wait(timeout: .now() + .milliseconds(500)) == .timedOut {
        let now = progress()
        if now != seen {
          seen = now
          since = ProcessorTime.ofThisProcess
        } else if ProcessorTime.ofThisProcess - since >= Double(seconds) {
          return stuck()
        }
      }
    }
    thread.start()
  }

  package func cancel() { cancelled.signal() }
}
