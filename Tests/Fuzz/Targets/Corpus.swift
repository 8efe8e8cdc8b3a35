import Foundation

/// The committed corpus: `Tests/Fuzz/Corpus/TARGET.txt`, one input on each line, in base64. It holds inputs
/// that once broke a promise, and inputs that reach code which no other input reaches.
extension FuzzTarget {
  /// The inputs in the corpus file of this target.
  public func corpus(in folder: URL) throws -> [[UInt8]] {
    let file = folder.appending(path: name + ".txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      guard let input = Data(base64Encoded: String(line)) else {
        throw BrokenPromise(description: "\(file.path): not base64: \(line.prefix(40))")
      }
      return [UInt8](input)
    }
  }
}
