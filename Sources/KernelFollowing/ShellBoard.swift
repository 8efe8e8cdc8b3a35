import VirtBoard

/// A board whose guest is an xv6 of any year: runs it until its shell waits for a command.
package final class ShellBoard {
  package let board: Board
  /// What the console has said since the last command was typed.
  private var console = ConsoleText()
  /// The last system call that anybody made was `read` of descriptor 0.
  private var isReading = false

  /// Instructions between two looks.
  private static let slice: UInt64 = 50_000
  /// What a kernel that has panicked still gets, to say what it has to say.
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

  /// Runs until the shell is at its prompt; nil then. Otherwise, what became of the machine within `limit` instructions.
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
