import KernelFollowing
import LabEvents
import LabModel
import ObjectFile
import UserFollowing
import VirtBoard

/// Runs a command on a real kernel's board, until the shell's next prompt. Also decides which witness is
/// believed about the result.
struct BoardSession: Sendable {
  let kernel: ELF
  let lab: Lab
  let source: Source

  /// Whose programs are on the disk. This decides which witness is believed.
  enum Source: Sendable {
    case ours(shell: UserProgram, programs: [String: UserProgram])
    case theirs
  }

  /// After so many instructions, the session looks at what the witness has seen.
  private static let slice: UInt64 = 20_000

  var isOurs: Bool { if case .ours = source { true } else { false } }

  /// The witness that watches `board` while it runs `test`. If `test` is nil, it watches the boot up to the
  /// first prompt. If the same fault comes `faults` times, it is endless.
  func witness(
    _ board: Board, test: Lab.Test?, faults: UInt64 = FaultWatch.standard
  ) -> BoardWitness {
    let bounds = BoardWitness.Bounds(consoleBytes: lab.limits.consoleBytes, faults: faults)
    switch source {
    case .ours(let shell, let programs):
      let ledger = test.flatMap { test in
        programs[test.run[0]].map { UserLedger(test, program: $0, launcher: shell) }
      }
      return ProgramWitness(board, bounds, kernel: kernel, ledger: ledger, shell: shell)
    case .theirs:
      return ConsoleWitness(board, bounds, kernel: kernel, test: test.map(Self.theirName))
    }
  }

  /// The test's name in the disk's own programs: they use spaces, and our names use underscores.
  private static func theirName(of test: Lab.Test) -> String {
    (test.run.last ?? test.name).replacing("_", with: " ")
  }

  /// The command line for `test`. xv6's shell cannot pass a name with a space to a program. In that case the
  /// command has no name, and the program runs all of its tests.
  func command(for test: Lab.Test) -> String {
    if case .theirs = source, Self.theirName(of: test).contains(" ") { return test.run[0] }
    return test.run.joined(separator: " ")
  }

  /// Runs until the shell is at its prompt, and then returns nil. If the run ends in another way, returns the
  /// verdict for that. The work of the board's devices has the same limit as the instructions: a kernel could
  /// keep them busy with few of these.
  func run(_ board: Board, _ witness: BoardWitness, _ limits: Lab.Limits) -> Verdict? {
    defer { witness.flush() }
    let begin = board.retired
    board.deviceWorkLimit = board.deviceWork &+ limits.boardInstructions
    defer { board.deviceWorkLimit = .max }
    var panicSeen: UInt64?
    while true {
      let stop = board.run(until: min(board.retired + Self.slice, begin + limits.boardInstructions))
      if witness.isAtPrompt { return nil }
      if let fault = witness.endlessFault { return .endlessFault(fault) }
      if let text = witness.panicText {
        let since = panicSeen ?? board.retired
        panicSeen = since
        if witness.isPanicked(after: board.retired - since) || stop != .limit { return .panicked(text) }
      }
      if stop == .limit {
        let isOver =
          board.retired - begin >= limits.boardInstructions || board.deviceWork >= board.deviceWorkLimit
        guard isOver else { continue }
        if let text = witness.lastWordIsPanic { return .panicked(text) }
      }
      return Verdict(stop, limits)
    }
  }
}

extension Verdict {
  /// The verdict on a run that stopped because the board itself stopped.
  package init(_ stop: BoardStop, _ limits: Lab.Limits) {
    self =
      switch stop {
      case .limit: .outOfInstructions(limit: limits.boardInstructions)
      case .poweredOff, .reset, .trapLoop, .earlyTrap, .consoleLimit, .stopped: .ended("\(stop)")
      case .idle, .deadlocked: .deadlocked
      }
  }
}
