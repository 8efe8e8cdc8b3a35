import Foundation
import HostSupport
import LabEvents
import LabMeter
import LabModel
import LabRunning
import XV6Kernel

/// One of the two that are compared: what a workload does there.
///
/// A new kind of host is one more conformance: it runs the workload's command on a machine of its own and
/// feeds a `Meter` with the events, from the boot on, and with the count of user instructions at each.
package protocol ComparedSide: Sendable {
  func measure(_ workload: Workload) throws -> Measured
}

/// A solution in Swift on xv6 in Swift.
package struct SwiftKernelSide: ComparedSide {
  let solution: any LabSolution
  let disk: [UInt8]
  let limits: Lab.Limits
  /// Pages that the workload's processes may hold together; nil for as many as there are.
  let quota: Int?

  /// `/init` runs the command as its first child.
  private static let command: Int32 = 2

  package init(solution: any LabSolution, disk: [UInt8], limits: Lab.Limits, quota: Int? = nil) {
    self.solution = solution
    self.disk = disk
    self.limits = limits
    self.quota = quota
  }

  package func measure(_ workload: Workload) throws -> Measured {
    try measure(workload, stuck: { _ in })
  }

  /// The same, where the solution's own code may never come to an end: then this does not return, and `stuck`
  /// gets what is known, on another thread, and has to end the process.
  func measure(_ workload: Workload, stuck: @escaping @Sendable (Measured) -> Void) throws -> Measured {
    let meter = MeterBox(command: Self.command)
    var configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + workload.run
    configuration.memorySize = UInt64(limits.memoryMiB) << 20
    configuration.instructionLimit = limits.instructions
    configuration.consoleLimit = limits.consoleBytes
    configuration.quota = quota
    configuration.follow = { event, retired in meter.take(event, retired) }
    let kernel = try Kernel(configuration)
    let watchdog = Watchdog(kernel, limit: limits.wallSeconds) {
      let why = "the solution's own code has not returned for \(Watchdog.patience) s: an endless loop?"
      stuck(meter.measurement(.stopped(why), retired: nil))
    }
    defer { watchdog.cancel() }
    let end = try end(of: kernel.run())
    return meter.measurement(end, retired: kernel.retired)
  }

  private func end(of outcome: KernelOutcome) throws(HostFailure) -> RunEnd {
    switch outcome {
    case .finished, .panicked: .ended
    case .deadlocked, .idle: .stopped("every process is asleep and nothing can wake one")
    case .instructionLimit: .stopped("still running after \(grouped(limits.instructions)) instructions")
    case .consoleLimit: .stopped("printed more than \(grouped(UInt64(limits.consoleBytes))) bytes")
    case .stopped: .stopped("still running after \(limits.wallSeconds) s of wall-clock time")
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}

/// A meter that several threads may reach: the machine's, which feeds it, and one that watches. It is guarded
/// by `lock`, which the thread sanitizer understands, as it does not Swift's own `Mutex`.
private final class MeterBox: @unchecked Sendable {
  private var meter: Meter
  private let lock = NSLock()

  init(command: Int32) { meter = Meter(command: command) }

  func take(_ event: LabEvent, _ retired: UInt64) { lock.withLock { meter.take(event, retired) } }

  func measurement(_ end: RunEnd, retired: UInt64?) -> Measured {
    lock.withLock { meter.measurement(end, retired: retired) }
  }
}
