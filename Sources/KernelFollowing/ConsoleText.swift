/// The text that an xv6 kernel prints on its console: the last line, whether it is the shell's prompt, and
/// whether the kernel has panicked.
package struct ConsoleText: Sendable {
  /// The last line, as far as it has been printed.
  package private(set) var line: [UInt8] = []
  /// The first complete line that reports a panic.
  private var panicLine: String?
  /// Bytes since the last `panic: `; nil if there was none.
  private var sincePanic: Int?

  /// The most bytes of a line that are looked at together. A longer line comes in pieces.
  private static let longestLine = 1 << 16
  private static let panicMark = "panic: "
  private static let prompt = "$ "

  package init() {}

  /// The text of a panic: what follows `panic: ` in `line`. Nil if `line` reports no panic.
  package static func panic(in line: String) -> String? {
    line.firstRange(of: panicMark).map { String(line[$0.upperBound...]) }
  }

  /// Takes the next bytes of the console. `ended` gets each line that they complete, without its newline.
  package mutating func hear(_ bytes: some Sequence<UInt8>, ended: (String) -> Void = { _ in }) {
    for byte in bytes where byte != UInt8(ascii: "\r") {
      if byte == UInt8(ascii: "\n") || line.count >= Self.longestLine { end(ended) }
      sincePanic = sincePanic.map { $0 + 1 }
      guard byte != UInt8(ascii: "\n") else { continue }
      line.append(byte)
      if byte == UInt8(ascii: " "), line.hasSuffix(Self.panicMark) { sincePanic = 0 }
    }
  }

  /// Treats the unfinished last line as a complete line, because nothing more will come.
  package mutating func flush(ended: (String) -> Void) {
    if !line.isEmpty { end(ended) }
  }

  private mutating func end(_ ended: (String) -> Void) {
    let text = String(decoding: line, as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    if panicLine == nil, Self.panic(in: text) != nil { panicLine = text }
    ended(text)
  }

  /// Whether the last line is the shell's prompt and nothing else.
  package var isPrompt: Bool { line.elementsEqual(Self.prompt.utf8) }

  /// Whether the text may end with the shell's prompt. A program's text may stand before the prompt,
  /// if it had no newline at its end.
  package var endsInPrompt: Bool { line.hasSuffix(Self.prompt) }

  /// The first line that reports a panic, as far as it has been printed; nil if there is none.
  package var panic: String? {
    if let panicLine { return panicLine }
    let text = String(decoding: line, as: UTF8.self)
    return Self.panic(in: text) == nil ? nil : text
  }

  /// Whether a panic was reported, and at most `bytes` bytes came after it.
  package func hasPanicked(within bytes: Int) -> Bool { sincePanic.map { $0 <= bytes } ?? false }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ text: String) -> Bool {
    suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}
