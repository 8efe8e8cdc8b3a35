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
  /// The seconds of processor time that the solution's own code may use without calling the kernel.
  private var processorSeconds = 0

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
    configuration.stepLimit = limits.kernelSteps
    processorSeconds = limits.processorSeconds
  }

  /// Builds the machine, boots it, and runs it.
  ///
  /// If the solution's own code neither returns nor calls the kernel, `run` never returns. Then `stuck` is
  /// called on another thread, and must end the process. The process must have no other work: its processor
  /// time is what shows it. If `stuck` is nil, nobody watches.
  package func run(stuck: (@Sendable () -> Void)?) throws -> (kernel: Kernel, outcome: KernelOutcome) {
    let kernel = try Kernel(configuration)
    let watchdog = stuck.map {
      Watchdog(
        seconds: processorSeconds, progress: { kernel.stepCount &+ kernel.returnsToUserMode }, stuck: $0)
    }
    defer { watchdog?.cancel() }
    return (kernel, kernel.run())
  }

  /// Returns the booted machine. Nobody watches it: only the limits in `configuration` can stop its run.
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
    case .stepLimit: self = .outOfSteps(limit: limits.kernelSteps)
    case .endlessFault(let fault): self = .endlessFault(fault)
    case .consoleLimit, .stopped: self = .ended("the machine was stopped")
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}
