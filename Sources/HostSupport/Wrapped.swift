/// Breaks text into lines that fit a terminal.
package enum Wrapped {
  /// The usual number of columns of a terminal.
  package static let width = 80

  /// `text` in lines of at most 80 columns. The lines after the first are indented by `indent` columns, or as
  /// far as the first line if `indent` is nil.
  package static func lines(_ text: String, indent: Int? = nil) -> [String] {
    let lead = text.prefix { $0 == " " }
    let margin = indent ?? lead.count
    let parts = broken(text, columns: width - margin, first: width - lead.count)
    return [lead + parts[0]] + parts.dropFirst().map { String(repeating: " ", count: margin) + $0 }
  }

  /// `text` to the right of `head`, beginning at `column`.
  package static func lines(_ head: String, _ text: String, at column: Int) -> [String] {
    var told = lines(String(repeating: " ", count: column) + text)
    told[0] = head + told[0].dropFirst(head.count)
    return told
  }

  /// The words of `text` in lines of at most `columns` characters, the first line of at most `first`. A word
  /// that is longer stands alone. The result has at least one line.
  package static func broken(_ text: String, columns: Int, first: Int? = nil) -> [String] {
    var lines: [String] = []
    var line = ""
    var room = first ?? columns
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
