import Foundation
import Testing

@testable import LabModel
@testable import LabReports

/// Each format tells extra tests from official ones. The official score is the same with and without extra
/// tests.
struct ExtraFormatTests {
  private static func test(_ name: String, _ points: Int, _ concerns: Lab.Concern? = nil) -> Lab.Test {
    Lab.Test(
      name: name, title: "g: \(name)", points: points, run: [name], proves: "p", expects: "e",
      concerns: concerns)
  }

  private static let lab = Lab(
    name: "x", title: "The X lab", edition: "2020", programs: [],
    limits: .init(
      instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
      boardInstructions: 1),
    groups: [.init(title: "running", tests: [test("a", 20)])], treeOnly: [],
    extra: [test("b", 2, .laziness), test("c", 3, .memory), test("d", 0, .memory)])

  /// The official test passes. Of the extra tests, one passes, one fails, and one is only for information.
  private static func grading(official: Bool = true) -> Grading {
    let tests = (official ? lab.tests : []) + lab.extra
    var grading = Grading(lab: lab, solution: "s", tests: tests)
    for test in tests {
      let passed = ["a", "b"].contains(test.name)
      grading.add(
        TestResult(
          test: test, verdict: passed ? .passed : .failed(status: 1), explanation: passed ? nil : "no",
          instructions: 1, console: ""))
    }
    return grading
  }

  @Test func `the text has them under a heading and a score of their own`() {
    #expect(
      TextFormat.text([Self.grading()]) == """
        == Test running ==
          g: a: OK (20/20, 1 instructions)
        == Test extra ==
          g: b: OK (2/2, 1 instructions)
          g: c: FAIL (0/3, 1 instructions)
            failed: no
            expected  e
          g: d: no (no points, 1 instructions)
            e
        Score: 20/20
        Extra: 2/5

        """)
    #expect(TextFormat.text([Self.grading(official: false)]).hasSuffix("\nExtra: 2/5\n"))
    #expect(!TextFormat.text([Self.grading(official: false)]).contains("Score"))
  }

  @Test func `what was asked for decides the exit status`() {
    var grading = Self.grading()
    #expect(grading.losesPoints)
    grading.tests.removeAll { $0.name == "c" }
    #expect(!grading.losesPoints)
  }

  @Test func `json has sums of their own, and reads back as it was`() throws {
    let text = JSONFormat.text([Self.grading()])
    #expect(try JSONFormat.read(Array(text.utf8), name: "r") == [Self.grading()])
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let solution = try #require((object?["solutions"] as? [[String: Any]])?.first)
    #expect(["score", "points", "extraScore", "extraPoints"].map { solution[$0] as? Int } == [20, 20, 2, 5])
    let tests = try #require(solution["tests"] as? [[String: Any]])
    #expect(tests.map { $0["concerns"] as? String } == [nil, "laziness", "memory", "memory"])
  }

  @Test func `junit has a suite for them`() {
    let lines = JUnitFormat.text([Self.grading()]).split(separator: "\n").map(String.init)
    #expect(
      lines.filter { $0.contains("<testsuite") } == [
        #"<testsuites name="labrunner" tests="4" failures="1" errors="0" time="0.000">"#,
        #"  <testsuite name="s" tests="1" failures="0" errors="0" skipped="0" time="0.000">"#,
        #"  <testsuite name="s (extra)" tests="3" failures="1" errors="0" skipped="1" time="0.000">"#,
      ])
    #expect(
      lines.filter { $0.contains("\"score\"") }.map { $0.suffix(12) } == [#"value="20"/>"#, #" value="2"/>"#])
    #expect(lines.count { $0.contains(#"classname="s (extra)""#) } == 3)
  }

  @Test func `tap has a sum for them`() {
    let lines = TAPFormat.text([Self.grading()]).split(separator: "\n")
    #expect(lines.suffix(2) == ["# score 20 of 20", "# extra 2 of 5"])
    #expect(lines.contains("not ok 3 - g: c"))
  }

  @Test func `gradescope gets no points from them`() throws {
    let object = try JSONSerialization.jsonObject(with: Data(GradescopeFormat.text([Self.grading()]).utf8))
    let document = try #require(object as? [String: Any])
    #expect(document["score"] as? Int == 20)
    let output = document["output"] as? String
    #expect(output == "Every test has run.\nExtra tests, which do not count here: 2/5.")
    let tests = try #require(document["tests"] as? [[String: Any]])
    #expect(tests.map { $0["max_score"] as? Int } == [20, 0, 0, 0])
    #expect(tests.map { $0["score"] as? Int } == [20, 0, 0, 0])
    #expect(tests.map { $0["status"] as? String } == ["passed", "passed", "failed", "failed"])
  }

  @Test func `github has a table for them, and an annotation where they lose`() {
    let summary = GitHubFormat.summary([Self.grading()])
    #expect(summary.contains("### s: 20/20\n\n| test | points | result |"))
    #expect(summary.contains("#### Extra: 2/5\n\n| test | points | result |"))
    let errors = GitHubFormat.text([Self.grading()]).split(separator: "\n").filter { $0.hasPrefix("::error") }
    #expect(errors.map { $0.prefix(26) } == ["::error title=g%3A c::fail"])
  }

  @Test func `a table of solutions has a column for them, where there are any`() {
    var without = Self.grading()
    without.tests.removeAll(where: \.isExtra)
    #expect(ScoreTable.lines([without]).first == "solution  score  lost")
    #expect(
      ScoreTable.lines([without, Self.grading()]).prefix(3) == [
        "solution  score  extra  lost", "s         20/20    0/0", "s         20/20    2/5  g: c",
      ])
  }
}
