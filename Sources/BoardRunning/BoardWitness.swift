import KernelFollowing
import LabDiagnosis
import LabEvents
import ObjectFile
import RV64
import Sv39MMU
import UserFollowing
import VirtBoard

/// Watches a board while it runs one test. Each subclass decides what it believes. This class does the common
/// work: it reads the console, counts exceptions in user mode, and recognises a panic.
class BoardWitness {
  unowned let board: Board
  private let panicked: UInt64?
  private var trapsAtPanic: UInt64?
  private(set) var console = ConsoleText()

  let recorder: TestRecorder
  /// A fault that came for ever; nil if there is none.
  private(set) var endlessFault: EndlessFault?
  private var faults: FaultWatch
  /// The number of exceptions in U mode. System calls count too.
  private(set) var traps: UInt64 = 0
  /// The test's exit status; nil until the test has ended.
  var status: Int32? { nil }
  /// What the test's processes really did; nil if nobody follows them.
  var ledger: UserLedger? { nil }
  /// Whether the shell has written its prompt and waits for a command. If there was a test, it is over.
  var isAtPrompt = false
  /// The text of the first console line that starts like a kernel's panic; nil if there is no such line.
  private(set) var panicText: String?
  /// Whether a console line said that all tests passed.
  private(set) var claimsSuccess = false
  /// Is also called with every line of the console.
  var onLine: ((String) -> Void)?
  /// How the kernel killed the test's process; nil if it did not, or if that is not known.
  var casualty: String? { nil }
  /// The last exception of the test's process, as a sentence that says that the process was killed for it.
  var fault: String? { nil }

  /// How much is kept of the console, and how often the same fault must come to be endless.
  struct Bounds {
    var consoleBytes: Int
    var faults: UInt64
  }

  init(_ board: Board, _ bounds: Bounds, kernel: ELF) {
    self.board = board
    recorder = TestRecorder(keeping: bounds.consoleBytes)
    faults = FaultWatch(slots: Self.watchedProcesses, limit: bounds.faults)
    panicked = kernel.symbol(named: "panicked")?.address
    board.onConsoleOutput = { [unowned self] in hear($0) }
    board.onUserTrap = { [unowned self] trap in
      traps += 1
      watch(trap)
      see(trap)
    }
  }

  /// As many processes as xv6 has.
  private static let watchedProcesses = 64

  /// Notices a fault that comes for ever. A process is known by its page table, and has gone on if one of the
  /// registers that a trap reports has changed.
  private func watch(_ trap: UserTrap) {
    guard trap.cause != TrapCause.environmentCallFromUser.rawValue else { return faults.noteCall() }
    let root = trap.satp & (1 << 44 - 1)
    let fault = faults.noteFault(
      slot: Int(root % UInt64(Self.watchedProcesses)), root: root << 12, program: trap.registerSum,
      scause: trap.cause, stval: trap.value, sepc: trap.pc, memory: board.memory)
    endlessFault = endlessFault ?? fault
  }

  /// Is called for each exception in U mode, before the kernel handles it.
  func see(_ trap: UserTrap) {}

  /// Is called with each complete line of the console.
  func hear(line: String) {}

  /// Is called after the console printed something. The last line may be incomplete.
  func hearPart() {}

  /// The text of the panic, if there was no exception in U mode after it; otherwise nil.
  var lastWordIsPanic: String? { trapsAtPanic == traps ? panicText : nil }

  /// Whether the kernel is dead. It must have printed a panic, and its variable `panicked` must not be 0. If
  /// the kernel's file has no such symbol, then no exception may have happened in U mode since the panic, for
  /// many instructions.
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

  /// Call this at the end of a run. If the run did not reach a prompt, the console's incomplete last line now
  /// counts as a line.
  func flush() {
    if !isAtPrompt { console.flush { end($0) } }
  }

  /// Handles a complete line of the console.
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

extension UserTrap {
  /// A sum of the program's registers, as far as the trap reports them.
  fileprivate var registerSum: UInt64 {
    let a = arguments
    func fold(_ sum: UInt64, _ value: UInt64) -> UInt64 { sum &* 0x9E37_79B9_7F4A_7C15 &+ value }
    let low = fold(fold(fold(fold(fold(ra, sp), a.a0), a.a1), a.a2), a.a3)
    return fold(fold(fold(fold(low, a.a4), a.a5), a.a6), a.a7)
  }
}

/// Believes only what the host itself sees of our own programs. The text that the kernel prints does not
/// count, and neither does what it says about the test's processes: a `UserLedger` keeps account of them.
///
/// Each of our programs ends at a known place (`finish` in labs/user/lib/start.c). If the command's own
/// process calls exit() from there, then the test has really ended, and the status is its real status. After
/// that the kernel must bring the shell back to its prompt. If it panics because of something that the test
/// left behind, the test has not passed.
final class ProgramWitness: BoardWitness {
  override var ledger: UserLedger? { account }
  override var status: Int32? { account?.status }

  private let account: UserLedger?
  private let shell: UserProgram
  /// The last exception of a process of the test. If the process was killed, this is the reason.
  private var lastFault: UserTrap?
  /// Whether the shell has written its prompt.
  private var hasPrompted = false

  /// Watches the test whose account is `ledger`, and then for the shell's prompt. If `ledger` is nil, it
  /// watches only for the prompt.
  init(_ board: Board, _ bounds: Bounds, kernel: ELF, ledger: UserLedger?, shell: UserProgram) {
    account = ledger
    self.shell = shell
    super.init(board, bounds, kernel: kernel)
    if let ledger { board.watchUserMode(ledger, places: ledger.map) }
  }

  override var casualty: String? {
    guard recorder.saysKilled else { return nil }
    return fault ?? "\(account?.program.name ?? "sh") was killed, without an exception of its own"
  }

  override var fault: String? {
    guard let account, let lastFault else { return nil }
    return TestRecorder.killed(
      account.program.name,
      .trap(scause: lastFault.cause, stval: lastFault.value, sepc: lastFault.pc))
  }

  override func see(_ trap: UserTrap) {
    guard trap.cause == TrapCause.environmentCallFromUser.rawValue else {
      if let account, account.status == nil, account.runsTest(on: trap.hart) { lastFault = trap }
      return
    }
    switch trap.systemCall {
    case .write where trap.arguments.a0 == 2 && trap.arguments.a2 == 2:
      let text = board.readVirtual(satp: trap.satp, va: trap.arguments.a1, count: 2)
      if text.elementsEqual("$ ".utf8), isShell(trap) { hasPrompted = true }
    case .read where hasPrompted && trap.readsStandardInput:
      if isShell(trap) { isAtPrompt = true }
    default:
      break
    }
  }

  private func isShell(_ trap: UserTrap) -> Bool {
    shell.isRunning(in: board.memory, satp: trap.satp, at: trap.pc)
  }
}

/// Believes the text that the disk's own programs print, like the official grader. Used for the source
/// `.theirs`.
final class ConsoleWitness: BoardWitness {
  private var claim: PrintedVerdict
  private var claimed: Int32?

  override var status: Int32? { claimed }

  /// Watches for the verdict that a test program prints for test `name`. If `name` is nil, it watches only
  /// for the prompt.
  init(_ board: Board, _ bounds: Bounds, kernel: ELF, test name: String?) {
    claim = PrintedVerdict(test: name ?? "")
    super.init(board, bounds, kernel: kernel)
    if name == nil { claimed = 0 }
  }

  override func hear(line: String) {
    claim.hear(line)
    claimed = claim.status ?? claimed
  }

  override func hearPart() { isAtPrompt = console.isPrompt }
}

/// The verdict that a test program prints for one of its tests: `test NAME: OK`, or `FAILED`.
struct PrintedVerdict {
  private let heading: String
  private var isRunning = false
  /// 0 after OK, 1 after FAILED; nil if neither has been printed yet.
  private(set) var status: Int32?

  init(test name: String) { heading = "test \(name):" }

  /// Reads a line of the console. The kernel may print its own lines between a test's name and its verdict. A
  /// later line, such as `FAILED -- lost some free pages`, may turn an OK into a failure.
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
