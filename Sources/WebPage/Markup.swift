/// A piece of a page. Text is escaped when it is added, and each tag that is opened is closed. So everything
/// that is made of pieces is well-formed, as HTML and as XML, and shows what was written.
///
/// A string literal is text. Names of elements and attributes are written in the program and never come from
/// outside.
package struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// The piece as it is in the file.
  package let source: String

  /// The source must be well-formed.
  init(source: String) { self.source = source }

  package init(stringLiteral text: String) { self = .text(text) }

  /// Text, shown as it is: no character in it begins a tag, commands a terminal or changes the order of
  /// others. Controls are shown as escapes, `\u{1b}` for instance. Newlines and tabs stay.
  package static func text(_ text: String) -> Markup { Markup(source: escape(text)) }

  /// An element with its attributes, in this order, and its contents.
  package static func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ children: [Markup] = []
  ) -> Markup {
    var source = "<\(name)"
    for (key, value) in attributes { source += " \(key)=\"\(escape(value))\"" }
    if isVoid("\(name)") { return Markup(source: source + " />") }
    source += ">"
    for child in children { source += child.source }
    return Markup(source: source + "</\(name)>")
  }

  /// Pieces one after the other.
  package static func join(_ parts: [Markup], separator: Markup = "") -> Markup {
    Markup(source: parts.map(\.source).joined(separator: separator.source))
  }

  /// The elements without an end tag in HTML, of those that our pages use. Every other element must have an
  /// end tag.
  private static func isVoid(_ name: String) -> Bool { ["meta", "br", "hr", "col"].contains(name) }

  private static func escape(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where isHidden(scalar): result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether the character is a control, reorders or hides text, or is not allowed in XML.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return scalar.value & 0xFFFE == 0xFFFE
    }
  }
}
