/// A remark about a solution's source that costs no points: a function that is never called, or what the
/// compiler said.
package struct SolutionWarning: Sendable, Equatable, Codable, CustomStringConvertible {
  package var text: String
  /// The file, as the user named it, and the line, counted from 1. Nil if the text itself names them.
  package var file: String?
  package var line: Int?

  package init(text: String, file: String? = nil, line: Int? = nil) {
    self.text = text
    self.file = file
    self.line = line
  }

  /// The warning as a compiler writes it.
  package var description: String {
    guard let file else { return text }
    return "\(file)\(line.map { ":\($0)" } ?? ""): warning: \(text)"
  }
}
