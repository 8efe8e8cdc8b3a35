/// Plays the person at a kernel's console: waits for the shell's prompt, types one command, and leaves at the
/// next prompt.
package struct Conversation: Sendable {
  private var command: String?
  private var line: [UInt8] = []
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
    for byte in bytes where byte != UInt8(ascii: "\r") {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      line.removeAll(keepingCapacity: true)
      if !text.isEmpty { lastLine = text }
      if text.hasPrefix("panic: ") { return .done }
    }
    guard line.elementsEqual("$ ".utf8) else { return .none }
    guard let typed = command else { return .done }
    command = nil
    return .type(Array((typed + "\n").utf8))
  }
}
