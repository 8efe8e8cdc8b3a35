import Foundation
import FuzzTargets

// What libFuzzer's own `main` calls. `Tests/Fuzz/run` links this file with the modules, which are built with
// coverage.

/// The target that the environment names. It cannot come from the command line: libFuzzer starts further
/// processes of itself and does not pass our words on to them.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["LABRUNNER_FUZZ_TARGET"] ?? ""
  guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: " ")
    FileHandle.standardError.write(Data("LABRUNNER_FUZZ_TARGET is one of: \(names)\n".utf8))
    exit(2)
  }
  return found
}()

/// Called before the first input. If the environment names a folder, writes seeds, corpus and dictionary to
/// it.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  guard let path = ProcessInfo.processInfo.environment["LABRUNNER_FUZZ_SEEDS"] else { return 0 }
  let folder = URL(fileURLWithPath: path)
  do {
    let corpus = try? target.corpus(in: URL(fileURLWithPath: "Tests/Fuzz/Corpus"))
    for (n, input) in (try target.seeds() + (corpus ?? [])).enumerated() {
      try Data(input).write(to: folder.appending(path: "\(n)"))
    }
    let words = target.words.map { "\"" + $0.utf8.map(hexadecimal).joined() + "\"\n" }
    let dictionary = "# \(target.name)\n" + words.joined()
    try Data(dictionary.utf8).write(to: folder.deletingLastPathComponent().appending(path: "words"))
  } catch {
    FileHandle.standardError.write(Data("seeds: \(error)\n".utf8))
    exit(2)
  }
  return 0
}

/// A byte in the form that libFuzzer's dictionaries need.
private func hexadecimal(_ byte: UInt8) -> String { "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }

/// Tries one input. A broken promise ends the process, so that libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try target.check(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    FileHandle.standardError.write(Data("\(target.name): \(error)\n".utf8))
    abort()
  }
  return 0
}
