import HostSupport
import LabEvents
import LabRunning
import ObjectFile
import Sv39MMU
import XV6Kernel

/// `labrunner explain`: runs a program on the Swift kernel up to a moment, and says what addresses mean to
/// the program at that moment.
package struct ExplainRun {
  private let disk: ProgramDisk
  private let solution: any LabSolution
  /// Nil for the first page fault, or for the end of the run if there is no page fault.
  package var moment: ExplainMoment?
  /// The addresses to explain; if there are none, the address that the moment is about.
  package var addresses: [String] = []
  /// Whether the whole page table is shown.
  package var tree = false
  package var memoryMiB = 128
  /// After this many retired user instructions, the run no longer waits for the moment.
  package var instructionLimit: UInt64 = 2_000_000_000
  package var quota: Int?

  /// - `command`: a program on the disk, or a path to an ELF file of the host, and the program's arguments.
  /// - `image`: an xv6 disk image to use instead of our own.
  package init(command: [String], solution: any LabSolution, image: String? = nil) throws {
    disk = try ProgramDisk(command: command, image: image)
    self.solution = solution
  }

  /// Runs the program and makes the explanation.
  package func run() throws -> ProcessExplanation {
    let program = try disk.program
    let moment = moment ?? .fault(1)
    var run = CommandRun(
      disk.command, disk: disk.image, solution: solution, memoryMiB: memoryMiB, quota: quota)
    run.configuration.instructionLimit = instructionLimit
    run.configuration.stop = (try moment.stopPoint(in: program), disk.command[0])
    let kernel = try run.boot()
    let outcome = kernel.run()
    if case .hostFailed(let reason) = outcome { throw HostFailure(description: reason) }
    let process = try stopped(kernel, program, outcome)
    return try process.explanation(
      of: addresses, command: disk.command, stopped: stopWords(kernel, moment, outcome), tree: tree)
  }

  /// The process that was stopped. If none was stopped, it is the command's process, if it still has its
  /// memory.
  private func stopped(_ kernel: Kernel, _ program: ELF, _ outcome: KernelOutcome) throws(InputError)
    -> StoppedProcess
  {
    let p =
      kernel.stoppedAt.map { kernel.procs[$0.slot] } ?? kernel.procs.first { $0.pid == FirstProcess.command }
    guard let p, p.pagetable != 0, kernel.memory.contains(p.pagetable, count: 4096) else {
      throw InputError("\(disk.command[0]): no process is left to explain: the run ended with \(outcome)")
    }
    return StoppedProcess(
      memory: kernel.memory, pid: p.pid, name: p.name, root: p.pagetable, pc: p.trapframe.epc,
      program: program, layout: AddressLayout(program, size: p.sz, stackPointer: p.trapframe.sp),
      fault: kernel.stoppedAt?.fault.map { .init(scause: $0.scause, stval: $0.stval) },
      retired: kernel.stoppedAt?.retired ?? kernel.retired)
  }

  /// Where the program has stopped, for the first line.
  private func stopWords(_ kernel: Kernel, _ moment: ExplainMoment, _ outcome: KernelOutcome) -> String {
    if let stopped = kernel.stoppedAt {
      if stopped.reached { return "stopped \(moment.words)" }
      return self.moment == nil
        ? "at its end, without a page fault" : "at its end: it never came to stop \(moment.words)"
    }
    return switch outcome {
    case .panicked(let text): "where the kernel panicked: \(text)"
    case .instructionLimit: "where the limit of instructions was reached, and not \(moment.words)"
    case .deadlocked: "asleep, with nothing to wake it"
    case .idle: "waiting for input, of which there is none"
    default: "at the end of the run"
    }
  }
}
