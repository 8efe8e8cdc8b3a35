import Foundation

/// Standard output for results, standard error for everything else.
package enum Terminal {
  /// Whether standard output is a terminal.
  package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether standard output is a terminal that should get colours (https://no-color.org).
  package static var wantsColour: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Writes a line to standard output. The line may hold newlines. Characters that would control the terminal
  /// are shown as text.
  package static func print(_ line: String) { write(shown(line)) }

  /// Writes a line to standard error, with the same protection as ``print(_:)``.
  package static func complain(_ line: String) {
    write(Array(shown(line).utf8), to: STDERR_FILENO)
  }

  /// Writes our own text to standard error, with its commands for the terminal and without a newline.
  static func complain(inPlace text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

  /// `line` in the form in which it is printed.
  package static func shown(_ line: String) -> String { VisibleText.of(line, lines: true) + "\n" }

  /// Writes a line to standard output without changes. The line must be safe to show; it may have colours.
  package static func show(_ line: String) { write(line + "\n") }

  /// Writes our own text to standard output, with its colours.
  package static func write(_ text: String) { write(Array(text.utf8), to: STDOUT_FILENO) }

  /// Writes bytes to standard output at once, unbuffered.
  package static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  /// Writes all of `bytes`.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
      } else if errno != EINTR {
        if descriptor == STDOUT_FILENO { lost(errno) }
        return
      }
    }
  }

  /// Results cannot be written, and must not get lost in silence. If the reader has gone away, the program
  /// ends as other tools do, without a word. Else the host is at fault: a word, and status 70.
  private static func lost(_ reason: Int32) -> Never {
    if reason == EPIPE { Leftovers.end(by: SIGPIPE) }
    complain("labrunner: standard output cannot be written (\(String(cString: strerror(reason))))")
    exit(70)
  }

  /// Lets a write to a closed pipe fail, so that nothing is left behind when the program ends because of it.
  /// A program that this one starts does not inherit this.
  package static func noticeClosedPipes() { signal(SIGPIPE) { _ in } }
}
