import Foundation
import HostSupport
import LabEvents
import LabMeter
import LabModel
import LabRunning
import XV6Kernel

/// One of the two sides of a comparison: it runs workloads and measures them.
///
/// For a new kind of host, write one more conformance. It runs the workload's command on a machine of its
/// own. It gives a `Meter` all events from the boot on, each with the count of user instructions.
package protocol ComparedSide: Sendable {
  func measure(_ workload: Workload) throws -> Measured
}

/// A solution in Swift, on xv6 in Swift.
package struct SwiftKernelSide: ComparedSide {
  let solution: any LabSolution
  let disk: [UInt8]
  let limits: Lab.Limits
  /// How many pages the workload's processes may hold together, or nil for no limit except the memory.
  let quota: Int?

  package init(solution: any LabSolution, disk: [UInt8], limits: Lab.Limits, quota: Int? = nil) {
    self.solution = solution
    self.disk = disk
    self.limits = limits
    self.quota = quota
  }

  package func measure(_ workload: Workload) throws -> Measured {
    try measure(workload, stuck: nil)
  }

  /// The same for a solution whose own code may never end nor call the kernel. If so, this function does not
  /// return. Instead `stuck` is called on another thread with what is known by then; it must end the process.
  func measure(_ workload: Workload, stuck: (@Sendable (Measured) -> Void)?) throws -> Measured {
    let meter = MeterBox(command: FirstProcess.command)
    var run = CommandRun(workload.run, disk: disk, solution: solution, limits: limits, quota: quota)
    run.configuration.follow = { event, retired in meter.take(event, retired) }
    let seconds = limits.processorSeconds
    var report: (@Sendable () -> Void)?
    if let stuck {
      report = { stuck(meter.measurement(RunEnd(.stuck(seconds: seconds)), retired: nil)) }
    }
    let (kernel, outcome) = try run.run(stuck: report)
    return meter.measurement(RunEnd(try Verdict(outcome, limits)), retired: kernel.retired)
  }
}

extension RunEnd {
  /// How a run ended that had this verdict; nil if the command exited.
  init(_ verdict: Verdict?) { self = verdict?.sentence.map { .stopped($0) } ?? .ended }
}

/// A meter that two threads may use: the machine's thread, which feeds it, and one that watches it. `lock`
/// guards it, because the thread sanitizer understands this lock and does not understand Swift's own `Mutex`.
private final class MeterBox: @unchecked Sendable {
  private var meter: Meter
  private let lock = NSLock()

  init(command: Int32) { meter = Meter(command: command) }

  func take(_ event: LabEvent, _ retired: UInt64) { lock.withLock { meter.take(event, retired) } }

  func measurement(_ end: RunEnd, retired: UInt64?) -> Measured {
    lock.withLock { meter.measurement(end, retired: retired) }
  }
}
