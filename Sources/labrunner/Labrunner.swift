import Foundation
import HostSupport
import RV64

/// The program. It finds the subcommand, and turns errors into a line of text and an exit status.
@main
package enum Labrunner {
  static let version = "0.1.0"

  package static let commands = [
    GradeCommand.command, MergeCommand.command, CompareCommand.command, RunCommand.command,
    BootCommand.command, ExplainCommand.command, BenchCommand.command, CrashCommand.command,
    IsaCommand.command, SelftestCommand.command, ListCommand.command, DoctorCommand.command,
    CompletionCommand.command,
  ]

  package static func main() {
    Terminal.noticeClosedPipes()
    exit(run(Array(CommandLine.arguments.dropFirst())).code)
  }

  /// Runs one command line.
  static func run(_ words: [String]) -> ExitStatus {
    do {
      return try dispatch(words)
    } catch let error as InputError {
      Terminal.complain("labrunner: \(error)")
      return .usage
    } catch let error as UnknownFastPath {
      Terminal.complain("labrunner: \(error)")
      return .usage
    } catch {
      Terminal.complain("labrunner: \(error)")
      return .software
    }
  }

  private static func dispatch(_ words: [String]) throws -> ExitStatus {
    try FastPaths.checkEnvironment()
    guard let first = words.first else {
      Terminal.complain(Help.overview)
      return .usage
    }
    let rest = Array(words.dropFirst())
    switch first {
    case "help", "--help", "-h":
      guard let name = rest.first else {
        Terminal.print(Help.overview)
        return .success
      }
      Terminal.print(Help.page(for: try command(name)))
      return .success
    case "--version":
      Terminal.print("labrunner \(version)")
      return .success
    default:
      let command = try command(first)
      let options = command.operandsEndOptions ? Array(rest.prefix { $0.hasPrefix("-") }) : rest
      if options.contains(where: { $0 == "--help" || $0 == "-h" }) {
        Terminal.print(Help.page(for: command))
        return .success
      }
      return try command.run(Arguments(rest, for: command))
    }
  }

  private static func command(_ name: String) throws(InputError) -> Command {
    guard let command = commands.first(where: { $0.name == name }) else {
      let names = commands.map(\.name) + ["help"]
      throw InputError(
        "no command is called \"\(name)\" (there is: \(names.joined(separator: ", ")))"
          + Spelling.hint(for: name, of: names))
    }
    return command
  }
}
