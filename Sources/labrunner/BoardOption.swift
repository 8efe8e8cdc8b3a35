import HostSupport
import VirtBoard

/// `--board`, an option of both `grade` and `boot`.
extension Command.Option {
  static let board = Command.Option(
    name: "--board", value: "KIND", values: .words(BoardConfiguration.kinds),
    summary: "auto, or any of legacy, modern (disk), strict, permissive (PMP)")
}

extension Arguments {
  /// Sets up `configuration` as `--board` says.
  func chooseBoard(_ configuration: inout BoardConfiguration) throws(InputError) {
    for kind in list("--board") where !configuration.choose(kind) {
      throw InputError("--board takes \(BoardConfiguration.kinds.joined(separator: ", ")), not \"\(kind)\"")
    }
  }
}
