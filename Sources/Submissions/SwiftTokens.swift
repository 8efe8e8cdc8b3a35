/// The words and signs of Swift code without comments and strings. This is enough to find declarations.
struct SwiftTokens {
  /// A word, a sign, or the arrow `->`.
  struct Token: Equatable {
    /// The word without backticks, or the sign.
    var text: Substring
    /// The line, counted from 1.
    var line: Int
    var isWord: Bool
  }

  let tokens: [Token]

  init(_ code: String) {
    var tokens: [Token] = []
    var line = 1
    let bytes = code.utf8
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      var end = bytes.index(after: index)
      if Self.isWord(byte) {
        while end < bytes.endIndex, Self.isWord(bytes[end]) { bytes.formIndex(after: &end) }
        tokens.append(Token(text: code[index..<end], line: line, isWord: true))
      } else if byte == UInt8(ascii: "\n") {
        line += 1
      } else if byte == UInt8(ascii: "-"), end < bytes.endIndex, bytes[end] == UInt8(ascii: ">") {
        bytes.formIndex(after: &end)
        tokens.append(Token(text: code[index..<end], line: line, isWord: false))
      } else if byte > 0x20, byte != UInt8(ascii: "`") {
        tokens.append(Token(text: code[index..<end], line: line, isWord: false))
      }
      index = end
    }
    self.tokens = tokens
  }

  /// Whether the byte may stand in a word: a letter, a digit, an underscore, or a part of a character beyond
  /// ASCII.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// The tokens in `range` as a type is usually written: two words have a space between them.
  func text(_ range: Range<Int>) -> String {
    var text = ""
    for index in range {
      if index > range.lowerBound, tokens[index].isWord, tokens[index - 1].isWord { text += " " }
      text += tokens[index].text
    }
    return text
  }

  /// The most tokens that a bracket or a type may have. So no source takes quadratic time.
  static let longest = 512

  /// The index behind the bracket that closes the one at `open`.
  func end(ofBracketAt open: Int) -> Int {
    var depth = 0
    var index = open
    while index < min(tokens.count, open + Self.longest) {
      switch tokens[index].text {
      case "(", "[", "{", "<": depth += 1
      case ")", "]", "}", ">": depth -= 1
      default: break
      }
      index += 1
      if depth == 0 { break }
    }
    return index
  }

  subscript(index: Int) -> Substring { index < tokens.count ? tokens[index].text : "" }
}
