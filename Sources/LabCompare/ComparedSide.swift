import LabEvents
import LabGrading
import Synchronization
import XV6Kernel

/// One of the two that are compared: what a workload does there.
///
/// A new kind of host is one more conformance: it runs the workload's command on a machine of its own and feeds a `Meter` with
/// the events, from the boot on, and with the count of user instructions at each.
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
    let meter = Mutex(Meter(command: Self.command))
    var configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + workload.run
    configuration.memorySize = UInt64(limits.memoryMiB) << 20
    configuration.instructionLimit = limits.instructions
    configuration.consoleLimit = limits.consoleBytes
    configuration.quota = quota
    configuration.follow = { event, retired in meter.withLock { $0.take(event, retired) } }
    let kernel = try Kernel(configuration)
    let end = try end(of: kernel.run())
    return meter.withLock { $0.measurement(end, retired: kernel.retired) }
  }

  private func end(of outcome: KernelOutcome) throws(HostFailure) -> RunEnd {
    switch outcome {
    case .finished, .panicked: .ended
    case .deadlocked, .idle: .stopped("every process is asleep and nothing can wake one")
    case .instructionLimit: .stopped("still running after \(grouped(limits.instructions)) instructions")
    case .consoleLimit: .stopped("printed more than \(grouped(UInt64(limits.consoleBytes))) bytes")
    case .stopped: .stopped("was asked to stop")
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}
