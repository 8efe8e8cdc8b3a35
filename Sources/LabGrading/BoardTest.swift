import Foundation
import ObjectFile
import VirtBoard

/// Runs tests on a real kernel: boots it once, on a disk with our own programs, and starts each test from that moment.
struct BoardHost: Sendable {
  private let kernel: ELF
  private let lab: Lab
  private let shell: GuestText
  private let programs: [String: GuestText]
  private let start: Start

  /// What a boot came to.
  private enum Start: Sendable {
    /// The shell waits for a command.
    case prompt(BoardSnapshot)
    /// It never did.
    case dead(Verdict, explanation: String?, console: String)
  }

  /// What an exception in U mode counts for, beside its instructions, against their limit: an endless fault is soon over.
  private static let trapCost: UInt64 = 2000

  /// Instructions between two looks at what the witness has seen.
  private static let slice: UInt64 = 20_000

  /// What the board found out about the kernel, a sentence each.
  let findings: [String]

  /// Boots `solution`'s kernel with our disk. That it does not come to a prompt is a result, not an error.
  init(_ solution: KernelSolution, lab: Lab, _ configuration: BoardConfiguration) throws {
    var configuration = configuration
    configuration.memorySize = UInt64(lab.limits.memoryMiB) << 20
    configuration.consoleLimit = UInt64(lab.limits.consoleBytes)
    configuration.disk = try LabDisk.image(for: lab.name)
    let texts = try LabDisk.texts(for: lab.name)
    guard let shell = texts["sh"] else { throw InputError("lab \"\(lab.name)\" has no shell on its disk") }
    let board: Board
    do {
      board = try Board(kernel: solution.kernel, configuration)
    } catch {
      throw InputError("\(solution.path): \(error)")
    }
    kernel = solution.kernel
    self.lab = lab
    self.shell = shell
    programs = texts
    let witness = BoardWitness(board, kernel: kernel, program: nil, shell: shell)
    if let verdict = Self.run(board, witness, lab.limits, until: { $0.isAtPrompt }) {
      let explanation = witness.recorder.explanation(of: verdict).map { "before the shell's prompt: \($0)" }
      start = .dead(verdict, explanation: explanation, console: witness.recorder.console)
    } else {
      start = .prompt(board.snapshot())
    }
    findings = board.findings
  }

  /// Runs `test` on a machine of its own.
  func run(_ test: Lab.Test) throws -> TestResult {
    let snapshot: BoardSnapshot
    switch start {
    case .prompt(let ready): snapshot = ready
    case .dead(let verdict, let explanation, let console):
      return TestResult(
        test: test, verdict: verdict, explanation: explanation, instructions: 0, console: console)
    }
    let board = try Board(restoring: snapshot)
    let witness = BoardWitness(
      board, kernel: kernel, program: programs[test.run[0]].map { (test.run[0], $0) }, shell: shell)
    board.type(Array((test.run.joined(separator: " ") + "\n").utf8))
    let begin = board.retired
    let end = Self.run(board, witness, lab.limits) { $0.status != nil && $0.isAtPrompt }
    let verdict: Verdict
    switch (end, witness.status) {
    case (nil, 0?): verdict = .passed
    case (let trouble?, _): verdict = trouble
    case (nil, _) where witness.claimsSuccess: verdict = .forged
    case (nil, let status):
      verdict = witness.casualty.map { .killed($0) } ?? .failed(status: Int(status ?? -1))
    }
    return TestResult(
      test: test, verdict: verdict, recorder: witness.recorder, instructions: board.retired - begin)
  }

  /// Runs until `isDone`, or something ends the machine; that is the verdict then.
  private static func run(
    _ board: Board, _ witness: BoardWitness, _ limits: Lab.Limits, until isDone: (BoardWitness) -> Bool
  ) -> Verdict? {
    let begin = board.retired
    let deadline = Date(timeIntervalSinceNow: TimeInterval(limits.wallSeconds))
    var panicSeen: UInt64?
    while !isDone(witness) {
      let stop = board.run(until: min(board.retired + slice, begin + limits.boardInstructions))
      if let text = witness.panicText {
        let since = panicSeen ?? board.retired
        panicSeen = since
        if witness.isPanicked(after: board.retired - since) || stop != .limit { return .panicked(text) }
      }
      switch stop {
      case .limit:
        if board.retired - begin + witness.traps * trapCost >= limits.boardInstructions {
          return .outOfInstructions(limit: limits.boardInstructions)
        }
        if Date() > deadline { return .outOfTime(seconds: limits.wallSeconds) }
      case .consoleLimit: return .tooMuchOutput(limit: limits.consoleBytes)
      case .poweredOff, .reset, .stopped: return .ended("\(stop)")
      case .trapLoop: return .ended("\(stop)")
      case .idle, .deadlocked: return isDone(witness) ? nil : .deadlocked
      }
    }
    return nil
  }
}
