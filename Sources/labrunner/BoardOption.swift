import HostSupport
import VirtBoard

/// `--board`, which `grade` and `boot` share.
extension Command.Option {
  static let board = Command.Option(
    name: "--board", value: "KIND", values: .words(BoardConfiguration.kinds),
    summary: "auto, or any of legacy, modern (disk), strict, permissive (PMP)")
}

extension Arguments {
  /// Follows `--board`.
  func chooseBoard(_ configuration: inout BoardConfiguration) throws(InputError) {
    for kind in list("--board") where !configuration.choose(kind) {
      throw InputError("--board takes \(BoardConfiguration.kinds.joined(separator: ", ")), not \"\(kind)\"")
    }
  }
}
