import HostSupport
import LabModel

/// A form in which results are written. It takes gradings and gives text; it does no input or output of its
/// own.
///
/// To add a format, add a file with a conformance, and add its name to `ResultFormats.all`.
package protocol ResultFormat: Sendable {
  /// The word that `--format` takes for this format.
  static var name: String { get }
  /// The usual file extension of this format, for `--output` without `--format`; nil if the format has no
  /// such extension.
  static var fileExtension: String? { get }
  /// Whether one text may be about several gradings.
  static var takesSeveral: Bool { get }
  /// The gradings of one run as text, with as much about lost tests as `feedback` allows. Unfinished gradings
  /// are written too: the text says what is missing.
  static func text(_ gradings: [Grading], _ feedback: Feedback) -> String
  /// Text to append, at the end, to the file that an environment variable names.
  static func appendix(_ gradings: [Grading]) -> (variable: String, text: String)?
}

extension ResultFormat {
  package static var takesSeveral: Bool { true }
  package static func text(_ gradings: [Grading]) -> String { text(gradings, .student) }
  package static func appendix(_ gradings: [Grading]) -> (variable: String, text: String)? { nil }
}

package enum ResultFormats {
  /// Every format, in the order of the help text.
  package static let all: [any ResultFormat.Type] = [
    TextFormat.self, JSONFormat.self, JUnitFormat.self, TAPFormat.self, GradescopeFormat.self,
    GitHubFormat.self, HTMLFormat.self,
  ]

  /// The format with this name.
  package static func named(_ name: String) throws(InputError) -> any ResultFormat.Type {
    guard let format = all.first(where: { $0.name == name }) else {
      let names = all.map { $0.name }
      throw InputError(
        "--format takes \(names.joined(separator: ", ")), not \"\(name)\""
          + Spelling.hint(for: name, of: names))
    }
    return format
  }

  /// The two parts of `FORMAT:FILE`. There is no format if `word` is only a path. (A file whose own name
  /// begins like that is written `./json:x`.)
  package static func split(_ word: String) -> (format: (any ResultFormat.Type)?, path: String) {
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, let format = all.first(where: { $0.name == parts[0] }) else {
      return (nil, word)
    }
    return (format, String(parts[1]))
  }

  /// The format that fits a file's name; text if no format fits.
  package static func of(fileNamed name: String) -> any ResultFormat.Type {
    all.first { format in format.fileExtension.map { name.hasSuffix("." + $0) } ?? false } ?? TextFormat.self
  }
}
