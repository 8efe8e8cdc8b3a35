import Foundation
import HostSupport
import KernelFollowing
import VirtBoard

/// The person, or the file, at the console of a board.
///
/// From a terminal, every key goes to the guest at once. While the guest waits, time passes as on a wall
/// clock.
///
/// A file is typed as a patient person would type it: one line each time the guest waits for one, because xv6
/// keeps at most 128 characters that no program has read yet. Waiting time is skipped then, and the guest
/// alone decides when a line is typed. So a run can be repeated exactly. There is one exception: if a guest
/// sleeps for long and is not known to read, it gets what the host has by then.
package final class BootConsole {
  /// Where the guest's input comes from.
  package enum Input {
    case terminal(Keys)
    case piped(PipedInput)
  }

  private let input: Input
  private let board: Board
  /// Finds the escape keys in piped input. For a terminal, the thread that reads it does this.
  private var escapes = EscapeKeys()
  /// Whether the last system call of any program was a `read` from standard input.
  private var isReading = false
  /// Whether a program has run in U mode. A guest that never runs one polls its console, or waits for it in
  /// its own way.
  private var hasUsers = false
  /// The last sign of life: `board.retired` at that moment, and `board.consoleBytes` when the guest last
  /// printed.
  private var lastLife: (retired: UInt64, console: UInt64) = (0, 0)
  private var idleTurns = 0

  private var text = ConsoleText()

  /// A panic counts as the guest's last words if at most this many bytes follow it.
  private static let lastWords = 193
  private static let quiet: UInt64 = 500_000
  private static let quietWithoutUsers: UInt64 = 2_000_000_000
  private static let quietAtEnd: UInt64 = 20_000_000
  private static let quietAfterPanic: UInt64 = 200_000_000
  private static let hopeless: UInt64 = 50_000_000_000
  /// After this many idle times in a row, the guest is taken to wait for input, even if it does not seem to
  /// read.
  private static let manyIdleTurns = 20

  /// Whether the guest's last words were a panic.
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

  /// Why a run ended early: running on would be useless.
  package enum End: Equatable {
    case board(BoardStop)
    /// The input has ended, and the guest waits for more.
    case inputEnded
    /// The kernel reported a panic and has said nothing since.
    case panicked
    /// The input has ended. The guest does not wait, and it shows no sign that it computes anything.
    case silent
  }

  /// Runs the board and types the input.
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

  /// Whether there is no more input. A file is asked only after the guest waited for it, or if there is no
  /// other way to decide.
  private var hasEnded: Bool {
    switch input {
    case .terminal(let keys): keys.hasEnded
    case .piped(let piped): piped.isAtEnd
    }
  }

  /// Whether no person is there. A person may want to look at a dead machine for longer.
  private var isUnattended: Bool {
    if case .piped = input { true } else { hasEnded }
  }

  /// Gives the guest the keys that were typed at a terminal since the last call.
  private func fetchKeys() {
    guard case .terminal(let keys) = input else { return }
    let bytes = keys.take()
    if !bytes.isEmpty { board.type(bytes) }
  }

  /// Types the next line of a file. Waits for the line, at most `seconds` if they are given.
  private func typeLine(within seconds: Double? = nil) {
    guard case .piped(let piped) = input, board.pendingInput == 0, let line = piped.line(within: seconds)
    else { return }
    board.type(escapes.pass(line))
    if escapes.hasLeft { board.stopper.stop() }
    lastLife.retired = board.retired
    idleTurns = 0
    isReading = false
  }

  /// The guest waits: for the timer, which comes in `ticks`, or only for input if `ticks` is nil.
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
