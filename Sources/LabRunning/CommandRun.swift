import HostSupport
import LabModel
import XV6Kernel

/// Runs one command on its own machine, with xv6 in Swift. `/init` starts the command, and the run ends when
/// the command ends.
///
/// A test of a lab, `labrunner run`, `explain` and `compare` each make a `CommandRun`. They add to
/// `configuration` the closures that listen to the machine.
package struct CommandRun {
  package var configuration: KernelConfiguration

  /// - `command`: a program on `disk`, and its arguments;
  /// - `quota`: how many pages its processes may hold together; nil means no limit.
  package init(
    _ command: [String], disk: [UInt8], solution: any LabSolution, memoryMiB: Int, quota: Int? = nil
  ) {
    configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + command
    configuration.memorySize = UInt64(memoryMiB) << 20
    configuration.quota = quota
  }

  /// The same, with the limits of a lab.
  package init(
    _ command: [String], disk: [UInt8], solution: any LabSolution, limits: Lab.Limits, quota: Int? = nil
  ) {
    self.init(command, disk: disk, solution: solution, memoryMiB: limits.memoryMiB, quota: quota)
    configuration.instructionLimit = limits.instructions
    configuration.consoleLimit = limits.consoleBytes
  }

  /// Builds the machine, boots it, and runs it. The machine is asked to stop after `seconds` on the host's
  /// clock.
  ///
  /// If the solution's own code never returns, `run` never returns either. Then `stuck` is called on another
  /// thread, and `stuck` must end the process.
  package func run(
    seconds: Int, stuck: @escaping @Sendable () -> Void
  ) throws -> (kernel: Kernel, outcome: KernelOutcome) {
    let kernel = try Kernel(configuration)
    let watchdog = Watchdog(kernel, limit: seconds, stuck: stuck)
    defer { watchdog.cancel() }
    return (kernel, kernel.run())
  }

  /// Returns the booted machine. It has no watchdog: only the limits in `configuration` can stop its run.
  package func boot() throws(InputError) -> Kernel {
    do {
      return try Kernel(configuration)
    } catch {
      throw InputError("\(error)")
    }
  }
}

extension Verdict {
  /// The verdict if the run ended before its command did; nil if the command exited.
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
