import Foundation
import Testing

@testable import LabModel
@testable import LabReports

/// A test that is not of the kernel's edition costs nothing, and each format says that it did not run.
struct EditionFormatTests {
  private static func test(_ name: String, _ concerns: Lab.Concern? = nil) -> Lab.Test {
    Lab.Test(
      name: name, title: "g: \(name)", points: 5, run: [name], proves: "p", expects: "e", concerns: concerns)
  }

  private static let lab = Lab(
    name: "x", title: "The X lab", edition: "2020", programs: [],
    limits: .init(
      instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
      boardInstructions: 1),
    groups: [.init(title: "running", tests: [test("a"), test("b")])], treeOnly: [],
    extra: [test("c", .memory)])

  private static let why = "not of this edition: it is new"

  /// The first test passes; the others are not of the kernel's edition.
  private static var grading: Grading {
    let tests = lab.tests + lab.extra
    var grading = Grading(lab: lab, solution: "s", tests: tests)
    grading.add(TestResult(test: tests[0], verdict: .passed, instructions: 1, console: ""))
    for test in tests.dropFirst() { grading.add(TestResult(notOfEdition: test, why: "it is new")) }
    return grading
  }

  @Test func `its points leave the maximum`() {
    let grading = Self.grading
    #expect(grading.isComplete && !grading.losesPoints)
    #expect((grading.earned, grading.points) == (5, 5))
    #expect((grading.extraEarned, grading.extraPoints) == (0, 0))
    #expect(!TestResult(notOfEdition: Self.lab.tests[1], why: "it is new").losesPoints)
  }

  @Test func `the text says SKIP and why`() {
    #expect(
      TextFormat.text([Self.grading]) == """
        == Test running ==
          g: a: OK (5/5, 1 instructions)
          g: b: SKIP (no points)
            not of this edition: it is new
        == Test extra ==
          g: c: SKIP (no points)
            not of this edition: it is new
        Score: 5/5
        Extra: 0/0

        """)
    #expect(ScoreTable.lines([Self.grading]).last?.hasPrefix("1 solution: 1 with every point") == true)
  }

  @Test func `json keeps the reason and the sums`() throws {
    let read = try #require(
      try JSONFormat.read(Array(JSONFormat.text([Self.grading]).utf8), name: "r").first)
    #expect((read.earned, read.points, read.extraPoints) == (5, 5, 0))
    #expect(read.tests.map(\.isSkipped) == [false, true, true])
    #expect(read.tests[1].outcome?.explanation == Self.why)
    #expect(JSONFormat.text([read]) == JSONFormat.text([Self.grading]))
  }

  @Test func `junit and tap skip it`() {
    let junit = JUnitFormat.text([Self.grading])
    #expect(junit.components(separatedBy: #"failures="0" errors="0" skipped="1""#).count == 3)
    #expect(junit.components(separatedBy: #"<skipped message="\#(Self.why)"/>"#).count == 3)
    let tap = TAPFormat.text([Self.grading]).split(separator: "\n")
    #expect(tap.contains("ok 2 - g: b # SKIP \(Self.why)"))
    #expect(!tap.contains { $0.hasPrefix("not ok") })
  }

  @Test func `gradescope gives it no status and no points`() throws {
    let text = GradescopeFormat.text([Self.grading], .student)
    let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let tests = try #require(document["tests"] as? [[String: Any]])
    #expect(tests.map { $0["status"] as? String } == ["passed", nil, nil])
    #expect(tests.map { $0["max_score"] as? Int } == [5, 0, 0])
    #expect(tests[1]["output"] as? String == Self.why)
  }

  @Test func `github has a row and no annotation, html a table`() {
    #expect(GitHubFormat.summary([Self.grading]).contains("| g: b | 0/0 | not of this edition: it is new |"))
    #expect(!GitHubFormat.text([Self.grading], .student).contains("::error"))
    let page = HTMLFormat.text([Self.grading], .student)
    #expect(page.contains("Not of this edition: 2") && page.contains(Self.why))
    #expect(!page.contains("Lost:"))
  }
}
