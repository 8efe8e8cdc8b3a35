import Foundation
import TestSupport
import Testing

@testable import labrunner

/// The results of one solution that is graded alone, as a course's scripts read them.
struct ResultsOfOneTests {
  private static let broken = "import XV6Kernel\nstruct Wrong: LabSolution { let x: Nothing }\n"
  private static let warned = """
    import XV6Kernel

    struct Near: LabSolution {
      func sbrk(_ k: Kernel, _ n: Int32) throws -> UInt64 { 0 }
    }
    """
  private static let formats = ["text", "json", "junit", "tap", "gradescope", "github", "html"]

  /// Grades `source` with every format, and returns the files' texts.
  private static func texts(_ source: String) throws -> (
    texts: [String: String], status: labrunner.ExitStatus
  ) {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "S.swift")
      try Data(source.utf8).write(to: file)
      let outputs = formats.flatMap { ["--output", "\($0):\(folder.path)/\($0)"] }
      let status = Labrunner.run(["grade", file.path, "--test", "sbrkarg"] + outputs)
      var texts: [String: String] = [:]
      for format in formats {
        texts[format] = try String(contentsOf: folder.appending(path: format), encoding: .utf8)
          .replacing(folder.path + "/", with: "")
      }
      return (texts, status)
    }
  }

  @Test func `one that does not compile is not graded, in every format and the compiler's words`() throws {
    let (texts, status) = try Self.texts(Self.broken)
    #expect(status == .usage)
    for (format, text) in texts {
      #expect(text.contains("ot graded") || format == "json", "\(format)")
      let words = ["cannot find type 'Nothing'", "cannot find type &#39;Nothing&#39;"]
      #expect(words.contains(where: text.contains), "\(format): \(text)")
    }
    #expect(texts["junit"]?.contains(#"tests="1" failures="0" errors="1""#) == true)
    #expect(texts["tap"]?.contains("\n1..1\nnot ok 1 - not graded: S.swift: does not compile\n") == true)
    #expect(texts["json"]?.contains("\"problem\" : \"S.swift: does not compile\\n") == true)
    #expect(
      texts["github"]?.contains("\n::error file=S.swift,line=2,title=not graded::S.swift: does not") == true)
  }

  @Test func `one that is not even there says so too`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "r.tap").path
      #expect(Labrunner.run(["grade", "no-such", "--output", path]) == .usage)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.contains("not ok 1 - not graded: no solution is called \"no-such\""))
    }
  }

  @Test func `a function that is never called is told in every format`() throws {
    let (texts, status) = try Self.texts(Self.warned)
    #expect(status == .success)
    for (format, text) in texts {
      #expect(
        text.contains("throws is never called") || text.contains("throws -&gt; UInt64 is never called")
          || text.contains("throws -> UInt64 is never called"), "\(format): \(text)")
    }
    #expect(texts["github"]?.contains("\n::warning file=S.swift,line=4,title=warning::func sbrk(") == true)
  }
}
