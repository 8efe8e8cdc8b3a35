import HostSupport

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
    let parts = width.map { Wrapped.broken(text, columns: max(20, $0 - column)) } ?? [text]
    let padding = String(repeating: " ", count: max(1, column - label.count))
    let head = label.isEmpty ? padding : style.faint + label + style.end + padding
    return parts.enumerated().map { index, part in
      (index == 0 ? head : String(repeating: " ", count: column)) + part
    }
  }
}
