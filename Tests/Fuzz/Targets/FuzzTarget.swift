/// Something that takes bytes from outside, and what it promises about whatever they are.
///
/// `Tests/Fuzz/run` feeds a target what libFuzzer invents; `swift test` feeds it the seeds and the committed corpus. A new
/// target is one file with one value, and a line in ``all``.
public struct FuzzTarget: Sendable {
  /// The name on the command line, and of the folder in `Tests/Fuzz/Corpus`.
  public let name: String
  /// The longest input worth trying, in bytes.
  public let maxLength: Int
  /// Words that the input's language is made of: libFuzzer's dictionary.
  public var words: [String] = []
  /// Inputs to begin with: sound ones, so that the fuzzer need not discover the format.
  public let seeds: @Sendable () throws -> [[UInt8]]
  /// Tries one input. Whatever it throws is a failure; a `BrokenPromise` says what did not hold.
  public let check: @Sendable ([UInt8]) throws -> Void

  public static let all: [FuzzTarget] = [
    .elf, .dwarf, .image, .edits, .lab, .result, .results, .source, .arguments, .screen, .code, .calls,
    .console, .machine, .devices, .disk,
  ]
}

/// Something that should hold for every input, and did not.
public struct BrokenPromise: Error, CustomStringConvertible {
  public var description: String
}

/// Throws a `BrokenPromise` that says `promise`, unless `holds`.
func promise(_ holds: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
  if !holds { throw BrokenPromise(description: promise()) }
}

/// Throws a `BrokenPromise` unless two runs came to the same.
func promiseSame<Value: Equatable>(
  _ one: Value, _ other: Value, _ what: @autoclosure () -> String
) throws(BrokenPromise) {
  if one != other { throw BrokenPromise(description: "\(what()): \(one) and \(other)") }
}
