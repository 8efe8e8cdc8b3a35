import HostSupport

/// `--quota`, an option of the commands that run programs on the Swift kernel.
extension Command.Option {
  static let quota = Command.Option(
    name: "--quota", value: "PAGES",
    summary: "the Swift kernel: pages a command and all it starts may hold (no limit)")
}

extension Arguments {
  /// The value of `--quota`; nil if it was not given.
  func quota() throws(InputError) -> Int? { try integer("--quota", in: 1...1 << 24) }
}
