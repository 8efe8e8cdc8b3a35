import KernelFollowing
import LabDiagnosis
import ObjectFile
import RV64
import Sv39MMU
import VirtBoard

/// Watches a board while it runs one test. What it may believe is its subclasses' business; every one of them hears
/// the console, counts user traps, and knows a panic.
class BoardWitness {
  unowned let board: Board
  private let panicked: UInt64?
  private var trapsAtPanic: UInt64?
  private(set) var console = ConsoleText()

  let recorder = TestRecorder()
  /// Exceptions in U mode.
  private(set) var traps: UInt64 = 0
  /// The status with which the test ended; nil while it runs.
  var status: Int32?
  /// The shell has written its prompt and waits for a command: the test, where there is one, is over.
  var isAtPrompt = false
  /// The text of a line that begins as a kernel's panic does.
  private(set) var panicText: String?
  /// The console claimed that the tests passed.
  private(set) var claimsSuccess = false
  /// Hears of every line of the console, too.
  var onLine: ((String) -> Void)?
  /// How the kernel killed the test's process, where that is known.
  var casualty: String? { nil }
  /// The last exception of the test's process, told as what it was killed for.
  var fault: String? { nil }

  init(_ board: Board, kernel: ELF) {
    self.board = board
    panicked = kernel.symbol(named: "panicked")?.address
    board.onConsoleOutput = { [unowned self] in hear($0) }
    board.onUserTrap = { [unowned self] trap in
      traps += 1
      see(trap)
    }
  }

  /// An exception in U mode, which the kernel has not seen yet.
  func see(_ trap: UserTrap) {}

  /// A whole line of the console.
  func hear(line: String) {}

  /// Something was added to the console's last line.
  func hearPart() {}

  /// The text of a panic after which no user program has run.
  var lastWordIsPanic: String? { trapsAtPanic == traps ? panicText : nil }

  /// Whether the kernel is dead: it said that it panics, and says so in its variable `panicked`, or, where the file has no
  /// symbols, has run no user program since.
  func isPanicked(after instructions: UInt64) -> Bool {
    guard panicText != nil else { return false }
    if let panicked {
      return board.readVirtual(satp: 0, va: panicked, count: 4).contains { $0 != 0 }
    }
    return trapsAtPanic == traps && instructions >= 50_000_000
  }

  private func hear(_ bytes: [UInt8]) {
    console.hear(bytes) { end($0) }
    hearPart()
  }

  /// Takes what stands on the console's last line for a line, at the end of a run that did not come to a prompt.
  func flush() {
    if !isAtPrompt { console.flush { end($0) } }
  }

  /// A line of the console has ended.
  private func end(_ line: String) {
    recorder.record(.consoleLine(line))
    onLine?(line)
    if line.hasSuffix("ALL TESTS PASSED") { claimsSuccess = true }
    if panicText == nil, let panic = ConsoleText.panic(in: line) {
      panicText = panic
      trapsAtPanic = traps
    }
    hear(line: line)
  }
}

/// Believes what the host itself sees of our own programs, whatever the kernel prints.
///
/// Each of our programs ends in a place of its own (`finish` in labs/user/lib/start.c). A system call from there, in a
/// process whose code is the program's, is the test's own end, with the status that it really had. Then the
/// kernel must bring the shell back to its prompt: one that panics over what the test left behind has not passed.
final class ProgramWitness: BoardWitness {
  private let program: GuestText
  private let programName: String
  private let shell: GuestText
  /// The last exception of a process that runs the test's program: what it was killed for, if it was.
  private var lastFault: UserTrap?
  /// The shell has written its prompt.
  private var hasPrompted = false

  /// Watches for the end of `program`, and then for the shell's prompt; nil watches for the prompt only.
  init(_ board: Board, kernel: ELF, program: (name: String, text: GuestText)?, shell: GuestText) {
    programName = program?.name ?? "sh"
    self.program = program?.text ?? shell
    self.shell = shell
    super.init(board, kernel: kernel)
  }

  override var casualty: String? {
    guard recorder.saysKilled else { return nil }
    return fault ?? "\(programName) was killed, without an exception of its own"
  }

  override var fault: String? {
    guard let lastFault else { return nil }
    return TestRecorder.killed(
      programName, .trap(scause: lastFault.cause, stval: lastFault.value, sepc: lastFault.pc))
  }

  override func see(_ trap: UserTrap) {
    guard trap.cause == TrapCause.environmentCallFromUser.rawValue else {
      if status == nil, program.isRunning(on: board, trap) { lastFault = trap }
      return
    }
    switch trap.systemCall {
    case .exit where status == nil:
      if program.finish.contains(trap.pc), program.isRunning(on: board, trap) {
        status = Int32(truncatingIfNeeded: trap.arguments.a0)
      }
    case .write where trap.arguments.a0 == 2 && trap.arguments.a2 == 2:
      let text = board.readVirtual(satp: trap.satp, va: trap.arguments.a1, count: 2)
      if text.elementsEqual("$ ".utf8), shell.isRunning(on: board, trap) { hasPrompted = true }
    case .read where hasPrompted && trap.readsStandardInput:
      if shell.isRunning(on: board, trap) { isAtPrompt = true }
    default:
      break
    }
  }
}

/// Believes what a disk's own programs print, as the official grader does: for who asks for `theirs`.
final class ConsoleWitness: BoardWitness {
  private var claim: PrintedVerdict

  /// Watches for the verdict that a test program prints for test `name`; nil watches for the prompt only.
  init(_ board: Board, kernel: ELF, test name: String?) {
    claim = PrintedVerdict(test: name ?? "")
    super.init(board, kernel: kernel)
    if name == nil { status = 0 }
  }

  override func hear(line: String) {
    claim.hear(line)
    status = claim.status ?? status
  }

  override func hearPart() { isAtPrompt = console.isPrompt }
}

/// What a test program prints of one of its tests: `test NAME: OK`, or `FAILED`.
struct PrintedVerdict {
  private let heading: String
  private var isRunning = false
  /// 0 for OK, 1 for FAILED; nil before either was printed.
  private(set) var status: Int32?

  init(test name: String) { heading = "test \(name):" }

  /// Hears a line of the console. A kernel's own lines may stand between a test's name and its verdict; what is printed
  /// later, such as `FAILED -- lost some free pages`, may take an OK back.
  mutating func hear(_ line: String) {
    if line.contains(heading) { isRunning = true }
    if line.hasPrefix("FAILED") || isRunning && line.hasSuffix("FAILED") {
      status = 1
      isRunning = false
    } else if isRunning && line.hasSuffix("OK") && status == nil {
      status = 0
      isRunning = false
    }
  }
}
