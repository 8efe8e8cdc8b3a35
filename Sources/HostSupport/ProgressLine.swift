import Foundation

/// One line of progress on standard error. It is drawn only on a terminal, and wiped before other output is
/// printed.
package struct ProgressLine {
  private let visible = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  package init() {}

  package func show(_ text: String) {
    if visible { Terminal.complain(inPlace: "\r\u{1B}[K\(VisibleText.of(text))") }
  }

  package func wipe() { show("") }
}
