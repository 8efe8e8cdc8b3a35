import HostSupport

/// One subcommand: what it takes, its help text, and what it does.
///
/// Parsing, help and completion scripts all use this one description.
package struct Command: Sendable {
  package let name: String
  let summary: String
  /// The operands, as the usage line shows them.
  let operands: String
  /// How many operands there may be.
  package let operandCount: ClosedRange<Int>
  /// The values that shell completion offers for an operand.
  let operandValues: Values
  /// Whether the first operand ends the options: what follows belongs to another program (`run ls -l`).
  var operandsEndOptions = false
  package let options: [Option]
  /// The paragraphs below the usage line.
  let discussion: String
  /// Runs the command and returns the exit status.
  let run: @Sendable (Arguments) throws -> ExitStatus

  /// An option. It takes a value if `value` is not nil.
  package struct Option: Sendable {
    package let name: String
    var value: String?
    var values = Values.none
    let summary: String
  }

  /// The values that shell completion offers.
  enum Values: Sendable, Equatable {
    case none, files
    case words([String])
    /// The names that `labrunner list KIND --names` prints.
    case listed(String)
    /// These names, or the name of a file.
    case listedOrFile(String)
  }
}

/// The exit status of the process.
struct ExitStatus: Equatable, Sendable {
  let code: Int32

  /// Everything passed.
  static let success = ExitStatus(code: 0)
  /// The solution lost points.
  static let pointsLost = ExitStatus(code: 1)
  /// The command or its input was wrong.
  static let usage = ExitStatus(code: 2)
  /// Labrunner itself is at fault.
  static let software = ExitStatus(code: 70)
}

/// The words of a command line, sorted into options and operands.
package struct Arguments: Sendable {
  private var values: [String: [String]] = [:]
  package private(set) var operands: [String] = []

  /// Sorts `words` by what `command` takes. An `InputError` names the word that does not fit.
  ///
  /// It understands `--name value`, `--name=value` and `--`.
  package init(_ words: [String], for command: Command) throws(InputError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        if command.operandsEndOptions {
          operands += rest
          break
        }
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = command.options.first(where: { $0.name == parts[0] }) else {
        throw InputError(
          "\(command.name): unknown option \(parts[0]) (labrunner help \(command.name) lists them)"
            + Spelling.hint(for: parts[0], of: command.options.map(\.name) + ["--help"]))
      }
      if option.value == nil {
        guard parts.count == 1 else { throw InputError("\(command.name): \(option.name) takes no value") }
        values[option.name, default: []].append("")
      } else {
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
          throw InputError("\(command.name): \(option.name) needs a value")
        }
        values[option.name, default: []].append(value)
      }
    }
    guard command.operandCount.contains(operands.count) else {
      throw InputError(
        operands.count < command.operandCount.lowerBound
          ? "\(command.name): \(command.operands) is missing"
          : "\(command.name): unexpected \"\(operands[command.operandCount.upperBound])\"")
    }
  }

  /// Whether the option was given.
  func has(_ option: String) -> Bool { values[option] != nil }

  /// The last value given for the option.
  func value(_ option: String) -> String? { values[option]?.last }

  /// Every value given for the option.
  func all(_ option: String) -> [String] { values[option] ?? [] }

  /// Every value given for the option. Commas separate values too.
  package func list(_ option: String) -> [String] {
    all(option).flatMap { $0.split(separator: ",").map(String.init) }
  }

  /// The option's value as a whole number in `range`.
  package func integer(_ option: String, in range: ClosedRange<Int>) throws(InputError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw InputError(
        "\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }
}
