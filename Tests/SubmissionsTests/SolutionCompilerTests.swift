import Foundation
import TestSupport
import Testing

@testable import HostSupport
@testable import Submissions

/// The compiler's limits. A file of a megabyte once kept it busy for minutes.
struct SolutionCompilerTests {
  private static func refusal(_ text: String, _ limit: (inout SolutionCompiler) -> Void) throws -> String? {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "S.swift")
      try Data(text.utf8).write(to: file)
      var compiler = try SolutionCompiler()
      limit(&compiler)
      let error = #expect(throws: InputError.self) {
        try compiler.compile(SolutionSource(path: file.path), in: folder)
      }
      return error?.description.replacing(file.path, with: "S.swift")
    }
  }

  private static let long =
    "import XV6Kernel\nstruct Long: LabSolution {\n"
    + (0..<40_000).map { "  func f\($0)(_ x: Int) -> Int { [x, \($0)].map { $0 &* 3 }.reduce(0, &+) }\n" }
    .joined()
    + "}\n"

  @Test func `a source that takes too long is refused`() throws {
    #expect(
      try Self.refusal(Self.long) { $0.seconds = 2 }
        == "S.swift: does not compile: the compiler was not done after 2 s of processor time")
  }
}
