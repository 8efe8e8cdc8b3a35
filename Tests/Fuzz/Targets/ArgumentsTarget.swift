import HostSupport
import labrunner

extension FuzzTarget {
  /// A command line, one word on each line. It is accepted or refused, but never carried out.
  static let arguments = FuzzTarget(
    name: "arguments", maxLength: 512,
    words: Labrunner.commands.flatMap { [$0.name] + $0.options.map(\.name) },
    seeds: {
      [
        "grade\nstarter\n--test=map,unmap", "boot\nk\nf\n-m\n128M\n-smp\n3", "run\n--memory\n1\nls\n-l",
        "list\n--\n-",
      ]
      .map { Array($0.utf8) }
    },
    check: { bytes in
      let words = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map(String.init)
      guard let command = Labrunner.commands.first(where: { $0.name == words[0] }) else { return }
      let rest = Array(words.dropFirst())
      do {
        let arguments = try Arguments(rest, for: command)
        try promise(
          command.operandCount.contains(arguments.operands.count),
          "a command gets as many operands as it takes")
        for operand in arguments.operands { try promise(rest.contains(operand), "operands are words") }
        for option in command.options {
          for value in arguments.list(option.name) {
            try promise(!value.contains(","), "commas separate values")
          }
          _ = try? arguments.integer(option.name, in: 1...100)
        }
      } catch let error as InputError {
        _ = error.description
      }
    })
}
