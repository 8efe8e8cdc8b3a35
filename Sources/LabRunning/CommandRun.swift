import HostSupport
import LabModel
import XV6Kernel

/// One command on a machine of its own that runs xv6 in Swift: `/init` starts it, and the run ends with it.
///
/// A test of a lab, `labrunner run`, `explain` and `compare` each make one of these, and add to `configuration` who
/// listens to the machine.
package struct CommandRun {
  package var configuration: KernelConfiguration

  /// - `command`: a program of `disk`, and its arguments;
  /// - `quota`: pages that its processes may hold, together; nil for as many as there are.
  package init(
    _ command: [String], disk: [UInt8], solution: any LabSolution, memoryMiB: Int, quota: Int? = nil
  ) {
    configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + command
    configuration.memorySize = UInt64(memoryMiB) << 20
    configuration.quota = quota
  }

  /// The same within the limits of a lab.
  package init(
    _ command: [String], disk: [UInt8], solution: any LabSolution, limits: Lab.Limits, quota: Int? = nil
  ) {
    self.init(command, disk: disk, solution: solution, memoryMiB: limits.memoryMiB, quota: quota)
    configuration.instructionLimit = limits.instructions
    configuration.consoleLimit = limits.consoleBytes
  }

  /// Builds the machine and boots it. The machine is asked to stop after `seconds` on the host's clock.
  ///
  /// `stuck` is called, on another thread, if the solution's own code does not come to an end: then `run` never
  /// returns, and `stuck` has to end the process.
  package func run(
    seconds: Int, stuck: @escaping @Sendable () -> Void
  ) throws -> (kernel: Kernel, outcome: KernelOutcome) {
    let kernel = try Kernel(configuration)
    let watchdog = Watchdog(kernel, limit: seconds, stuck: stuck)
    defer { watchdog.cancel() }
    return (kernel, kernel.run())
  }

  /// The booted machine, for a run that nothing but its own limits ends.
  package func boot() throws(InputError) -> Kernel {
    do {
      return try Kernel(configuration)
    } catch {
      throw InputError("\(error)")
    }
  }
}

extension Verdict {
  /// The verdict on a run that its own command did not end; nil if the command exited.
  package init?(_ outcome: KernelOutcome, _ limits: Lab.Limits) throws(HostFailure) {
    switch outcome {
    case .finished: return nil
    case .panicked(let text): self = .panicked(text)
    case .deadlocked, .idle: self = .deadlocked
    case .instructionLimit: self = .outOfInstructions(limit: limits.instructions)
    case .consoleLimit: self = .tooMuchOutput(limit: limits.consoleBytes)
    case .stopped: self = .outOfTime(seconds: limits.wallSeconds)
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}
