/// A part of the project that takes bytes from outside, and its promises, which hold for any bytes.
///
/// `Tests/Fuzz/run` gives a target the inputs that libFuzzer invents. `swift test` gives it the seeds and the
/// committed corpus. A new target is one file with one value, and a line in ``all``.
public struct FuzzTarget: Sendable {
  /// The name on the command line, and of the folder in `Tests/Fuzz/Corpus`.
  public let name: String
  /// The longest input worth trying, in bytes.
  public let maxLength: Int
  /// Words of the input's language: libFuzzer's dictionary.
  public var words: [String] = []
  /// Inputs to begin with. They are valid, so that the fuzzer need not discover the format.
  public let seeds: @Sendable () throws -> [[UInt8]]
  /// Tries one input. Every error is a failure. A `BrokenPromise` says which promise was broken.
  public let check: @Sendable ([UInt8]) throws -> Void

  public static let all: [FuzzTarget] = [
    .elf, .dwarf, .image, .edits, .lab, .result, .results, .source, .arguments, .screen, .code, .calls,
    .console, .machine, .devices, .disk,
  ]
}

/// A promise that should hold for every input, and was broken.
public struct BrokenPromise: Error, CustomStringConvertible {
  public var description: String
}

/// If `holds` is false, throws a `BrokenPromise` with the text `promise`.
func promise(_ holds: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
  if !holds { throw BrokenPromise(description: promise()) }
}

/// Throws a `BrokenPromise` unless both runs gave the same value.
func promiseSame<Value: Equatable>(
  _ one: Value, _ other: Value, _ what: @autoclosure () -> String
) throws(BrokenPromise) {
  if one != other { throw BrokenPromise(description: "\(what()): \(one) and \(other)") }
}
