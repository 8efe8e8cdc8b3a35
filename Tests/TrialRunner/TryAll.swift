import Foundation
import RV64

/// `tryall`: tries in every case what must be true in every case. For maintainers; docs/TRUST.md has the
/// figures.
@main
enum TryAll {
  private static let usage = """
    usage: tryall memory [--every N] [--memory MIB] [--only WORD]
           tryall crashes [--depth N]

      memory    runs every program once for each page that it allocates, with that page refused
        --every N     of a program that allocates more than N pages, only a selection (5000)
        --memory MIB  the machine's RAM (128)
        --only WORD   only programs whose command has this word
      crashes   cuts the power in every way during every sequence of file-system calls
        --depth N     calls in a sequence, 1 to 3 (3)

    Exit status: 0 all is as it must be, 1 it is not, 2 the command was wrong.
    """

  static func main() throws {
    do {
      try FastPaths.checkEnvironment()
      exit(try run(Array(CommandLine.arguments.dropFirst())) ? 0 : 1)
    } catch let error as Options.Wrong {
      FileHandle.standardError.write(Data("tryall: \(error.text)\n\n\(usage)\n".utf8))
      exit(2)
    } catch let error as UnknownFastPath {
      FileHandle.standardError.write(Data("tryall: \(error)\n".utf8))
      exit(2)
    }
  }

  /// Does what the arguments say. Returns whether all is well.
  private static func run(_ words: [String]) throws -> Bool {
    guard let kind = words.first else { throw Options.Wrong(text: "say what to try") }
    var options = try Options(words.dropFirst())
    switch kind {
    case "memory":
      let bound = try options.number("--every", in: 1...1_000_000) ?? 5000
      let memory = try options.number("--memory", in: 2...4096) ?? 128
      let word = options.text("--only")
      try options.end()
      return try tryMemory(everyUpTo: bound, memory: memory, only: word)
    case "crashes":
      let depth = try options.number("--depth", in: 1...3) ?? 3
      try options.end()
      return try tryCrashes(depth: depth)
    default:
      throw Options.Wrong(text: "\"\(kind)\" is nothing to try")
    }
  }
}

/// Arguments in pairs: an option and its value.
struct Options {
  struct Wrong: Error {
    let text: String
  }

  private var values: [String: String] = [:]

  init(_ words: ArraySlice<String>) throws {
    var words = words
    while let option = words.popFirst() {
      guard let value = words.popFirst() else { throw Wrong(text: "\(option) needs a value") }
      values[option] = value
    }
  }

  mutating func text(_ option: String) -> String? { values.removeValue(forKey: option) }

  mutating func number(_ option: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = text(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Wrong(text: "\(option) takes \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }

  /// An option that was not asked for is unknown.
  func end() throws {
    if let option = values.keys.min() { throw Wrong(text: "unknown option \(option)") }
  }
}

/// Prints a line at once, because some lines take minutes.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
