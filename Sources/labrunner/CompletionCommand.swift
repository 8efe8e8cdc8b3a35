import HostSupport

/// `labrunner completion`: scripts that teach a shell labrunner's commands, options and names.
enum CompletionCommand {
  private static let shells = ["bash", "zsh", "fish"]

  static let command = Command(
    name: "completion",
    summary: "print a completion script for a shell",
    operands: shells.joined(separator: "|"),
    operandCount: 1...1,
    operandValues: .words(shells),
    options: [],
    discussion: """
      Load it in the shell's start-up file:
        bash  source <(labrunner completion bash)
        zsh   source <(labrunner completion zsh)
        fish  labrunner completion fish | source
      """,
    run: { arguments in
      switch arguments.operands[0] {
      case "bash": Terminal.print(Completion.bash)
      case "zsh": Terminal.print(Completion.zsh)
      case "fish": Terminal.print(Completion.fish)
      case let other:
        throw InputError("completion: no \"\(other)\" (there is: \(shells.joined(separator: ", ")))")
      }
      return .success
    })
}
