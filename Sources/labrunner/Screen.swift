import Foundation
import HostSupport

/// The guest's console on standard output.
///
/// A file or a pipe gets the bytes unchanged. A guest may not command a terminal: escape sequences, and
/// everything else that a terminal would obey, are shown as text, unless the user asks for `raw`.
struct Screen: Sendable {
  private let isFiltered: Bool
  private var filter = VisibleBytes()

  init(raw: Bool) { isFiltered = !raw && isatty(STDOUT_FILENO) == 1 }

  mutating func write(_ bytes: some Collection<UInt8>) {
    Terminal.write(isFiltered ? filter.shown(bytes) : Array(bytes))
  }

  /// Writes what the filter still holds: no more bytes come.
  mutating func end() {
    if isFiltered { Terminal.write(filter.end()) }
  }
}

/// `--raw`, an option of both `run` and `boot`.
extension Command.Option {
  static let raw = Command.Option(
    name: "--raw", summary: "the guest commands the terminal: escape sequences go there as they are")
}
