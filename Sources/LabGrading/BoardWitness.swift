import Foundation
import LabEvents
import ObjectFile
import RV64
import VirtBoard

/// What the host itself sees of a test on a board, whatever the kernel prints.
///
/// The test programs are ours, and each ends in a place of its own (`finish` in labs/user/lib/start.c). A system call from
/// there, in a process whose code is our program's, is the test's own end, with the status that it really
/// had. Then the kernel must bring the shell back to its prompt: one that panics over what the test left behind has
/// not passed.
final class BoardWitness {
  private enum SystemCall {
    static let exit: UInt64 = 2
    static let read: UInt64 = 5
  }

  /// `scause` of a system call from U mode.
  private static let environmentCall: UInt64 = 8

  private unowned let board: Board
  private let program: GuestText
  private let programName: String
  private let shell: GuestText
  private let panicked: UInt64?
  private var line: [UInt8] = []
  private var trapsAtPanic: UInt64?
  /// Exceptions in U mode.
  private(set) var traps: UInt64 = 0

  let recorder = TestRecorder()
  /// The status with which the test's program ended.
  private(set) var status: Int32?
  /// The shell waits for a command, after the test's end (or, while there is no test, at all).
  private(set) var isAtPrompt = false
  /// The text of a line that begins as a kernel's panic does.
  private(set) var panicText: String?
  /// The last exception of a process that runs the test's program: what it was killed for, if it was.
  private var lastFault: UserTrap?
  /// The console claimed that the tests passed.
  private(set) var claimsSuccess = false

  /// Watches `board` for the end of `program`; nil watches for the shell's prompt only.
  init(_ board: Board, kernel: ELF, program: (name: String, text: GuestText)?, shell: GuestText) {
    self.board = board
    programName = program?.name ?? "sh"
    self.program = program?.text ?? shell
    self.shell = shell
    panicked = kernel.symbol(named: "panicked")?.address
    if program == nil { status = 0 }
    board.onConsoleOutput = { [unowned self] in hear($0) }
    board.onUserTrap = { [unowned self] in see($0) }
  }

  /// How the kernel killed the test's process, where the test says that it did.
  var casualty: String? {
    guard recorder.saysKilled, let lastFault else { return nil }
    return TestRecorder.killed(
      programName, .trap(scause: lastFault.cause, stval: lastFault.value, sepc: lastFault.pc))
  }

  /// Whether the kernel is dead: it said that it panics, and says so in its variable `panicked`, or, where the file has no
  /// symbols, has run no user program since.
  func isPanicked(after instructions: UInt64) -> Bool {
    guard panicText != nil else { return false }
    if let panicked {
      return board.readVirtual(satp: 0, va: panicked, count: 4).contains { $0 != 0 }
    }
    return trapsAtPanic == traps && instructions >= 50_000_000
  }

  private func see(_ trap: UserTrap) {
    traps += 1
    guard trap.cause == Self.environmentCall else {
      if status == nil, program.isRunning(on: board, trap) { lastFault = trap }
      return
    }
    switch trap.arguments.a7 {
    case SystemCall.exit where status == nil:
      if program.finish.contains(trap.pc), program.isRunning(on: board, trap) {
        status = Int32(truncatingIfNeeded: trap.arguments.a0)
      }
    case SystemCall.read where status != nil && trap.arguments.a0 == 0:
      if shell.isRunning(on: board, trap) { isAtPrompt = true }
    default:
      break
    }
  }

  private func hear(_ bytes: [UInt8]) {
    for byte in bytes where byte != UInt8(ascii: "\r") {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      line.removeAll(keepingCapacity: true)
      recorder.record(.consoleLine(text))
      if text == "ALL TESTS PASSED" { claimsSuccess = true }
      if let panic = text.range(of: "panic: "), panicText == nil {
        panicText = String(text[panic.upperBound...])
        trapsAtPanic = traps
      }
    }
  }
}

/// The code of one of our programs, to be recognised in a guest's memory.
struct GuestText: Sendable {
  /// The addresses of the function by which its `main` ends.
  let finish: Range<UInt64>
  private let address: UInt64
  private let bytes: [UInt8]

  /// Nil where `elf` has no text or no `finish`: it is none of our programs.
  init?(_ elf: ELF) {
    guard let text = elf.section(named: ".text"), let finish = elf.symbol(named: "finish") else { return nil }
    address = text.address
    bytes = Array(elf.contents(of: text))
    self.finish = finish.address..<(finish.address &+ max(finish.size, 16))
  }

  /// Whether the process that traps runs this program: the code around its pc is ours.
  func isRunning(on board: Board, _ trap: UserTrap) -> Bool {
    let first = max(address, trap.pc &- min(trap.pc, 1024))
    let last = min(address &+ UInt64(bytes.count), trap.pc &+ 16)
    guard first <= trap.pc, trap.pc < last else { return false }
    let expected = bytes[Int(first - address)..<Int(last - address)]
    return board.readVirtual(satp: trap.satp, va: first, count: expected.count).elementsEqual(expected)
  }
}
