import HostSupport
import KernelFollowing
import LabRunning
import ObjectFile
import RV64
import Submissions
import Sv39MMU
import UserFollowing
import VirtBoard

/// `labrunner explain --kernel`: a program on a real kernel, stopped at one of its page faults.
///
/// The kernel boots on one of our own disks, and the command is typed at its shell. The explanation is made
/// at the moment of the trap, before the kernel runs its first instruction for it.
package struct BoardExplain {
  private let kernel: KernelSolution
  private let disk: ProgramDisk
  private let processes: ProcessLayout
  private let text: UserProgram
  /// The page fault of the program at which it is stopped, counted from 1.
  package var fault: UInt64 = 1
  /// The addresses to explain; if there are none, the faulting address is explained.
  package var addresses: [String] = []
  /// Whether the whole page table is shown.
  package var tree = false

  /// The limit of instructions until the shell shows its prompt, and again until the program ends.
  private static let limit: UInt64 = 20_000_000_000
  /// How many characters of a line xv6's shell reads.
  private static let longestLine = 99

  /// - `path`: a kernel's ELF file, or an xv6 tree with a kernel built in it.
  package init(kernel path: String, command: [String]) throws {
    guard case .kernel(let kernel) = try SolutionCatalogue.solution(path) else {
      throw InputError("--kernel takes a real kernel or its tree, not \"\(path)\"")
    }
    guard let processes = CodeMap(kernel.kernel).debugInfo.flatMap(ProcessLayout.init) else {
      throw InputError("\(path): its debug information (-ggdb) does not tell of struct proc")
    }
    disk = try ProgramDisk(command: command, image: nil)
    guard let text = UserProgram(try disk.program, name: disk.command[0]) else {
      throw InputError("\(command[0]): only programs of our own disk are told from others on a real kernel")
    }
    let line = command.joined(separator: " ")
    guard line.utf8.count <= Self.longestLine, !line.utf8.contains(where: { $0 < 0x20 }) else {
      throw InputError(
        "the command is not a line of at most \(Self.longestLine) bytes, as xv6's shell reads it")
    }
    self.kernel = kernel
    self.processes = processes
    self.text = text
  }

  /// Boots, runs the program up to the fault, and makes the explanation.
  package func run() throws -> ProcessExplanation {
    let program = try disk.program
    var configuration = BoardConfiguration()
    configuration.disk = disk.image
    if let memoryMiB = kernel.memoryMiB { configuration.memorySize = UInt64(memoryMiB) << 20 }
    let board: Board
    do {
      board = try Board(kernel: kernel.kernel, configuration)
    } catch {
      throw InputError("\(kernel.path): \(error)")
    }
    let shell = ShellBoard(board)
    if let trouble = shell.runToPrompt(limit: Self.limit) {
      throw InputError("\(kernel.path): before its shell's prompt: \(trouble)")
    }
    var seen: UInt64 = 0
    var found: Result<ProcessExplanation, any Error>?
    let hearPrompt = board.onUserTrap
    board.onUserTrap = { [unowned board] trap in
      hearPrompt?(trap)
      guard found == nil, [12, 13, 15].contains(trap.cause),
        text.isRunning(in: board.memory, satp: trap.satp, at: trap.pc)
      else { return }
      seen += 1
      guard seen == fault else { return }
      found = Result { try explanation(board, trap, program) }
      board.stopper.stop()
    }
    shell.type(disk.command.joined(separator: " "))
    let trouble = shell.runToPrompt(limit: Self.limit)
    if let found { return try found.get() }
    throw InputError(
      "\(disk.command[0]): page fault \(grouped(fault)) never came (\(grouped(seen)) did): "
        + (trouble ?? "the shell has its prompt again"))
  }

  private func explanation(_ board: Board, _ trap: UserTrap, _ program: ELF) throws -> ProcessExplanation {
    let root = trap.satp.rootTable
    let all = KernelProcesses(board.memory, processes)
    guard let process = all.process(satp: trap.satp, hart: UInt64(trap.hart)), process.pagetable == root
    else {
      throw InputError("\(kernel.path): no entry of its process table has the page table at \(hex(root))")
    }
    let stopped = StoppedProcess(
      memory: board.memory, pid: process.pid, name: process.name, root: root, pc: trap.pc, program: program,
      layout: AddressLayout(program, size: process.size, stackPointer: trap.sp),
      fault: .init(scause: trap.cause, stval: trap.value), retired: nil)
    return try stopped.explanation(
      of: addresses, command: disk.command, stopped: "stopped \(ExplainMoment.fault(fault).words)", tree: tree
    )
  }
}
