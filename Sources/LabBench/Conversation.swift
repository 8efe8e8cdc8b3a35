import KernelFollowing

/// Plays the person at a kernel's console: waits for the shell's prompt, types one command, and leaves at the
/// next prompt.
package struct Conversation: Sendable {
  private var command: String?
  private var console = ConsoleText()
  /// The last complete line that is not empty.
  package private(set) var lastLine = ""

  package enum Reply: Equatable, Sendable {
    /// There is nothing to say yet.
    case none
    case type([UInt8])
    /// The prompt is back, or the kernel has panicked, so that it will never come back.
    case done
  }

  package init(command: String?) { self.command = command }

  /// Returns what to answer to the console's bytes. After `.done`, do not call this again.
  package mutating func hear(_ bytes: some Sequence<UInt8>) -> Reply {
    var hasPanicked = false
    console.hear(bytes) { line in
      guard !hasPanicked, !line.isEmpty else { return }
      lastLine = line
      hasPanicked = ConsoleText.panic(in: line) != nil
    }
    if hasPanicked { return .done }
    guard console.isPrompt else { return .none }
    guard let typed = command else { return .done }
    command = nil
    return .type(Array((typed + "\n").utf8))
  }
}
