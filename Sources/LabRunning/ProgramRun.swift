import Foundation
import HostSupport
import LabModel
import RV64
import Synchronization
import XV6Kernel

/// Runs one command on the Swift kernel, without a test: `labrunner run`.
package struct ProgramRun {
  private let solution: any LabSolution
  private let disk: ProgramDisk

  /// Guest RAM in MiB.
  package var memoryMiB = 128
  /// The run ends after so many retired user instructions; nil means no limit.
  package var instructionLimit: UInt64?
  /// How many pages the command and its child processes may hold together; nil means no limit.
  package var quota: Int?
  /// What goes into the run's hashes; nil means that no hashes are computed.
  package var trace: TraceGrain?

  /// How a run ended.
  package struct Result: Sendable {
    /// The program's own exit status, as a shell sees it (0 to 255); 1 if the run ended in another way.
    package var status: Int32
    /// Why the run ended without an exit of the program; nil if the program exited by itself.
    package var trouble: String?
    /// Retired user instructions.
    package var instructions: UInt64
    /// Free pages at the end of the run.
    package var freePages: Int
    /// How many page requests the quota refused.
    package var refusedPages: UInt64
    /// The hashes of the run; nil if nobody asked for them.
    package var trace: TraceSum?
  }

  /// Prepares `command`: a program on the disk, or the path of an ELF file on the host; then its arguments.
  ///
  /// - `image`: an xv6 disk image to use instead of our own. The file is read, never written. In the
  ///   machine's copy of it, our own `init` replaces the image's `init`, because ours runs one command.
  package init(command: [String], solution: any LabSolution, image: String? = nil) throws {
    disk = try ProgramDisk(command: command, image: image)
    self.solution = solution
  }

  /// Boots, runs the command to its end, and tells how it ended. `output` does not get the text that the
  /// kernel prints while it boots, because the command did not write it.
  ///
  /// `input` is called when the guest waits for console input, and returns more bytes, or nil at the end of
  /// input. Usually it is called only when no other process can run. If `inputIsReady` is true, the input
  /// never waits for a person, and so `input` is called at once. `output` receives the bytes that the guest
  /// writes to its console.
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

  /// Returns `input`, followed by one ctrl-D for each process that xv6 can have: a shell and every process
  /// that it started may read one.
  ///
  /// xv6's console knows no end of file. A reader sees the end of its input only after a ctrl-D.
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
    case .endlessFault(let fault): (1, Verdict.endlessFault(fault).sentence)
    case .stepLimit, .consoleLimit, .stopped: (1, "stopped")
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}
