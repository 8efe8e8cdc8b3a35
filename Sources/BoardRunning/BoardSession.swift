import HostSupport
import KernelFollowing
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
    case ours(shell: GuestText, programs: [String: UserProgram])
    case theirs
  }

  /// Each exception in U mode counts as so many extra instructions against the limit. So a program that
  /// faults for ever reaches the limit soon.
  private static let trapCost: UInt64 = 2000

  /// After so many instructions, the session looks at what the witness has seen.
  private static let slice: UInt64 = 20_000

  var isOurs: Bool { if case .ours = source { true } else { false } }

  /// The witness that watches `board` while it runs `test`. If `test` is nil, it watches the boot up to the
  /// first prompt.
  func witness(_ board: Board, test: Lab.Test?) -> BoardWitness {
    switch source {
    case .ours(let shell, let programs):
      guard let test, let program = programs[test.run[0]], let launcher = programs["sh"] else {
        return ProgramWitness(board, kernel: kernel, ledger: nil, shell: shell)
      }
      let ledger = UserLedger(
        command: test.run, function: test.function, generations: test.concerns == .pages ? 1 : nil,
        program: program, launcher: launcher)
      return ProgramWitness(board, kernel: kernel, ledger: ledger, shell: shell)
    case .theirs:
      return ConsoleWitness(board, kernel: kernel, test: test.map(Self.theirName))
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
  /// verdict for that.
  func run(_ board: Board, _ witness: BoardWitness, _ limits: Lab.Limits) -> Verdict? {
    defer { witness.flush() }
    let begin = board.retired
    let deadline = Deadline(seconds: limits.wallSeconds) { [stopper = board.stopper] in stopper.stop() }
    defer { deadline.cancel() }
    var panicSeen: UInt64?
    while true {
      let stop = board.run(until: min(board.retired + Self.slice, begin + limits.boardInstructions))
      if witness.isAtPrompt { return nil }
      if let text = witness.panicText {
        let since = panicSeen ?? board.retired
        panicSeen = since
        if witness.isPanicked(after: board.retired - since) || stop != .limit { return .panicked(text) }
      }
      if stop == .limit {
        guard board.retired - begin + witness.traps * Self.trapCost >= limits.boardInstructions else {
          continue
        }
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
      case .consoleLimit: .tooMuchOutput(limit: limits.consoleBytes)
      case .stopped: .outOfTime(seconds: limits.wallSeconds)
      case .poweredOff, .reset, .trapLoop: .ended("\(stop)")
      case .idle, .deadlocked: .deadlocked
      }
  }
}
