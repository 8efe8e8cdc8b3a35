import Foundation
import Synchronization
import VirtBoard

/// The person, or the file, at the console of a board.
///
/// From a terminal every key goes to the guest at once. A file is typed as a patient person would: a line whenever the guest
/// waits for one, since xv6 keeps no more than 128 characters that nobody has read.
///
/// `ctrl-a x` leaves, `ctrl-a h` tells so, `ctrl-a ctrl-a` is one ctrl-a, as in QEMU.
final class BootConsole {
  private let keys = Keys(waitsForRoom: isatty(STDIN_FILENO) != 1)
  private let board: Board
  private let isTerminal = isatty(STDIN_FILENO) == 1
  /// Whole lines, read from a file and not yet typed.
  private var lines: [UInt8] = []
  /// The last system call that anybody made was `read` from standard input.
  private var isReading = false
  /// A program has run in U mode; who never has one polls its console, or waits for it in its own way.
  private var hasUsers = false
  /// What `board.retired` was at the last sign of life, and what that sign was.
  private var lastLife: (retired: UInt64, console: UInt64) = (0, 0)
  private var idleTurns = 0

  /// The last words were of a panic.
  private var hasPanicked = false
  private var lastWords: [UInt8] = []

  private static let quiet: UInt64 = 500_000
  private static let quietWithoutUsers: UInt64 = 2_000_000_000
  private static let quietAtEnd: UInt64 = 20_000_000
  private static let quietAfterPanic: UInt64 = 200_000_000
  private static let hopeless: UInt64 = 50_000_000_000

  init(_ board: Board, _ keyboard: Keyboard, output: @escaping ([UInt8]) -> Void) {
    self.board = board
    board.onConsoleOutput = { [unowned self] bytes in
      output(bytes)
      lastWords = (lastWords + bytes).suffix(200)
      hasPanicked = String(decoding: lastWords, as: UTF8.self).contains("panic: ")
    }
    board.onUserTrap = { [unowned self] trap in
      // xv6's SYS_read, of file descriptor 0
      isReading = trap.cause == 8 && trap.arguments.a7 == 5 && trap.arguments.a0 == 0
      hasUsers = true
      lastLife.retired = self.board.retired
      idleTurns = 0
    }
    board.onIdle = { [unowned self] ticks in idle(ticks) }
    Thread.detachNewThread { [keys, stopper = board.stopper] in
      while let bytes = keyboard.read() {
        if keys.add(bytes) { stopper.stop() }
      }
      keys.end()
    }
  }

  /// Whether ctrl-a x was typed.
  var hasLeft: Bool { keys.state.withLock { $0.hasLeft } }

  /// Why a run ended early: nothing more can come of it.
  enum End: Equatable {
    case board(BoardStop)
    /// The input has ended, and the guest waits for more.
    case inputEnded
    /// The kernel said that it panics, and nothing since.
    case panicked
    /// The input has ended, and the guest neither computes anything that shows nor waits.
    case silent
  }

  /// Runs the board, typing what comes.
  func run() -> End {
    while true {
      let stop = board.run(until: board.retired &+ 1_000_000)
      guard stop == .limit, board.retired < board.configuration.instructionLimit else { return end(stop) }
      fetch()
      if board.consoleBytes != lastLife.console { lastLife = (board.retired, board.consoleBytes) }
      let quiet = board.retired - lastLife.retired
      if quiet > (hasUsers ? Self.quiet : Self.quietWithoutUsers) && (isReading || !hasUsers) { typeLine() }
      guard keys.state.withLock({ $0.hasEnded }), lines.isEmpty, board.pendingInput == 0 else { continue }
      if isReading && quiet > Self.quietAtEnd { return .inputEnded }
      if quiet > (hasPanicked ? Self.quietAfterPanic : Self.hopeless) {
        return hasPanicked ? .panicked : .silent
      }
    }
  }

  private func end(_ stop: BoardStop) -> End {
    guard stop == .idle || stop == .deadlocked else { return .board(stop) }
    if hasPanicked { return .panicked }
    return stop == .idle && keys.state.withLock { $0.hasEnded } ? .inputEnded : .board(stop)
  }

  /// Takes what was typed since; keys go on at once.
  private func fetch() {
    guard lines.count < Keys.room else { return }
    let bytes = keys.take()
    if isTerminal {
      if !bytes.isEmpty { board.type(bytes) }
    } else {
      lines += bytes
    }
  }

  private func typeLine() {
    guard board.pendingInput == 0, !lines.isEmpty else { return }
    let end = lines.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lines.count
    board.type(Array(lines[..<end]))
    lines.removeFirst(end)
    lastLife.retired = board.retired
    idleTurns = 0
    isReading = false
  }

  /// The guest waits: for the timer in `ticks`, or for input alone. Time passes as on the wall while input may come.
  private func idle(_ ticks: UInt64?) {
    fetch()
    idleTurns += 1
    if isReading || idleTurns > 20 || ticks == nil { typeLine() }
    guard board.pendingInput == 0, lines.isEmpty else { return }
    keys.wait(seconds: ticks.map { Double(min($0, 10_000_000)) / 10_000_000 })
    fetch()
    if isReading || ticks == nil { typeLine() }
  }
}

/// What was typed, handed from the thread that reads to the one that runs the board.
final class Keys: Sendable {
  /// Bytes of a file that are kept: who reads further waits until they have been taken.
  static let room = 1 << 16

  struct State {
    var bytes: [UInt8] = []
    var isAfterEscape = false
    var hasEnded = false
    var hasLeft = false
  }

  let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)
  private let taken = DispatchSemaphore(value: 0)
  private let waitsForRoom: Bool

  /// - `waitsForRoom`: whether `add` waits while much is kept. A person's keys never wait: one of them may be to leave.
  init(waitsForRoom: Bool) { self.waitsForRoom = waitsForRoom }

  private static let escape: UInt8 = 0x01

  /// Adds bytes; true where the person leaves.
  func add(_ bytes: [UInt8]) -> Bool {
    let leaves = state.withLock { state in
      for byte in bytes where !state.hasLeft {
        guard state.isAfterEscape || byte == Self.escape else {
          state.bytes.append(byte)
          continue
        }
        guard state.isAfterEscape else {
          state.isAfterEscape = true
          continue
        }
        state.isAfterEscape = false
        switch byte {
        case Self.escape: state.bytes.append(byte)
        case UInt8(ascii: "x"): state.hasLeft = true
        case UInt8(ascii: "h"):
          Terminal.complain("\r\nctrl-a x  leave\r\nctrl-a h  this help\r\nctrl-a ctrl-a  ctrl-a\r")
        default: break
        }
      }
      return state.hasLeft
    }
    news.signal()
    while waitsForRoom, !leaves, state.withLock({ $0.bytes.count >= Self.room }) { taken.wait() }
    return leaves
  }

  func end() {
    state.withLock { $0.hasEnded = true }
    news.signal()
  }

  func take() -> [UInt8] {
    defer { taken.signal() }
    return state.withLock { state in
      defer { state.bytes = [] }
      return state.bytes
    }
  }

  /// Returns when something was typed or the input has ended, after `seconds` at the latest.
  func wait(seconds: Double?) {
    let (isEmpty, hasEnded) = state.withLock { ($0.bytes.isEmpty, $0.hasEnded) }
    guard isEmpty, !hasEnded else { return }
    _ = news.wait(timeout: seconds.map { .now() + $0 } ?? .distantFuture)
  }
}
