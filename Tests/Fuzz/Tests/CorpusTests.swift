import Foundation
import FuzzTargets
import Testing

/// Every target keeps its promises for its seeds and for each input of the corpus. This needs no fuzzer, so
/// it runs wherever the tests run.
@Suite struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Corpus")

  @Test(arguments: FuzzTarget.all.map(\.name)) func seeds(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let seeds = try target.seeds()
    #expect(!seeds.isEmpty)
    for seed in seeds + [[], [0], [255]] {
      #expect(throws: Never.self, "\(seed)") { try target.check(seed) }
    }
  }

  @Test(arguments: FuzzTarget.all.map(\.name)) func corpus(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let inputs = try target.corpus(in: Self.folder)
    #expect(!inputs.isEmpty)
    for input in inputs {
      #expect(throws: Never.self, "\(Data(input).base64EncodedString())") { try target.check(input) }
    }
  }

  @Test func everyFileOfTheCorpusHasItsTarget() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(files.filter { !$0.hasPrefix(".") }) == Set(FuzzTarget.all.map { $0.name + ".txt" }))
  }
}
