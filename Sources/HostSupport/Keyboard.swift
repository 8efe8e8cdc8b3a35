import Foundation

/// Standard input as the guest's console. A terminal delivers every key at once and does not echo it, because
/// xv6's console echoes.
///
/// `restore()` restores the terminal's own settings. A signal that ends the program restores them, too.
package final class Keyboard: Sendable {
  /// - `raw`: every key goes to the guest, even ctrl-C, and the return key gives a carriage return.
  package init(raw: Bool = false) {
    guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &savedTerminal) == 0 else { return }
    hasSavedTerminal = true
    for name in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { signal(name, restoreTerminalAndDie) }
    var mode = savedTerminal
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
    if raw {
      mode.c_lflag &= ~tcflag_t(ISIG | IEXTEN)
      mode.c_iflag &= ~tcflag_t(IXON | ICRNL)
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &mode)
  }

  /// Waits for the next typed bytes and returns them; nil at the end of input.
  package func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 512)
    while true {
      let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
      if count > 0 { return Array(buffer[..<count]) }
      if count == 0 || errno != EINTR { return nil }
    }
  }

  package func restore() { restoreTerminal() }
}

// A signal handler can use only global variables. They are written once, before the handlers are installed.
nonisolated(unsafe) private var savedTerminal = termios()
nonisolated(unsafe) private var hasSavedTerminal = false

private func restoreTerminal() {
  if hasSavedTerminal { tcsetattr(STDIN_FILENO, TCSANOW, &savedTerminal) }
}

private func restoreTerminalAndDie(_ number: Int32) {
  restoreTerminal()
  signal(number, SIG_DFL)
  raise(number)
}
