import HostSupport
import LabModel

/// A form that results are written in: gradings in, text out, no input or output of its own.
///
/// A new one is a file with a conformance, and its name in `ResultFormats.all`.
package protocol ResultFormat: Sendable {
  /// The word for `--format`.
  static var name: String { get }
  /// How a file of this format usually ends, for `--output` without `--format`; nil where nothing tells.
  static var fileExtension: String? { get }
  /// Whether one text may be about several gradings.
  static var takesSeveral: Bool { get }
  /// The gradings of one run, with as much about lost tests as `feedback` allows. Unfinished ones are written too: what is
  /// missing is said to be.
  static func text(_ gradings: [Grading], _ feedback: Feedback) -> String
  /// Text to append, once all is done, to the file that an environment variable names.
  static func appendix(_ gradings: [Grading]) -> (variable: String, text: String)?
}

extension ResultFormat {
  package static var takesSeveral: Bool { true }
  package static func text(_ gradings: [Grading]) -> String { text(gradings, .student) }
  package static func appendix(_ gradings: [Grading]) -> (variable: String, text: String)? { nil }
}

package enum ResultFormats {
  /// Every format, in the order that help lists them.
  package static let all: [any ResultFormat.Type] = [
    TextFormat.self, JSONFormat.self, JUnitFormat.self, TAPFormat.self, GradescopeFormat.self,
    GitHubFormat.self, HTMLFormat.self,
  ]

  /// The format of this name.
  package static func named(_ name: String) throws(InputError) -> any ResultFormat.Type {
    guard let format = all.first(where: { $0.name == name }) else {
      throw InputError("--format takes \(all.map { $0.name }.joined(separator: ", ")), not \"\(name)\"")
    }
    return format
  }

  /// The format that a file's name asks for; text, where it asks for none.
  package static func of(fileNamed name: String) -> any ResultFormat.Type {
    all.first { format in format.fileExtension.map { name.hasSuffix("." + $0) } ?? false } ?? TextFormat.self
  }
}
