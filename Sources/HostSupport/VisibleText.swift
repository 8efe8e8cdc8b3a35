/// Makes text from a guest, a file or a compiler safe to show. No character of the result controls the
/// terminal or changes the order in which other characters appear. Such characters are shown as escapes, for
/// instance `\u{1b}`.
package enum VisibleText {
  /// `text`, safe to show on one line. Tabs stay. Newlines stay only if `lines` is true.
  package static func of(_ text: String, lines: Bool = false) -> String {
    if isPlain(text, lines: lines) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isPlain(scalar) || lines && scalar == "\n" {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return result
  }

  /// Whether `text` can be shown as it is.
  package static func isPlain(_ text: String, lines: Bool = false) -> Bool {
    text.unicodeScalars.allSatisfy { isPlain($0) || lines && $0 == "\n" }
  }

  /// At most the first `count` bytes of `text`, without splitting a Unicode scalar. If something was cut off,
  /// "..." follows.
  package static func prefix(_ text: String, bytes count: Int) -> String {
    guard text.utf8.count > count else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: count)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text.unicodeScalars[..<end]) + "..."
  }

  /// False for control characters, for format characters that reorder text (U+202E) or hide it, and for the
  /// separators of lines and paragraphs, which some programs treat as newlines.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return 0x20..<0x7F ~= scalar.value || scalar == "\t" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
  }
}

/// Makes a guest's console output safe for a terminal while it arrives, in pieces of any size.
///
/// Control characters are shown as `^[` and the like, other terminal commands as `\u{9b}` and the like, and
/// bytes that are not UTF-8 as `\xff` and the like. Backspace, tab, newline and carriage return stay, because
/// xv6 edits its lines with them.
package struct VisibleBytes: Sendable {
  /// The first bytes of a character that is not complete yet.
  private var pending: [UInt8] = []

  package init() {}

  /// Returns the text to show for the next bytes.
  package mutating func shown(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var shown: [UInt8] = []
    shown.reserveCapacity(bytes.count)
    for byte in bytes {
      if !pending.isEmpty, byte & 0xC0 != 0x80 { shown += end() }
      if byte < 0x80 {
        Self.show(ascii: byte, &shown)
      } else {
        pending.append(byte)
        if pending.count >= Self.length(pending[0]) { shown += end() }
      }
    }
    return shown
  }

  /// Returns the text to show for an unfinished character, if no more of its bytes will come.
  package mutating func end() -> [UInt8] {
    defer { pending.removeAll(keepingCapacity: true) }
    if let text = String(validating: pending, as: UTF8.self) { return Array(VisibleText.of(text).utf8) }
    return pending.flatMap { Array("\\x\(String($0, radix: 16))".utf8) }
  }

  private static func show(ascii byte: UInt8, _ shown: inout [UInt8]) {
    switch byte {
    case 0x04: break  // xv6 also echoes the ctrl-D that ends its input; it is not shown
    case 0x08, 0x09, 0x0A, 0x0D, 0x20..<0x7F: shown.append(byte)
    default: shown += [UInt8(ascii: "^"), byte ^ 0x40]
    }
  }

  /// The length in bytes of a character that begins with `byte`; 1 if no character begins with it.
  private static func length(_ byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
