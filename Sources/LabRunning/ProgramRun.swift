import Foundation
import HostSupport
import LabModel
import RV64
import Synchronization
import XV6Kernel

/// One command on the Swift kernel, outside of any test: `labrunner run`.
package struct ProgramRun {
  private let solution: any LabSolution
  private let disk: ProgramDisk

  /// Guest RAM in MiB.
  package var memoryMiB = 128
  /// Retired user instructions after which the run ends; nil for none.
  package var instructionLimit: UInt64?
  /// Pages that the command and all that it starts may hold; nil for as many as there are.
  package var quota: Int?
  /// What is folded into the run's hashes; nil for nothing.
  package var trace: TraceGrain?

  /// What became of a run.
  package struct Result: Sendable {
    /// The program's own exit status, as a shell sees it (0 to 255); 1 where the kernel ended it.
    package var status: Int32
    /// Why the kernel ended it; nil where the program exited by itself.
    package var trouble: String?
    /// Retired user instructions.
    package var instructions: UInt64
    /// Pages left free at the end.
    package var freePages: Int
    /// Pages that the quota has refused.
    package var refusedPages: UInt64
    /// The hashes of the run, where they were asked for.
    package var trace: TraceSum?
  }

  /// Prepares `command`: a program of the disk, or a path of an ELF file of the host, and its arguments.
  ///
  /// - `image`: an xv6 disk image to use in place of our own. It is read, never written; in the machine's copy, our
  ///   `init`, which runs one command, takes the place of its own.
  package init(command: [String], solution: any LabSolution, image: String? = nil) throws {
    disk = try ProgramDisk(command: command, image: image)
    self.solution = solution
  }

  /// Boots, runs the command to its end, and tells how it ended. What the kernel prints while it boots is not passed on:
  /// it is not the command's.
  ///
  /// `input` is asked for more when the guest waits at its console (nil: the end of input): when nothing else can run, or,
  /// where `inputIsReady` says that nobody has to think about it first, at once. `output` receives what the guest
  /// writes there.
  package func run(
    input: @escaping @Sendable () -> [UInt8]?, inputIsReady: Bool = false,
    output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) throws -> Result {
    var run = CommandRun(
      disk.command, disk: disk.image, solution: solution, memoryMiB: memoryMiB, quota: quota)
    run.configuration.instructionLimit = instructionLimit ?? .max
    run.configuration.trace = trace
    run.configuration.consoleSource = Self.endedByControlD(input)
    run.configuration.consoleReadySource = inputIsReady ? input : nil
    let booted = Mutex(false)
    run.configuration.consoleOutput = { bytes in
      if booted.withLock({ $0 }) { output(bytes) }
    }
    let kernel = try run.boot()
    booted.withLock { $0 = true }
    let (status, trouble) = try Self.explain(kernel.run())
    return Result(
      status: status, trouble: trouble, instructions: kernel.retired, freePages: kernel.freePages,
      refusedPages: kernel.refusedPages, trace: kernel.traceSum)
  }

  /// `input`, and behind its end as many ctrl-D as a shell and what it started may want to read.
  ///
  /// The end of a host's file is the end of xv6's console input only where somebody types it.
  private static func endedByControlD(_ input: @escaping @Sendable () -> [UInt8]?) -> @Sendable () -> [UInt8]?
  {
    let left = Mutex(NPROC)
    return {
      if let bytes = input() { return bytes }
      return left.withLock { left in
        guard left > 0 else { return nil }
        left -= 1
        return [0x04]
      }
    }
  }

  private static func explain(_ outcome: KernelOutcome) throws(HostFailure) -> (
    status: Int32, trouble: String?
  ) {
    switch outcome {
    case .finished(let status): (status & 0xFF, nil)
    case .panicked(let text): (1, "the kernel panicked: \(text)")
    case .deadlocked: (1, Verdict.deadlocked.sentence)
    case .idle: (1, "the input ended while a process was reading it")
    case .instructionLimit: (1, "the limit of retired instructions was reached")
    case .consoleLimit: (1, "the limit of console output was reached")
    case .stopped: (1, "stopped")
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}
