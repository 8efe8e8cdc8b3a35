import Foundation
import HostSupport
import KernelFollowing
import VirtBoard

/// The person, or the file, at the console of a board.
///
/// From a terminal every key goes to the guest at once, and while the guest waits, time passes as on the wall. A file is
/// typed as a patient person would: a line whenever the guest waits for one, since xv6 keeps no more than 128
/// characters that nobody has read. Time is skipped then, and the guest alone decides when a line is typed, so that a
/// run can be repeated to the bit; only a guest that sleeps for long, and is not known to read, gets what the host
/// has by then.
package final class BootConsole {
  /// Where the guest's input comes from.
  package enum Input {
    case terminal(Keys)
    case piped(PipedInput)
  }

  private let input: Input
  private let board: Board
  /// The escapes of what is piped; a terminal's are its thread's business.
  private var escapes = EscapeKeys()
  /// The last system call that anybody made was `read` from standard input.
  private var isReading = false
  /// A program has run in U mode; who never has one polls its console, or waits for it in its own way.
  private var hasUsers = false
  /// What `board.retired` was at the last sign of life, and what that sign was.
  private var lastLife: (retired: UInt64, console: UInt64) = (0, 0)
  private var idleTurns = 0

  private var text = ConsoleText()

  /// Bytes within which a panic is the last that was said.
  private static let lastWords = 193
  private static let quiet: UInt64 = 500_000
  private static let quietWithoutUsers: UInt64 = 2_000_000_000
  private static let quietAtEnd: UInt64 = 20_000_000
  private static let quietAfterPanic: UInt64 = 200_000_000
  private static let hopeless: UInt64 = 50_000_000_000
  /// Idle times in a row after which a guest is taken to wait for input, whatever it says.
  private static let manyIdleTurns = 20

  /// Whether the last words were of a panic.
  private var hasPanicked: Bool { text.hasPanicked(within: Self.lastWords) }

  package init(_ board: Board, _ input: Input, output: @escaping ([UInt8]) -> Void) {
    self.board = board
    self.input = input
    board.onConsoleOutput = { [unowned self] bytes in
      output(bytes)
      text.hear(bytes)
    }
    board.onUserTrap = { [unowned self] trap in
      isReading = trap.readsStandardInput
      hasUsers = true
      lastLife.retired = self.board.retired
      idleTurns = 0
    }
    board.onIdle = { [unowned self] ticks in idle(ticks) }
  }

  /// Whether ctrl-a x was typed.
  package var hasLeft: Bool {
    switch input {
    case .terminal(let keys): keys.hasLeft
    case .piped: escapes.hasLeft
    }
  }

  /// Why a run ended early: nothing more can come of it.
  package enum End: Equatable {
    case board(BoardStop)
    /// The input has ended, and the guest waits for more.
    case inputEnded
    /// The kernel said that it panics, and nothing since.
    case panicked
    /// The input has ended, and the guest neither computes anything that shows nor waits.
    case silent
  }

  /// Runs the board, typing what comes.
  package func run() -> End {
    while true {
      let stop = board.run(until: board.retired &+ 1_000_000)
      guard stop == .limit, board.retired < board.configuration.instructionLimit else { return end(stop) }
      fetchKeys()
      if board.consoleBytes != lastLife.console { lastLife = (board.retired, board.consoleBytes) }
      let quiet = board.retired - lastLife.retired
      if quiet > (hasUsers ? Self.quiet : Self.quietWithoutUsers) && (isReading || !hasUsers) { typeLine() }
      guard board.pendingInput == 0 else { continue }
      if hasPanicked && quiet > Self.quietAfterPanic && isUnattended { return .panicked }
      if isReading && quiet > Self.quietAtEnd && hasEnded { return .inputEnded }
      if quiet > Self.hopeless && hasEnded { return .silent }
    }
  }

  private func end(_ stop: BoardStop) -> End {
    guard stop == .idle || stop == .deadlocked else { return .board(stop) }
    if hasPanicked { return .panicked }
    return stop == .idle && hasEnded ? .inputEnded : .board(stop)
  }

  /// Whether there is no more input; asked of a file only when it was waited for, or when nothing else can be told.
  private var hasEnded: Bool {
    switch input {
    case .terminal(let keys): keys.hasEnded
    case .piped(let piped): piped.isAtEnd
    }
  }

  /// Whether nobody is there who could want to look at a dead machine for longer.
  private var isUnattended: Bool {
    if case .piped = input { true } else { hasEnded }
  }

  /// Passes on the keys that were typed at a terminal since.
  private func fetchKeys() {
    guard case .terminal(let keys) = input else { return }
    let bytes = keys.take()
    if !bytes.isEmpty { board.type(bytes) }
  }

  /// Types the next line of a file, which it waits for, up to `seconds` where they are given.
  private func typeLine(within seconds: Double? = nil) {
    guard case .piped(let piped) = input, board.pendingInput == 0, let line = piped.line(within: seconds)
    else { return }
    board.type(escapes.pass(line))
    if escapes.hasLeft { board.stopper.stop() }
    lastLife.retired = board.retired
    idleTurns = 0
    isReading = false
  }

  /// The guest waits: for the timer in `ticks`, or for input alone.
  private func idle(_ ticks: UInt64?) {
    let seconds = ticks.map { Double(min($0, Board.ticksPerSecond)) / Double(Board.ticksPerSecond) }
    switch input {
    case .terminal(let keys):
      fetchKeys()
      guard board.pendingInput == 0 else { return }
      keys.wait(seconds: seconds)
      fetchKeys()
    case .piped:
      idleTurns += 1
      if isReading || ticks == nil {
        typeLine()
      } else if idleTurns > Self.manyIdleTurns {
        typeLine(within: seconds)
      }
    }
  }
}
