/// A fact about a run that helps to tell mistakes apart. Each file about one subject defines its own clues.
struct Clue: Hashable, Sendable {
  let name: String

  init(_ name: String) { self.name = name }
}

/// The clues of a run. Each has a text about the first time it was seen.
package struct Clues: Sendable {
  private(set) var found: [Clue: String] = [:]

  mutating func add(_ clue: Clue, _ what: @autoclosure () -> String) {
    if found[clue] == nil { found[clue] = what() }
  }

  mutating func drop(_ clue: Clue) { found[clue] = nil }

  subscript(_ clue: Clue) -> String? { found[clue] }
}
