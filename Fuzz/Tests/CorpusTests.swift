import Foundation
import FuzzTargets
import Testing

/// Every target keeps its promises for its seeds, and for each file of the corpus: inputs that once broke one, and those that
/// reach what others do not. No fuzzer is needed, so that this runs wherever the tests do.
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
    let folder = Self.folder.appending(path: name)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(!files.isEmpty)
    for file in files {
      let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
      #expect(throws: Never.self, "Fuzz/Corpus/\(name)/\(file)") { try target.check(bytes) }
    }
  }

  @Test func everyFolderOfTheCorpusHasItsTarget() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders.filter { !$0.hasPrefix(".") }) == Set(FuzzTarget.all.map(\.name)))
  }
}
