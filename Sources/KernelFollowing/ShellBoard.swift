import VirtBoard

/// A board with any year's xv6 as its guest. It can run until the shell waits for a command.
package final class ShellBoard {
  package let board: Board
  /// What the console has said since the last command was typed.
  private var console = ConsoleText()
  /// Whether the last system call of any program was a `read` of descriptor 0.
  private var isReading = false

  /// Instructions between two checks for the prompt.
  private static let slice: UInt64 = 50_000
  /// Instructions that a kernel may still run after a panic, to finish its message.
  private static let lastWords: UInt64 = 1_000_000

  package init(_ board: Board) {
    self.board = board
    board.onConsoleOutput = { [unowned self] in console.hear($0) }
    board.onUserTrap = { [unowned self] in isReading = $0.readsStandardInput }
  }

  private var isAtPrompt: Bool { isReading && board.pendingInput == 0 && console.endsInPrompt }

  /// Types a command.
  package func type(_ line: String) {
    console = ConsoleText()
    isReading = false
    board.type(Array((line + "\n").utf8))
  }

  /// Runs until the shell is at its prompt and returns nil. Otherwise returns what happened to the machine
  /// within `limit` instructions.
  package func runToPrompt(limit: UInt64) -> String? {
    let end = board.retired &+ limit
    var panicSeen: UInt64?
    while true {
      let stop = board.run(until: min(end, board.retired + Self.slice))
      if isAtPrompt { return nil }
      if let panic = console.panic {
        let since = panicSeen ?? board.retired
        panicSeen = since
        if board.retired - since > Self.lastWords || stop != .limit { return "the kernel says \"\(panic)\"" }
      }
      if stop != .limit { return "\(stop)" }
      if board.retired >= end {
        return "the shell has no prompt after \(limit / 1_000_000) million instructions"
      }
    }
  }
}
