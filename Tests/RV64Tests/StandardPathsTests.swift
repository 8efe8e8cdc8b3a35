import Foundation
import Sv39MMU
import Testing

@testable import RV64

/// `LABRUNNER_WITHOUT` decides with which fast paths a hart begins.
struct StandardPathsTests {
  @Test(
    arguments: [
      ("", .all), ("links", .all.subtracting(.linkedBlocks)),
      ("pairs,loops", .all.subtracting([.fusedPairs, .byteLoops])),
      ("links,", .all.subtracting(.linkedBlocks)),
      ("links,links", .all.subtracting(.linkedBlocks)), ("all", []), ("system,all", []),
    ] as [(String, FastPaths)])
  func `names close paths`(names: String, paths: FastPaths) throws {
    #expect(try FastPaths(without: names) == paths)
  }

  @Test func `every path has a name of its own, and all are all`() {
    let single = FastPaths.named.filter { $0.name != "all" }.map(\.paths)
    #expect(Set(single).count == single.count)
    #expect(single.allSatisfy { $0.rawValue.nonzeroBitCount == 1 })
    #expect(single.reduce(FastPaths()) { $0.union($1) } == .all)
  }

  @Test(arguments: ["lnks", "Links", " links", "links;pairs", "links,no\u{1B}"])
  func `an unknown name is told, with those that there are`(names: String) {
    let error = #expect(throws: UnknownFastPath.self) { try FastPaths(without: names) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("LABRUNNER_WITHOUT: no fast path is called \""))
    #expect(text.hasSuffix("(there is: translations, links, loops, system, pairs, fills, all)"))
    #expect(!text.contains("\u{1B}"))
  }

  /// This run's own environment: a name in it that no path has makes the run worthless.
  @Test func `a hart begins with what the environment leaves`() throws {
    let names = ProcessInfo.processInfo.environment[FastPaths.variable] ?? ""
    #expect(throws: Never.self) { try FastPaths.checkEnvironment() }
    let hart = Hart(memory: try PhysicalMemory(base: 0x8000_0000, size: 4096))
    #expect(try hart.fastPaths == FastPaths(without: names))
  }
}
