import Foundation
import Testing

@testable import Submissions

/// Functions that look like the lab's functions, but are not.
struct NearMissesTests {
  private static func source(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    return SolutionSource.code(of: try String(contentsOf: root.appending(path: path), encoding: .utf8))
  }

  @Test func `the requirements are the protocol's`() throws {
    let declared = NearMisses.functions(in: try Self.source("Sources/XV6Kernel/LabSolution.swift"))
    #expect(declared == NearMisses.requirements)
  }

  @Test(arguments: ["reference/Reference", "blog-copyin/BlogCopyin", "blog-walkaddr/BlogWalkaddr"])
  func `a solution that says what it means is not warned about`(path: String) throws {
    #expect(NearMisses.warnings(about: try Self.source("labs/lazy/solutions/\(path).swift")) == [])
  }

  @Test(arguments: [
    ("func sbrk(_ k: Kernel, n: Int32)", "sbrk(_: Kernel, n: Int32)"),
    ("func sbrk(_ k: Kernel, _ n: Int64)", "sbrk(_: Kernel, _: Int64)"),
    (
      "func pagefault(_ k: Kernel, scause: UInt64, stval: UInt64)",
      "pagefault(_: Kernel, scause: UInt64, stval: UInt64)"
    ),
    ("func walkaddr( k : Kernel,_ t:UInt64 )", "walkaddr(k: Kernel, _: UInt64)"),
  ])
  func `a label, a type or a letter that is off is named`(text: String, shown: String) {
    let warnings = NearMisses.warnings(about: text)
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("func \(shown) is never called") == true, "\(warnings)")
  }

  @Test func `an overload beside the real one is nobody's mistake`() {
    let text = "func sbrk(_ k: Kernel, _ n: Int32) {}; func sbrk(_ k: Kernel, grow: UInt64) {}"
    #expect(NearMisses.warnings(about: text) == [])
  }
}
