import HostSupport
import KernelFollowing
import LabModel
import ObjectFile
import VirtBoard

/// What runs on a real kernel's board, and who is believed about it: a command, up to the shell's next prompt.
struct BoardSession: Sendable {
  let kernel: ELF
  let lab: Lab
  let source: Source

  /// Whose programs run, and so who is believed.
  enum Source: Sendable {
    case ours(shell: GuestText, programs: [String: GuestText])
    case theirs
  }

  /// What an exception in U mode counts for, beside its instructions, against their limit: an endless fault is soon over.
  private static let trapCost: UInt64 = 2000

  /// Instructions between two looks at what the witness has seen.
  private static let slice: UInt64 = 20_000

  var isOurs: Bool { if case .ours = source { true } else { false } }

  /// Who watches `board` while it runs `test`, or comes to its first prompt.
  func witness(_ board: Board, test: Lab.Test?) -> BoardWitness {
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
  func command(for test: Lab.Test) -> String {
    if case .theirs = source, Self.theirName(of: test).contains(" ") { return test.run[0] }
    return test.run.joined(separator: " ")
  }

  /// Runs until the shell is at its prompt; nil then. Where something else ends the machine, that is the verdict.
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
  /// The verdict on a run that the board itself ended.
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
