import Foundation
import HostSupport

/// The guest's console on standard output.
///
/// A file or a pipe gets the bytes as they are. A terminal is not the guest's to command: escape sequences and whatever
/// else would be obeyed there is shown as text, unless it is asked for `raw`.
struct Screen: Sendable {
  private let isFiltered: Bool
  private var filter = VisibleBytes()

  init(raw: Bool) { isFiltered = !raw && isatty(STDOUT_FILENO) == 1 }

  mutating func write(_ bytes: some Collection<UInt8>) {
    Terminal.write(isFiltered ? filter.shown(bytes) : Array(bytes))
  }

  /// Nothing more comes.
  mutating func end() {
    if isFiltered { Terminal.write(filter.end()) }
  }
}

/// `--raw`, which `run` and `boot` share.
extension Command.Option {
  static let raw = Command.Option(
    name: "--raw", summary: "the guest commands the terminal: escape sequences go there as they are")
}
