/// Text broken into lines of at most 80 columns.
package enum Wrapped {
  package static let width = 80

  /// `text` in lines; those behind the first are indented by `indent` columns, or as far as the first.
  package static func lines(_ text: String, indent: Int? = nil) -> [String] {
    let first = text.prefix { $0 == " " }
    let margin = String(repeating: " ", count: indent ?? first.count)
    var lines: [String] = []
    var line = String(first)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = margin
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }

  /// `text` beside `head`, from `column` on.
  package static func lines(_ head: String, _ text: String, at column: Int) -> [String] {
    var told = lines(String(repeating: " ", count: column) + text)
    told[0] = head + told[0].dropFirst(head.count)
    return told
  }
}
