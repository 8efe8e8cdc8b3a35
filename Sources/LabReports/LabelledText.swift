import HostSupport

/// A row of an explanation: a label and the text beside it.
struct LabelledText: Sendable, Equatable {
  /// How many columns a label takes.
  private static let labelWidth = 10

  /// Empty if the row belongs to the row above.
  var label: String
  /// One line of text that is safe to show.
  let text: String

  init(_ label: String, _ text: String) {
    self.label = label
    self.text = VisibleText.of(text)
  }

  /// The row as lines. They have at most `width` columns, unless one word is longer. Without a `width`, the
  /// row is one line. `style` makes the label stand out.
  func lines(width: Int?, style: TextReport.Style = .plain) -> [String] {
    let column = Self.labelWidth
    let parts = width.map { Wrapped.broken(text, columns: max(20, $0 - column)) } ?? [text]
    let padding = String(repeating: " ", count: max(1, column - label.count))
    let head = label.isEmpty ? padding : style.faint + label + style.end + padding
    return parts.enumerated().map { index, part in
      (index == 0 ? head : String(repeating: " ", count: column)) + part
    }
  }
}
