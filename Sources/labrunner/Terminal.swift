import Foundation
import Synchronization

/// Standard output for results, standard error for everything else.
enum Terminal {
  /// Whether standard output is a terminal that wants colours (https://no-color.org).
  static var wantsColour: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Writes a line to standard output.
  static func print(_ line: String) {
    write(Array((line + "\n").utf8), to: STDOUT_FILENO)
  }

  /// Writes text to standard output, lines and all.
  static func write(_ text: String) {
    write(Array(text.utf8), to: STDOUT_FILENO)
  }

  /// Writes a line to standard error.
  static func complain(_ line: String) {
    write(Array((line + "\n").utf8), to: STDERR_FILENO)
  }

  /// Writes bytes to standard output at once, unbuffered.
  static func write(_ bytes: UnsafeRawBufferPointer) {
    write(Array(bytes), to: STDOUT_FILENO)
  }

  /// Writes all of `bytes`; a reader that went away ends the program as it ends any filter.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return
      }
    }
  }
}

/// One line of progress on standard error, drawn only on a terminal and wiped before anything else is printed.
struct ProgressLine {
  private let visible = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  func show(_ text: String) {
    if visible { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
  }

  func wipe() { show("") }
}
