/// A row of an explanation: a label, and text beside it.
struct LabelledText: Sendable, Equatable {
  /// Columns that a label takes.
  private static let labelWidth = 10

  /// Empty where the row belongs to the one above.
  var label: String
  /// One line, safe to show.
  let text: String

  init(_ label: String, _ text: String) {
    self.label = label
    self.text = VisibleText.of(text)
  }

  /// The row as lines of at most `width` columns where words allow; as one line where there is no width. `style` sets
  /// the label off.
  func lines(width: Int?, style: TextReport.Style = .plain) -> [String] {
    let column = Self.labelWidth
    let parts = width.map { Self.wrapped(text, columns: max(20, $0 - column)) } ?? [text]
    let padding = String(repeating: " ", count: max(1, column - label.count))
    let head = label.isEmpty ? padding : style.faint + label + style.end + padding
    return parts.enumerated().map { index, part in
      (index == 0 ? head : String(repeating: " ", count: column)) + part
    }
  }

  /// `text` in lines of at most `columns` characters, broken at spaces; a longer word stands alone.
  private static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var room = columns
    for word in text.split(separator: " ") {
      let count = word.count
      if !line.isEmpty, count + 1 > room {
        lines.append(line)
        line = ""
        room = columns
      }
      if !line.isEmpty {
        line += " "
        room -= 1
      }
      line += word
      room -= count
    }
    return lines + [line]
  }
}
