/// The functions that Swift code declares, and the types that they belong to.
struct SwiftDeclarations {
  /// Where a function stands.
  enum Scope: Equatable {
    case file
    case type(String)
    /// Inside of a function, or of something else that is no type.
    case inner
  }

  /// A function, or a property that holds a function.
  struct Function: Equatable {
    var name: String
    /// `label: Type` for each parameter, without the parameters' own names.
    var parameters: [String]
    /// Such of its modifiers that keep a function from meeting a requirement: `mutating`, `static`, `class`.
    var modifiers: [String] = []
    var isAsync = false
    /// The type that it throws; nil if it throws nothing.
    var thrown: String?
    var result = "Void"
    var scope = Scope.file
    var line = 1
    var isProperty = false
  }

  private(set) var functions: [Function] = []
  /// The types that each type names after its colon.
  private(set) var parents: [String: Set<String>] = [:]
  /// How often each word stands in the code.
  private(set) var uses: [String: Int] = [:]

  /// Reads `code`, which has no comments and strings.
  init(_ code: String) {
    var reader = Reader(SwiftTokens(code))
    reader.read()
    functions = reader.functions
    parents = reader.parents
    for token in reader.code.tokens where token.isWord { uses[String(token.text), default: 0] += 1 }
  }

  /// The type `name`, and the types whose functions it inherits.
  func ancestry(of name: String) -> Set<String> {
    var found: Set<String> = []
    var next = [name]
    while let type = next.popLast() {
      if found.insert(type).inserted { next += parents[type] ?? [] }
    }
    return found
  }

  private struct Reader {
    let code: SwiftTokens
    var functions: [Function] = []
    var parents: [String: Set<String>] = [:]
    private var scopes: [Scope] = []
    private var aliases: [String: String] = [:]
    /// The type whose declaration has begun, and whose `{` has not come yet.
    private var begun: String?

    init(_ code: SwiftTokens) { self.code = code }

    private static let types: Set<Substring> = ["struct", "class", "enum", "actor", "extension", "protocol"]
    /// What may stand behind `class` if it is a modifier.
    private static let members: Set<Substring> = ["func", "var", "let", "subscript", "override", "final"]

    mutating func read() {
      findAliases()
      var index = 0
      while index < code.tokens.count {
        let word = code[index]
        switch word {
        case "{":
          scopes.append(begun.map { .type($0) } ?? .inner)
          begun = nil
          index += 1
        case "}":
          _ = scopes.popLast()
          index += 1
        case "func": index = function(at: index)
        case "let", "var": index = property(at: index)
        case _ where Self.types.contains(word) && !Self.members.contains(code[index + 1]):
          index = type(at: index)
        default: index += 1
        }
      }
    }

    private var scope: Scope { scopes.last ?? .file }

    /// Reads the head of a type, up to its `{`.
    private mutating func type(at start: Int) -> Int {
      guard start + 1 < code.tokens.count, code.tokens[start + 1].isWord else { return start + 1 }
      var index = start + 2
      // The last part of `extension Outer.Inner` is the name.
      while code[index] == ".", index + 1 < code.tokens.count { index += 2 }
      let name = String(code[index - 1])
      begun = name
      while index < code.tokens.count, code[index] != "{", code[index] != "}", code[index] != "func" {
        if code.tokens[index].isWord { parents[name, default: []].insert(String(code[index])) }
        index += 1
      }
      return index
    }

    private mutating func function(at start: Int) -> Int {
      guard start + 1 < code.tokens.count, code.tokens[start + 1].isWord else { return start + 1 }
      var found = Function(name: String(code[start + 1]), parameters: [])
      found.scope = scope
      found.line = code.tokens[start].line
      found.modifiers = modifiers(before: start)
      var index = start + 2
      if code[index] == "<" { index = code.end(ofBracketAt: index) }
      guard code[index] == "(" else { return start + 1 }
      let end = code.end(ofBracketAt: index)
      found.parameters = parameters(index + 1..<max(index + 1, end - 1))
      index = end
      effects: while true {
        switch code[index] {
        case "async", "reasync": found.isAsync = true
        case "rethrows": found.thrown = "any Error"
        case "throws" where code[index + 1] == "(":
          let close = code.end(ofBracketAt: index + 1)
          found.thrown = named(index + 2..<max(index + 2, close - 1))
          index = close - 1
        case "throws": found.thrown = "any Error"
        default: break effects
        }
        index += 1
      }
      if code[index] == "->" {
        let close = max(index + 1, endOfType(index + 1))
        found.result = named(index + 1..<close)
        index = close
      }
      functions.append(found)
      return index
    }

    /// A property of a type that holds a function: `let sbrk: (Kernel, Int32) -> UInt64`.
    private mutating func property(at start: Int) -> Int {
      guard case .type = scope, start + 2 < code.tokens.count, code[start + 2] == ":" else {
        return start + 1
      }
      let end = max(start + 3, endOfType(start + 3))
      guard code.tokens[start + 3..<end].contains(where: { $0.text == "->" }) else { return start + 1 }
      var found = Function(name: String(code[start + 1]), parameters: [])
      found.scope = scope
      found.line = code.tokens[start].line
      found.isProperty = true
      functions.append(found)
      return end
    }

    private func modifiers(before start: Int) -> [String] {
      var found: [String] = []
      for index in stride(from: start - 1, through: max(0, start - 8), by: -1) {
        switch code[index] {
        case "mutating", "static", "class": found.insert(String(code[index]), at: 0)
        case "public", "internal", "package", "open", "final", "private", "fileprivate", "override",
          "nonisolated", "nonmutating", "consuming", "borrowing", "@", "inlinable", "discardableResult":
          continue
        default: return found
        }
      }
      return found
    }

    private func parameters(_ range: Range<Int>) -> [String] {
      var found: [String] = []
      var start = range.lowerBound
      while start < range.upperBound {
        var colon: Int?
        var end = start
        var typeEnd: Int?
        while end < range.upperBound, code[end] != "," {
          switch code[end] {
          case ":" where colon == nil: colon = end
          case "=" where typeEnd == nil: typeEnd = end
          case "(", "[", "{", "<":
            end = min(code.end(ofBracketAt: end), range.upperBound)
            continue
          default: break
          }
          end += 1
        }
        let stop = typeEnd ?? end
        let type = colon.map { $0 + 1 <= stop ? named($0 + 1..<stop) : "" } ?? ""
        found.append("\(code[start]): \(type)")
        start = end + 1
      }
      return found
    }

    /// The end of the type that begins at `start`: it ends before a body, and with its line.
    private func endOfType(_ start: Int) -> Int {
      var index = start
      while index < min(code.tokens.count, start + SwiftTokens.longest) {
        if index > start, code.tokens[index].line > code.tokens[index - 1].line, code[index - 1] != "->" {
          break
        }
        switch code[index] {
        case "{", "}", ";", "=", "where", "func": return index
        case "(", "[", "<": index = code.end(ofBracketAt: index)
        default: index += 1
        }
      }
      return min(index, code.tokens.count)
    }

    /// The type in `range` in the form that the lab's own declarations have.
    private func named(_ range: Range<Int>) -> String {
      var start = range.lowerBound
      while start < range.upperBound, Self.ownership.contains(code[start]) { start += 1 }
      var text = ""
      var index = start
      while index < range.upperBound {
        if Self.modules.contains(code[index]), code[index + 1] == ".", index + 2 < range.upperBound {
          index += 2
          continue
        }
        if index > start, code.tokens[index].isWord, code.tokens[index - 1].isWord { text += " " }
        text += aliases[String(code[index])] ?? String(code[index])
        index += 1
      }
      if text.hasPrefix("Optional<"), text.hasSuffix(">") { text = text.dropFirst(9).dropLast() + "?" }
      switch text {
      case "()": return "Void"
      case "Error": return "any Error"
      default: return text
      }
    }

    private static let ownership: Set<Substring> = [
      "borrowing", "consuming", "sending", "__owned", "__shared",
    ]
    private static let modules: Set<Substring> = ["Swift", "XV6Kernel"]

    private static let longestAlias = 256

    private mutating func findAliases() {
      for index in code.tokens.indices where code[index] == "typealias" && code[index + 2] == "=" {
        let type = named(index + 3..<max(index + 3, endOfType(index + 3)))
        // An alias may name another one, so its type could grow without bound.
        if type.utf8.count <= Self.longestAlias { aliases[String(code[index + 1])] = type }
      }
    }
  }
}
