import Foundation
import Testing

@testable import LabCompare

/// A solution in the user's own Swift file, compared with the built-in solution that it copies.
@Suite struct OwnSolutionTests {
  /// Unmodified xv6, except for one number of bytes: that one crashes the solution.
  private static let source = """
    import XV6Kernel

    struct Mine: LabSolution {
      func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
        if n == 4096 * 77 { fatalError("77 pages?") }
        return try EagerXV6().sbrk(k, n)
      }
    }
    """

  @Test func `it is measured as a built-in one is, and its crash is an outcome`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "CompareTests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "Mine.swift")
    try Data(Self.source.utf8).write(to: file)
    let comparer = try Comparer(
      lab: Bench.lab.get(), sides: Sides([file.path]),
      workloads: [Bench.workload("little 60 8"), Bench.workload("little 77 8")])
    var results: [Comparison] = []
    try comparer.run(jobs: 2) { results.append($0) }
    #expect(results.count == 2)
    #expect(results[0].a == results[0].b, "figures, course, faults and map")
    #expect(results[1].b.outcome.kind == .crashed)
    #expect(results[1].b.outcome.detail.contains("Fatal error: 77 pages?"))
    #expect(results[1].words(comparer.sides).hasPrefix("eager finished, "))
  }
}
