import Foundation
import HostSupport
import LabEvents
import LabModel

/// What the process of a user's own solution wrote before it ended: what the solution printed, and behind it,
/// if the process crashed, what Swift's backtracer tells.
struct SolutionWords {
  /// What the solution printed.
  let printed: String
  /// Swift's message about the crash; nil if there was none.
  let message: String?
  /// The innermost line of the solution in the backtrace.
  let place: SourcePlace?

  /// Settings for Swift's backtracer: a short text, without the addresses that differ from run to run.
  static let backtracer =
    "enable=yes,interactive=no,color=no,images=none,registers=none,threads=crashed,limit=16,top=0,"
    + "sanitize=no,cache=no"

  private static let headline = "*** "

  /// - `files`: the solution's source files.
  init(_ text: String, files: [URL]) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let end = lines.lastIndex { line in
      ["Signal ", "Program crashed: ", "Swift runtime failure: "].contains {
        line.hasPrefix(Self.headline + $0)
      }
    }
    let fatal = lines[..<(end ?? lines.endIndex)].lastIndex { $0.contains(": Fatal error") }
    var said = lines[..<(end.map { fatal ?? $0 } ?? lines.endIndex)]
    while let last = said.last, last.allSatisfy(\.isWhitespace) || last.hasPrefix(Self.headline) {
      said.removeLast()
    }
    printed = VisibleText.of(said.joined(separator: "\n"), lines: true)
    place = end.flatMap { Self.place(in: lines[$0...], files) }
    let message =
      fatal.map { Self.message(ofFatal: lines[$0]) } ?? end.flatMap { Self.message(in: lines[$0...]) }
    self.message = message.map { VisibleText.of(VisibleText.prefix($0, bytes: 1024)) }
  }

  /// How the process ended, in one line. `status` tells it if Swift does not.
  func sentence(orElse status: String) -> String {
    let file = place?.file.map { URL(fileURLWithPath: $0).lastPathComponent }
    let at = file.map { ", at \($0)" + (place?.line.map { ":\($0)" } ?? "") } ?? ""
    return (message ?? status) + at
  }

  /// `Solution/My.swift:12: Fatal error: words` without the place. Swift writes the address of a local type
  /// into some of these messages; it differs from run to run.
  private static func message(ofFatal line: Substring) -> String {
    let start = line.firstRange(of: "Fatal error")?.lowerBound ?? line.startIndex
    return String(line[start...]).replacing(/\(unknown context at \$[0-9a-f]+\)\./, with: "")
  }

  private static func message(in lines: ArraySlice<Substring>) -> String? {
    for line in lines {
      // A headline, or a frame of the trap's own: `... Swift runtime failure: words in worker at ...`.
      if let found = line.firstMatch(of: /Swift runtime failure: (.+?)(?: \*\*\*| in worker\b.*)$/) {
        return String(found.output.1)
      }
    }
    let crash = lines.lazy.compactMap { $0.firstMatch(of: /Program crashed: (.+?) at 0x[0-9a-f]+/) }.first
    guard let crash else { return nil }
    let isIndex = lines.contains { $0.contains(/^\s*0 .*\bsubscript\./) }
    return String(crash.output.1) + (isIndex ? " in a subscript: an index out of range?" : "")
  }

  private static func place(in lines: ArraySlice<Substring>, _ files: [URL]) -> SourcePlace? {
    for line in lines {
      guard let frame = line.firstMatch(of: /0x[0-9a-f]+ (.+) in worker at (\/.+?\.swift):([0-9]+)/) else {
        continue
      }
      let path = URL(fileURLWithPath: String(frame.output.2)).standardizedFileURL.path
      guard let file = files.first(where: { $0.standardizedFileURL.path == path }) else { continue }
      return SourcePlace(
        function: String(frame.output.1), file: file.relativePath, line: Int(frame.output.3))
    }
    return nil
  }
}

extension WorkerProcess {
  /// Runs `test`, and adds to its result what the solution printed, and at which of its lines it crashed.
  package func runAndHear(_ test: Lab.Test) throws -> TestResult {
    let heard = Heard()
    var process = self
    process.call.heard = { heard.words = $0 }
    var result = try process.run(test)
    let words = SolutionWords(heard.words, files: call.solution)
    if !words.printed.isEmpty { result.printed = words.printed }
    if case .crashed = result.verdict { result.place = words.place }
    return result
  }
}

/// The words of one process. They are written once, before the caller reads them, by the caller's own thread.
private final class Heard: @unchecked Sendable {
  var words = ""
}
