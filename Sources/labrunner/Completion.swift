/// Completion scripts. They are made from the commands' own descriptions.
enum Completion {
  private static var commands: [Command] { Labrunner.commands }
  private static var names: String { (commands.map(\.name) + ["help"]).joined(separator: " ") }

  /// What a shell runs to get the words of `values`.
  private static func words(of values: Command.Values) -> String {
    switch values {
    case .none, .files: ""
    case .words(let words): words.joined(separator: " ")
    case .listed(let kind), .listedOrFile(let kind): "$(labrunner list \(kind) --names 2>/dev/null)"
    }
  }

  private static func takesFiles(_ values: Command.Values) -> Bool {
    switch values {
    case .files, .listedOrFile: true
    case .none, .words, .listed: false
    }
  }

  /// The body that bash and zsh share: zsh emulates bash to run it.
  private static var cases: String {
    commands.map { command in
      var lines = ["    \(command.name))", "      case \"$previous\" in"]
      for option in command.options where option.value != nil {
        lines.append(
          "        \(option.name)) words=\"\(words(of: option.values))\"; \(fileFlag(option.values)) ;;")
      }
      let options = command.options.map(\.name) + ["--help"]
      lines.append(
        "        *) words=\"\(words(of: command.operandValues)) \(options.joined(separator: " "))\"; "
          + "\(fileFlag(command.operandValues)) ;;")
      return (lines + ["      esac ;;"]).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static func fileFlag(_ values: Command.Values) -> String {
    takesFiles(values) ? "files=1" : "files="
  }

  static var bash: String {
    """
    _labrunner() {
      local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words= files=
      if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "\(names)" -- "$current"))
        return
      fi
      case "${COMP_WORDS[1]}" in
    \(cases)
        help) words="\(commands.map(\.name).joined(separator: " "))" ;;
      esac
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
    }
    complete -o filenames -F _labrunner labrunner
    """
  }

  static var zsh: String {
    """
    autoload -Uz compinit bashcompinit
    (( $+functions[compdef] )) || compinit
    bashcompinit
    \(bash)
    """
  }

  static var fish: String {
    var lines = ["complete -c labrunner -f"]
    for command in commands {
      let summary = quoted(command.summary)
      lines.append("complete -c labrunner -n __fish_use_subcommand -a \(command.name) -d \(summary)")
      let seen = "-n '__fish_seen_subcommand_from \(command.name)'"
      lines.append("complete -c labrunner \(seen)\(fishArguments(command.operandValues))")
      for option in command.options {
        let value = option.value == nil ? "" : " -r" + fishArguments(option.values)
        lines.append(
          "complete -c labrunner \(seen) \(fishName(option.name))\(value) -d \(quoted(option.summary))")
      }
      lines.append("complete -c labrunner \(seen) -l help -d 'this page'")
    }
    lines.append("complete -c labrunner -n __fish_use_subcommand -a help -d 'what a command takes'")
    let all = commands.map(\.name).joined(separator: " ")
    lines.append("complete -c labrunner -n '__fish_seen_subcommand_from help' -f -a '\(all)'")
    return lines.joined(separator: "\n")
  }

  /// How fish names an option: `--long`, `-s` for one letter, or old style, like QEMU's options.
  static func fishName(_ option: String) -> String {
    let name = option.drop { $0 == "-" }
    return option.hasPrefix("--") ? "-l \(name)" : name.count == 1 ? "-s \(name)" : "-o \(name)"
  }

  private static func fishArguments(_ values: Command.Values) -> String {
    switch values {
    case .none: " -f"
    case .files: " -F"
    case .words(let words): " -f -a '\(words.joined(separator: " "))'"
    case .listed(let kind): " -f -a '(labrunner list \(kind) --names 2>/dev/null)'"
    case .listedOrFile(let kind): " -F -a '(labrunner list \(kind) --names 2>/dev/null)'"
    }
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "\\'") + "'"
  }
}
