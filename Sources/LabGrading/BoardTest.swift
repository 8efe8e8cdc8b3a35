import Foundation
import ObjectFile
import VirtBoard

/// Runs tests on a real kernel: boots it once, on a disk with our own programs, and starts each test from that moment.
struct BoardHost: Sendable {
  private let kernel: ELF
  private let lab: Lab
  private let source: Source
  private let start: Start
  private let library: ProgramLibrary
  private let drawsMemory: Bool

  /// Whose programs run, and so who is believed.
  private enum Source: Sendable {
    case ours(shell: GuestText, programs: [String: GuestText])
    case theirs
  }

  /// What a boot came to.
  private enum Start: Sendable {
    /// The shell waits for a command.
    case prompt(BoardSnapshot)
    /// It never did.
    case dead(Verdict, explanation: String?, console: String)
  }

  /// What an exception in U mode counts for, beside its instructions, against their limit: an endless fault is soon over.
  private static let trapCost: UInt64 = 2000

  /// Instructions for which a test is followed that would not come to an end: so many, and more where they show nothing.
  private static let followed: [UInt64] = [300_000_000, 3_000_000_000]

  /// Instructions between two looks at what the witness has seen.
  private static let slice: UInt64 = 20_000

  /// What the board found out about the kernel, a sentence each.
  let findings: [String]

  /// Boots `solution`'s kernel, on a disk of ours or on `theirImage`. That it does not come to a prompt is a result, not
  /// an error.
  init(
    _ solution: KernelSolution, lab: Lab, _ configuration: BoardConfiguration, theirImage: [UInt8]? = nil,
    drawsMemory: Bool = false
  ) throws {
    self.drawsMemory = drawsMemory
    var configuration = configuration
    configuration.memorySize = UInt64(lab.limits.memoryMiB) << 20
    configuration.consoleLimit = UInt64(lab.limits.consoleBytes)
    configuration.disk = try theirImage ?? LabDisk.image(for: lab.name)
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
    library = ProgramLibrary(lab: lab.name)
    source = theirImage == nil ? .ours(shell: shell, programs: texts) : .theirs
    let witness = Self.witness(board, kernel, source, test: nil)
    if let verdict = Self.run(board, witness, lab.limits) {
      let explanation = witness.recorder.explanation(of: verdict).map { "before the shell's prompt: \($0)" }
      start = .dead(verdict, explanation: explanation, console: witness.recorder.console)
    } else {
      start = .prompt(board.snapshot())
    }
    findings = board.findings
  }

  private var isOurs: Bool { if case .ours = source { true } else { false } }

  private static func witness(_ board: Board, _ kernel: ELF, _ source: Source, test: Lab.Test?)
    -> BoardWitness
  {
    switch source {
    case .ours(let shell, let programs):
      let program = test.flatMap { test in programs[test.run[0]].map { (test.run[0], $0) } }
      return ProgramWitness(board, kernel: kernel, program: program, shell: shell)
    case .theirs:
      return ConsoleWitness(board, kernel: kernel, test: test.map(Self.theirName))
    }
  }

  /// What the disk's own programs call the test: theirs have spaces where ours have underscores.
  private static func theirName(of test: Lab.Test) -> String {
    (test.run.last ?? test.name).replacing("_", with: " ")
  }

  /// What to type for `test`. A name with a space in it cannot be typed at xv6's shell, so that all of the program's tests
  /// run.
  private func command(for test: Lab.Test) -> String {
    if case .theirs = source, Self.theirName(of: test).contains(" ") { return test.run[0] }
    return test.run.joined(separator: " ")
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
    if case .ours(_, let programs) = source, programs[test.run[0]] == nil {
      throw InputError(
        "test \"\(test.name)\": the disk of lab \"\(lab.name)\" has no program \"\(test.run[0])\"")
    }
    let board = try Board(restoring: snapshot)
    let witness = Self.witness(board, kernel, source, test: test)
    board.type(Array((command(for: test) + "\n").utf8))
    let begin = board.retired
    let end = Self.run(board, witness, lab.limits)
    let verdict: Verdict
    switch (end, witness.status) {
    case (nil, 0?): verdict = .passed
    case (let trouble?, _): verdict = trouble
    case (nil, _) where witness.claimsSuccess && isOurs: verdict = .forged
    case (nil, let status?): verdict = witness.casualty.map { .killed($0) } ?? .failed(status: Int(status))
    case (nil, nil): verdict = witness.fault.map { .killed($0) } ?? .vanished
    }
    var result = TestResult(
      test: test, verdict: verdict, recorder: witness.recorder, instructions: board.retired - begin,
      trace: board.traceSum)
    if !result.passed { result.diagnosis = try diagnosis(of: result, from: snapshot) }
    return result
  }

  /// Why the test was lost, by what happens when it runs again from where it began, with somebody following the kernel. One
  /// that would never end does the same for ever, and is not followed long.
  private func diagnosis(of result: TestResult, from snapshot: BoardSnapshot) throws -> Diagnosis {
    switch result.verdict {
    case .outOfInstructions, .outOfTime:
      let first = try diagnosis(of: result, from: snapshot, limit: Self.followed[0])
      if first.fault != nil || !first.mistakes.isEmpty { return first }
      return try diagnosis(of: result, from: snapshot, limit: Self.followed[1])
    default: return try diagnosis(of: result, from: snapshot, limit: .max)
    }
  }

  private func diagnosis(
    of result: TestResult, from snapshot: BoardSnapshot, limit: UInt64
  ) throws -> Diagnosis {
    let board = try Board(restoring: snapshot)
    let witness = Self.witness(board, kernel, source, test: result.test)
    let map = KernelMap(kernel)
    var builder = DiagnosisBuilder(
      result.test, library: library, meter: drawsMemory ? Meter(command: nil) : nil)
    let follower = KernelFollower(board, map) { builder.hear($0, at: $1) }
    witness.onLine = { follower.hear(line: $0) }
    var limits = lab.limits
    limits.boardInstructions = min(limits.boardInstructions, limit)
    board.type(Array((command(for: result.test) + "\n").utf8))
    _ = Self.run(board, witness, limits)
    var diagnosis = builder.diagnosis(of: result.verdict)
    diagnosis.gap = map.gap ?? diagnosis.gap
    return diagnosis
  }

  /// Runs until the shell is at its prompt; nil then. Where something else ends the machine, that is the verdict.
  private static func run(_ board: Board, _ witness: BoardWitness, _ limits: Lab.Limits) -> Verdict? {
    defer { witness.flush() }
    let begin = board.retired
    let deadline = Deadline(seconds: limits.wallSeconds) { [stopper = board.stopper] in stopper.stop() }
    defer { deadline.cancel() }
    var panicSeen: UInt64?
    while true {
      let stop = board.run(until: min(board.retired + slice, begin + limits.boardInstructions))
      if witness.isAtPrompt { return nil }
      if let text = witness.panicText {
        let since = panicSeen ?? board.retired
        panicSeen = since
        if witness.isPanicked(after: board.retired - since) || stop != .limit { return .panicked(text) }
      }
      switch stop {
      case .limit:
        if board.retired - begin + witness.traps * trapCost >= limits.boardInstructions {
          if let text = witness.lastWordIsPanic { return .panicked(text) }
          return .outOfInstructions(limit: limits.boardInstructions)
        }
      case .consoleLimit: return .tooMuchOutput(limit: limits.consoleBytes)
      case .stopped: return .outOfTime(seconds: limits.wallSeconds)
      case .poweredOff, .reset: return .ended("\(stop)")
      case .trapLoop: return .ended("\(stop)")
      case .idle, .deadlocked: return .deadlocked
      }
    }
  }
}
