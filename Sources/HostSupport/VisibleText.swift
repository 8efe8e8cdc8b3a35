/// Text from a guest, a file or a compiler, made safe to show: no character in it commands a terminal or changes the
/// order in which the others appear. Those that would are shown as escapes, `\u{1b}` for instance.
package enum VisibleText {
  /// `text`, safe to show on one line. With `lines`, newlines stay; tabs always do.
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

  /// At most `count` bytes of `text`, whole characters of Unicode, with "..." behind them where that is not all.
  package static func prefix(_ text: String, bytes count: Int) -> String {
    guard text.utf8.count > count else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: count)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text.unicodeScalars[..<end]) + "..."
  }

  /// Controls, and the formats that reorder (U+202E) or hide; the separators are other people's newlines.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return 0x20..<0x7F ~= scalar.value || scalar == "\t" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
  }
}

/// A guest's console output, made safe for a terminal as it comes, in pieces of any size.
///
/// Controls become `^[` and the like, other commands `\u{9b}`, and bytes that are no UTF-8 `\xff`. Backspace, tab,
/// newline and return stay: xv6 edits its lines with them.
package struct VisibleBytes: Sendable {
  /// The beginning of a character that has not come to its end.
  private var pending: [UInt8] = []

  package init() {}

  /// What to show for the next bytes.
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

  /// What to show for a character that was begun, where nothing more of it will come.
  package mutating func end() -> [UInt8] {
    defer { pending.removeAll(keepingCapacity: true) }
    if let text = String(validating: pending, as: UTF8.self) { return Array(VisibleText.of(text).utf8) }
    return pending.flatMap { Array("\\x\(String($0, radix: 16))".utf8) }
  }

  private static func show(ascii byte: UInt8, _ shown: inout [UInt8]) {
    switch byte {
    case 0x04: break  // xv6 echoes the ctrl-D that ends its input, too: nobody wants to see that
    case 0x08, 0x09, 0x0A, 0x0D, 0x20..<0x7F: shown.append(byte)
    default: shown += [UInt8(ascii: "^"), byte ^ 0x40]
    }
  }

  /// How many bytes a character has that begins with `byte`; 1 where none does.
  private static func length(_ byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
