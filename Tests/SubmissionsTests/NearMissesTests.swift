import Foundation
import Testing

@testable import LabModel
@testable import Submissions

/// Functions that look like the lab's functions, but are not. What Swift takes for a requirement was tried
/// with the compiler, case by case.
struct NearMissesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
    path: "../..")

  private static func source(_ path: String) throws -> String {
    SolutionSource.code(of: try String(contentsOf: root.appending(path: path), encoding: .utf8))
  }

  private static func warnings(_ code: String, type: String = "Mine") -> [SolutionWarning] {
    NearMisses.warnings(about: [.init(path: "S.swift", code: SolutionSource.code(of: code))], type: type)
  }

  /// Warnings about a solution that consists of `text`.
  private static func warnings(inside text: String) -> [SolutionWarning] {
    warnings("struct Mine: LabSolution {\n\(text) { 0 }\n}")
  }

  @Test func `the requirements are the protocol's`() throws {
    let code = SwiftDeclarations(try Self.source("Sources/XV6Kernel/LabSolution.swift"))
    let declared = code.functions.map { function in
      var plain = function
      plain.line = 1
      plain.scope = .file
      return plain
    }
    #expect(declared == NearMisses.requirements)
  }

  @Test(arguments: [
    ("reference/Reference", "Reference"), ("blog-copyin/BlogCopyin", "BlogCopyin"),
    ("blog-walkaddr/BlogWalkaddr", "BlogWalkaddr"),
  ])
  func `a solution that says what it means is not warned about`(path: String, type: String) throws {
    let code = try Self.source("labs/lazy/solutions/\(path).swift")
    #expect(SolutionSource.conformingTypes(in: code) == [type])
    #expect(Self.warnings(code, type: type) == [])
  }

  @Test(arguments: [
    ("func sbrk(_ k: Kernel, n: Int32)", "func sbrk(_: Kernel, n: Int32)"),
    ("func sbrk(_ k: Kernel, _ n: Int64)", "func sbrk(_: Kernel, _: Int64)"),
    (
      "func pagefault(_ k: Kernel, scause: UInt64, stval: UInt64)",
      "func pagefault(_: Kernel, scause: UInt64, stval: UInt64)"
    ),
    (
      "func pageFualt(_ k: Kernel, scause: UInt64, stval: UInt64)",
      "func pageFualt(_: Kernel, scause: UInt64, stval: UInt64)"
    ),
    ("func walkaddr( k : Kernel,_ t:UInt64 )", "func walkaddr(k: Kernel, _: UInt64)"),
    ("func sbrk(_ k: Kernel, _ n: Int32?) -> UInt64", "func sbrk(_: Kernel, _: Int32?)"),
    ("func sbrk(_ k: Kernel?, _ n: Int32) -> UInt64", "func sbrk(_: Kernel?, _: Int32)"),
    ("func sbrk(_ k: inout Kernel, _ n: Int32) -> UInt64", "func sbrk(_: inout Kernel, _: Int32)"),
    ("func sbrk<T: BinaryInteger>(_ k: Kernel, _ n: T) -> UInt64", "func sbrk(_: Kernel, _: T)"),
    (
      "func sbrk(_ k: Kernel, _ n: some BinaryInteger) -> UInt64",
      "func sbrk(_: Kernel, _: some BinaryInteger)"
    ),
    (
      "func sbrk(_ k: Kernel, _ n: Int32, extra: Int = 0) -> UInt64",
      "func sbrk(_: Kernel, _: Int32, extra: Int)"
    ),
    // These differ in other ways than in their parameters.
    (
      "func sbrk(_ k: Kernel, _ n: Int32) throws -> UInt64", "func sbrk(_: Kernel, _: Int32) throws -> UInt64"
    ),
    (
      "func sbrk(_ k: Kernel, _ n: Int32)\n throws(any Error)\n -> UInt64",
      "func sbrk(_: Kernel, _: Int32) throws -> UInt64"
    ),
    (
      "func sbrk(_ k: Kernel, _ n: Int32) throws(Mine) -> UInt64",
      "func sbrk(_: Kernel, _: Int32) throws(Mine) -> UInt64"
    ),
    ("func sbrk(_ k: Kernel, _ n: Int32) async -> UInt64", "func sbrk(_: Kernel, _: Int32) async -> UInt64"),
    (
      "mutating func sbrk(_ k: Kernel, _ n: Int32) -> UInt64",
      "mutating func sbrk(_: Kernel, _: Int32) -> UInt64"
    ),
    (
      "@inline(never)\n  public static func sbrk(_ k: Kernel, _ n: Int32) -> UInt64",
      "static func sbrk(_: Kernel, _: Int32) -> UInt64"
    ),
    ("func sbrk(_ k: Kernel, _ n: Int32) -> UInt64?", "func sbrk(_: Kernel, _: Int32) -> UInt64?"),
    ("func sbrk(_ k: Kernel, _ n: Int32)", "func sbrk(_: Kernel, _: Int32)"),
    (
      "func walkaddr(_ k: Kernel, _ t: UInt64, _ va: UInt64) -> UInt64",
      "func walkaddr(_: Kernel, _: UInt64, _: UInt64) -> UInt64"
    ),
    (
      "@discardableResult func uvmunmap(_ k: Kernel, _ t: UInt64, _ va: UInt64, _ n: UInt64, free: Bool) -> Bool",
      "func uvmunmap(_: Kernel, _: UInt64, _: UInt64, _: UInt64, free: Bool) -> Bool"
    ),
  ])
  func `what differs from the lab's function is named`(text: String, shown: String) {
    let warnings = Self.warnings(inside: text)
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.text.hasPrefix("\(shown) is never called: the lab's function is") == true, "\(warnings)"
    )
  }

  @Test(arguments: [
    "func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64",
    "func sbrk(_ k: XV6Kernel.Kernel, _ n: Swift.Int32) throws(XV6Kernel.KernelHalt) -> UInt64",
    "func sbrk(_ k: Kernel, _ n: Int32) -> UInt64",
    "func sbrk(_ k: Kernel, _ n: Int32) throws(Never) -> UInt64",
    "func sbrk(_ k: borrowing Kernel, _ n: Int32 = max(1, 2)) -> UInt64",
    "typealias Halt = KernelHalt; func sbrk(_ k: Kernel, _ n: Int32) throws(Halt) -> UInt64",
    "func walkaddr(_ k: Kernel, _ t: UInt64, _ va: UInt64) -> Optional<UInt64>",
    "func uvmunmap(_ k: Kernel, _ t: UInt64, _ v: UInt64, _ n: UInt64, `free`: Bool) -> ()",
    // Helpers: Swift would not take them, and they say nothing else.
    "func grow(_ k: Kernel, _ n: Int32) throws -> UInt64",
    "var sbrk: UInt64",
  ])
  func `what Swift takes for the lab's function is not warned of`(text: String) {
    #expect(Self.warnings(inside: text) == [])
  }

  @Test func `an overload beside the real one is nobody's mistake`() {
    let text = """
      struct Mine: LabSolution {
        func sbrk(_ k: Kernel, _ n: Int32) -> UInt64 { 0 }; func sbrk(_ k: Kernel, grow: UInt64) {}
      }
      """
    #expect(Self.warnings(text) == [])
  }

  @Test func `a function of another type is not the solution's`() {
    let text = """
      struct Mine: LabSolution { func sbrk(_ k: Kernel, _ n: Int32) throws -> UInt64 { 0 } }
      struct Other { func sbrk(_ k: Kernel, _ n: Int32) -> UInt64 { 0 } }
      extension Kernel { func walkaddr(_ va: UInt64) -> UInt64 { 0 } }
      """
    #expect(Self.warnings(text).map(\.line) == [1])
    let inherited = """
      class Base { func sbrk(_ k: Kernel, _ n: Int32) -> UInt64 { 0 } }
      final class Mine: Base, LabSolution { func sbrk(_ k: Kernel) -> UInt64 { 0 } }
      """
    #expect(Self.warnings(inherited) == [])
  }

  @Test func `a function outside of the type, and a property, are named too`() {
    let outside = "struct Mine: LabSolution {}\nfunc sbrk(_ k: Kernel, _ n: Int32) -> UInt64 { 0 }"
    #expect(
      Self.warnings(outside).map(\.description) == [
        "S.swift:2: warning: func sbrk(_: Kernel, _: Int32) is never called: it stands outside of Mine"
      ])
    let property =
      "struct Mine: LabSolution {\n  let sbrk: @Sendable (Kernel, Int32) -> UInt64 = { _, _ in 0 }\n}"
    #expect(
      Self.warnings(property).map(\.description) == [
        "S.swift:2: warning: sbrk is a property, which is never called: the lab's function is "
          + "sbrk(_: Kernel, _: Int32)"
      ])
  }

  @Test func `the line is the function's, behind comments and strings of several lines`() {
    let text =
      "/* one\ntwo */\nlet s = \"\"\"\n  a\n  \"\"\"\nstruct Mine: LabSolution {\n  func sbrk() {}\n}"
    #expect(Self.warnings(text).map(\.line) == [7])
  }

  @Test("no source takes long", arguments: ["struct S { let a: (", "func f(", "let a: [", "typealias a = <"])
  func long(piece: String) {
    _ = Self.warnings("struct Mine: LabSolution {" + String(repeating: piece + " ", count: 20_000))
  }
}
