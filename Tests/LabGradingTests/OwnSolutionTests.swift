import Foundation
import Testing

@testable import HostSupport
@testable import LabGrading
@testable import LabModel
@testable import LabRunning
@testable import Submissions

/// A solution in a user's own Swift file. It is compiled, run test by test, and cannot harm the grader.
struct OwnSolutionTests {
  /// It crashes if a program asks for a gigabyte, and never returns if a program asks to shrink: it then
  /// calls the kernel again and again, or, in the test `sbrkmuch`, does nothing at all. Otherwise it is
  /// unmodified xv6.
  private static let wild = """
    import XV6Kernel

    struct Wild: LabSolution {
      func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
        if n > 1 << 29 { fatalError("a gigabyte?") }
        // It comes to 0 some day, so no compiler may leave it out.
        var x = k.myproc().sz > 90 << 20 ? UInt64(n.magnitude) : 0
        while n < 0, x != 0 { x = x &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        while n < 0 { k.myproc().killed = false }
        return try EagerXV6().sbrk(k, n)
      }
    }
    """

  private static func grade(
    _ text: String, _ names: [String], _ change: (inout Lab.Limits) -> Void = { _ in },
    warn: (SolutionWarning) -> Void = { _ in }
  ) throws -> [TestResult] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "OwnSolutionTests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "Solution.swift")
    try Data(text.utf8).write(to: file)
    var lab = try LabCatalogue.lab("lazy")
    change(&lab.limits)
    let grader = Grader(
      lab: lab, solution: try SolutionCatalogue.solution(file.path),
      tests: names, jobs: 2)
    var results: [TestResult] = []
    try grader.run(warn: warn) { results.append($0) }
    return results
  }

  @Test func `a crash and an endless loop cost their own tests' points and no others`() throws {
    let results = try Self.grade(Self.wild, ["map", "pgbug", "sbrkbugs", "sbrkmuch", "opentest"]) {
      $0.kernelSteps = 3_000_000
      $0.processorSeconds = 2
    }
    #expect(results.map(\.test.name) == ["map", "pgbug", "sbrkbugs", "sbrkmuch", "opentest"])
    #expect(results.map(\.earned) == [0, 4, 0, 0, 1])
    guard case .crashed(let how) = results[0].verdict else {
      Issue.record("map: \(results[0].verdict)")
      return
    }
    #expect(how == "Fatal error: a gigabyte?, at Solution.swift:5")
    #expect(results[0].place?.line == 5)
    #expect(results[2].verdict == .outOfSteps(limit: 3_000_000))
    #expect(results[3].verdict == .stuck(seconds: 2))
    #expect(results[0].explanation?.contains("ended its process") == true)
    #expect(results[0].diagnosis == .notRunAgain && results[3].diagnosis == .notRunAgain)
    #expect(results[2].diagnosis != nil && results[2].diagnosis != .notRunAgain)
    #expect(results[1].diagnosis == nil)
  }

  /// Right, but it looks at many pages one by one, as xv6 in C does.
  @Test func `a solution that takes long is not taken for one that hangs`() throws {
    let text = """
      import XV6Kernel

      struct PageAfterPage: LabSolution {
        func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
          let p = k.myproc()
          for i in 0..<2_000_000 as Range<UInt64> {
            guard let entry = try k.walk(p.pagetable, i &* PGSIZE, alloc: false) else { continue }
            _ = k.loadPTE(entry)
          }
          return try EagerXV6().sbrk(k, n)
        }
      }
      """
    // Neither limit is wall-clock time, so a busy machine changes nothing.
    let results = try Self.grade(text, ["sbrkarg"]) {
      $0.kernelSteps = 200_000_000
      $0.processorSeconds = 1
    }
    #expect(results.map(\.verdict) == [.passed])
  }

  @Test func `a solution that does not compile is the input's fault, in the compiler's words`() {
    let error = #expect(throws: InputError.self) {
      try Self.grade("import XV6Kernel\nstruct Wrong: LabSolution { let x: Nothing }\n", ["pgbug"])
    }
    #expect(error?.description.contains("Solution.swift: does not compile") == true)
    #expect(error?.description.contains("cannot find type 'Nothing'") == true)
  }

  @Test func `a function that nearly meets a requirement is warned of`() throws {
    let text = """
      import XV6Kernel

      struct Near: LabSolution {
        func sbrk(_ k: Kernel, n: Int32) throws(KernelHalt) -> UInt64 { 0 }
      }
      """
    var warnings = ""
    let results = try Self.grade(text, ["pgbug"], warn: { warnings += $0.description })
    #expect(warnings.contains("func sbrk(_: Kernel, n: Int32) is never called"))
    #expect(results.map(\.passed) == [true])
  }

  /// Swift's own traps have no message in an optimised program. The backtrace tells it, and the line.
  @Test func `a crash tells its message and its line, and what was printed is kept`() throws {
    let text = """
      import XV6Kernel

      struct Crashing: LabSolution {
        func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
          print("sbrk", n)
          let p = k.myproc()
          if n < 0 { return p.sz + UInt64(n.magnitude) - UInt64.max }
          if n > 1 << 29 { return [UInt64]()[Int(n)] }
          return try EagerXV6().sbrk(k, n)
        }
      }
      """
    for (names, line, message) in [
      (["map"], 8, "index out of range"), (["sbrkbugs"], 7, "arithmetic overflow"),
    ] {
      let result = try #require(try Self.grade(text, names).first)
      guard case .crashed(let how) = result.verdict else {
        Issue.record("\(names): \(result.verdict)")
        continue
      }
      #expect(how.contains(message), "\(how)")
      #expect(how.hasSuffix(", at Solution.swift:\(line)"), "\(how)")
      #expect(result.place?.line == line)
      #expect(result.printed?.hasPrefix("sbrk ") == true)
      #expect(result.printed?.contains("***") == false)
    }
    let passed = try #require(try Self.grade(text, ["sbrkarg"]).first)
    #expect(passed.passed && passed.printed?.hasPrefix("sbrk ") == true)
  }

  @Test func `a solution that prints without end has a bounded report`() throws {
    let text = """
      import XV6Kernel

      struct Loud: LabSolution {
        func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
          for line in 0..<100_000 { print("line", line) }
          return try EagerXV6().sbrk(k, n)
        }
      }
      """
    let result = try #require(try Self.grade(text, ["sbrkarg"]).first)
    let printed = try #require(result.printed)
    #expect(printed.utf8.count < 3 * TestResult.keptPrinted)
    #expect(printed.hasPrefix("line 0\n") && printed.hasSuffix("line 99999"))
    #expect(printed.contains("bytes left out"))
  }

  @Test func `the file of a built-in solution earns what the built-in one earns`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../labs/lazy/solutions/blog-walkaddr/BlogWalkaddr.swift")
    let names = ["unmap", "sbrkarg", "sbrkmuch"]
    let own = try Self.grade(String(contentsOf: file, encoding: .utf8), names)
    var builtIn: [TestResult] = []
    let lab = try LabCatalogue.lab("lazy")
    try Grader(
      lab: lab, solution: SolutionCatalogue.solution("blog-walkaddr"),
      tests: names
    ).run { builtIn.append($0) }
    #expect(own == builtIn)
    #expect(own[0].diagnosis?.fault?.panic?.text == "freewalk: leaf")
  }
}
