import HostSupport

/// A word, a number or a sign of a condition.
struct ConditionToken: Equatable {
  enum Kind: Equatable {
    case number(Double)
    /// A word, or any text in double quotes.
    case name(String)
    /// `+ - * / ( ) . : < <= > >= == !=`
    case sign(String)
    case end
  }

  var kind: Kind
  var column: Int

  /// How an error message writes it.
  var shown: String {
    switch kind {
    case .number(let value): "\(value)"
    case .name(let name): "\"\(VisibleText.of(VisibleText.prefix(name, bytes: 40)))\""
    case .sign(let sign): "\"\(sign)\""
    case .end: "the end"
    }
  }

  /// The most characters that a condition may have.
  static let longest = 4096

  /// The tokens of `text`. The last one marks its end.
  static func all(in text: String) throws(ConditionError) -> [ConditionToken] {
    let characters = Array(text.unicodeScalars)
    guard characters.count <= longest else {
      throw ConditionError(column: longest + 1, reason: "the condition is longer than \(longest) characters")
    }
    var tokens: [ConditionToken] = []
    var at = 0
    while at < characters.count {
      if characters[at] == " " || characters[at] == "\t" {
        at += 1
        continue
      }
      let column = at + 1
      tokens.append(ConditionToken(kind: try next(characters, &at), column: column))
    }
    return tokens + [ConditionToken(kind: .end, column: characters.count + 1)]
  }

  private static func next(_ text: [Unicode.Scalar], _ at: inout Int) throws(ConditionError) -> Kind {
    let start = at
    let first = text[at]
    if isDigit(first) {
      while at < text.count, isDigit(text[at]) || text[at] == "." { at += 1 }
      guard let value = Double(string(text[start..<at])), value.isFinite else {
        throw ConditionError(
          column: start + 1, reason: "\"\(string(text[start..<at].prefix(40)))\" is no number")
      }
      return .number(value)
    }
    if isLetter(first) {
      while at < text.count, isLetter(text[at]) || isDigit(text[at]) { at += 1 }
      return .name(string(text[start..<at]))
    }
    if first == "\"" {
      guard let close = text[(at + 1)...].firstIndex(of: "\"") else {
        throw ConditionError(column: start + 1, reason: "the quote is never closed")
      }
      at = close + 1
      return .name(string(text[start + 1..<close]))
    }
    let two = string(text[at..<min(at + 2, text.count)])
    let signs = ["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ".", ":"]
    guard let sign = signs.first(where: { two.hasPrefix($0) }) else {
      let shown = VisibleText.of(string(text[at...at]))
      throw ConditionError(column: start + 1, reason: "\"\(shown)\" has no meaning here")
    }
    at += sign.unicodeScalars.count
    return .sign(sign)
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
  }
}
