import HostSupport

/// Help texts for a terminal of 80 columns. They are made from the commands' own descriptions.
enum Help {
  /// What `labrunner help` prints.
  static var overview: String {
    let rows = Labrunner.commands.map { ($0.name, $0.summary) }
    return """
      labrunner grades solutions of the xv6-riscv lazy page allocation lab.

      usage: labrunner COMMAND ...

      \(table(rows + [("help", "what a command takes: labrunner help COMMAND")]))

      Exit status: 0 every test passed, 1 the solution lost points, 2 the command or
      its input was wrong, 70 a fault of labrunner itself.
      """
  }

  /// What `labrunner help COMMAND` prints.
  static func page(for command: Command) -> String {
    let options = command.options.map { option in
      (option.name + (option.value.map { " " + $0 } ?? ""), option.summary)
    }
    return """
      \(command.summary)

      usage: labrunner \(command.name) [OPTION...] \(command.operands)

      \(table(options + [("--help", "this page")]))

      \(command.discussion)
      """
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.flatMap { Wrapped.lines("  " + $0.0, $0.1, at: width + 4) }.joined(separator: "\n")
  }
}
