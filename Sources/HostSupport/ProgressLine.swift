import Foundation

/// One line of progress on standard error. It is drawn only on a terminal, and wiped before other output is
/// printed.
package struct ProgressLine {
  private let visible = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  package init() {}

  package func show(_ text: String) {
    if visible { FileHandle.standardError.write(Data("\r\u{1B}[K\(VisibleText.of(text))".utf8)) }
  }

  package func wipe() { show("") }
}
