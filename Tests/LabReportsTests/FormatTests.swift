import Foundation
import Testing

@testable import HostSupport
@testable import LabEvents
@testable import LabModel
@testable import LabReports

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Each format, byte for byte. The results contain everything that a format must escape.
struct FormatTests {
  private static func test(_ name: String, _ points: Int) -> Lab.Test {
    Lab.Test(
      name: name, title: "g: \(name)", points: points, run: [name], proves: "p", expects: "a \"b\" & c")
  }

  private static let tests = [test("a", 20), test("b#1", 5), test("c", 0), test("d", 1)]

  private static let lab = Lab(
    name: "x", title: "The X lab", edition: "2020", programs: [],
    limits: .init(
      instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
      boardInstructions: 1),
    groups: [.init(title: "running a", tests: [tests[0]]), .init(title: "rest", tests: Array(tests[1...]))],
    treeOnly: [])

  /// One test passed, one panicked with text that is markup in every format, one is lost without points, and
  /// one has not run.
  private static let grading = grading(
    "my.swift", tests,
    [
      (.passed, nil, 12, "fine"),
      (.panicked("x"), "<b> & |x| 100%, ]]> \u{1}", nil, "one: # \\\n::error::two"),
      (.failed(status: 1), "no", 3, ""),
    ])

  private static func grading(
    _ solution: String, _ tests: [Lab.Test], _ results: [(Verdict, String?, UInt64?, String)]
  ) -> Grading {
    var grading = Grading(lab: lab, solution: solution, tests: tests)
    for (test, result) in zip(tests, results) {
      grading.add(
        TestResult(
          test: test, verdict: result.0, explanation: result.1, instructions: result.2, console: result.3))
    }
    return grading
  }

  /// `count` tests with one point each. All are lost in the same way.
  private static func lost(_ count: Int, explanation: String = "no", console: String = "") -> Grading {
    let tests = (0..<count).map { test("t\($0)", 1) }
    return grading("lost", tests, tests.map { _ in (.failed(status: 1), explanation, nil, console) })
  }

  private static func text(
    _ format: String, _ gradings: [Grading] = [grading], _ feedback: Feedback = .student
  ) throws -> String {
    try ResultFormats.named(format).text(gradings, feedback)
  }

  /// At the level `full`, each format shows the console's text in its own form.
  @Test(arguments: [
    ("text", "    | ::error::two"), ("junit", "The console showed:\none: # \\\n::error::two</failure>"),
    ("tap", #"console: "one: # \\\n::error::two""#),
    ("gradescope", #"The console showed:\none: # \\\n::error::two"#),
    ("github", "%0AThe console showed:%0Aone: # \\%0A::error::two"),
  ])
  func `what the console showed is for those who ask for everything`(format: String, words: String) throws {
    #expect(try Self.text(format, [Self.grading], .full).contains(words))
    for feedback in [Feedback.student, .staff] {
      #expect(try !Self.text(format, [Self.grading], feedback).contains("::error::two"))
    }
  }

  @Test func `text says what was not run`() throws {
    #expect(
      try Self.text("text") == """
        == Test running a ==
          g: a: OK (20/20, 12 instructions)
        == Test rest ==
          g: b#1: FAIL (0/5)
            panicked: <b> & |x| 100%, ]]> \\u{1}
            expected  a "b" & c
          g: c: FAIL (no points, 3 instructions)
            failed: no
            expected  a "b" & c
          (tests that have not run: 1)
        Score: 20/26

        """)
  }

  @Test func `json holds everything, and reads back as it was`() throws {
    var broken = Grading(lab: Self.lab, solution: "broken", tests: Self.tests)
    broken.problem = "does not compile"
    let text = try Self.text("json", [Self.grading, broken])
    var expected = [Self.grading, broken]
    // Text that comes from a file and may reach a terminal is made visible.
    expected[0].tests[1].outcome?.explanation = "<b> & |x| 100%, ]]> \\u{1}"
    #expect(try JSONFormat.read(Array(text.utf8), name: "r.json") == expected)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let solution = try #require((object?["solutions"] as? [[String: Any]])?.first)
    #expect(solution["score"] as? Int == 20)
    #expect(solution["points"] as? Int == 26)
    #expect(solution["complete"] as? Bool == false)
    let tests = try #require(solution["tests"] as? [[String: Any]])
    #expect(tests.map { $0["verdict"] as? String } == ["passed", "panicked", "failed", "pending"])
    #expect(tests.map { $0["console"] == nil } == [true, false, false, true])
  }

  @Test(arguments: [
    ("", "r: not results of labrunner (not JSON)"),
    ("{\"format\": 2, \"solutions\": []}", "r: results in form 2; this labrunner reads form 1"),
    ("{\"format\": 1}", "r: not results of labrunner (no \"solutions\")"),
    (
      "{\"format\": 1, \"solutions\": [{\"name\": 3}]}",
      "r: not results of labrunner (wrong type at solutions[0].name)"
    ),
  ])
  func `json that is none of ours is refused with its reason`(text: String, reason: String) {
    #expect(throws: InputError(reason)) { try JSONFormat.read(Array(text.utf8), name: "r") }
  }

  @Test(arguments: [-1, Int.max]) func `points that no lab gives are refused`(points: Int) throws {
    let text = try Self.text("json").replacing("\"points\" : 20", with: "\"points\" : \(points)")
    #expect(throws: InputError("r: a test has points below 0 or above 1000000")) {
      try JSONFormat.read(Array(text.utf8), name: "r")
    }
  }

  @Test func `junit counts, escapes and skips`() throws {
    #expect(
      try Self.text("junit") == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="labrunner" tests="4" failures="1" errors="0" time="0.000">
          <testsuite name="my.swift" tests="4" failures="1" errors="0" skipped="2" time="0.000">
            <properties>
              <property name="lab" value="x"/>
              <property name="score" value="20"/>
              <property name="points" value="26"/>
            </properties>
            <testcase name="g: a" classname="my_swift" time="0.000"/>
            <testcase name="g: b#1" classname="my_swift" time="0.000">
              <failure type="panicked" message="&lt;b&gt; &amp; |x| 100%, ]]&gt; \\u{1}">panicked: &lt;b&gt; &amp; |x| \
        100%, ]]&gt; \\u{1}
        expected  a "b" &amp; c</failure>
            </testcase>
            <testcase name="g: c" classname="my_swift" time="0.000">
              <skipped message="lost, and worth no points: no"/>
            </testcase>
            <testcase name="g: d" classname="my_swift" time="0.000">
              <skipped message="not run"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func `tap escapes descriptions, quotes diagnostics and excuses what is worth no points`() throws {
    #expect(
      try Self.text("tap") == ##"""
        TAP version 13
        1..4
        ok 1 - g: a
        not ok 2 - g: b\#1
          ---
          verdict: "panicked"
          message: "<b> & |x| 100%, ]]> \u0001"
          expects: "a \"b\" & c"
          explanation: "expected  a \"b\" & c"
          ...
        not ok 3 - g: c # TODO worth no points
          ---
          verdict: "failed"
          message: "no"
          expects: "a \"b\" & c"
          explanation: "expected  a \"b\" & c"
          ...
        # score 20 of 26

        """##)
  }

  @Test func `several solutions are subtests of one tap stream`() throws {
    let good = Self.grading("a # b", [Self.tests[0]], [(.passed, nil, 12, "")])
    #expect(
      try Self.text("tap", [good, good]) == ##"""
        TAP version 13
        1..2
        # Subtest: a \# b
            1..1
            ok 1 - g: a
            # score 20 of 20
        ok 1 - a \# b
        # Subtest: a \# b
            1..1
            ok 1 - g: a
            # score 20 of 20
        ok 2 - a \# b

        """##)
  }

  @Test func `gradescope gets points, status and plain text for every test`() throws {
    let text = try Self.text("gradescope")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["score"] as? Int == 20)
    #expect(object["output"] as? String == "The grading was interrupted.")
    let tests = try #require(object["tests"] as? [[String: Any]])
    #expect(tests.map { $0["status"] as? String } == ["passed", "failed", "failed", "failed"])
    #expect(tests.map { $0["max_score"] as? Int } == [20, 5, 0, 1])
    #expect(tests.allSatisfy { $0["output_format"] as? String == "text" })
    #expect(
      tests[1]["output"] as? String == """
        panicked: <b> & |x| 100%, ]]> \u{1}
        expected  a "b" & c
        """)
    #expect(tests[3]["output"] as? String == "This test was not run.")
  }

  @Test func `what a console printed stays within gradescope's bounds`() throws {
    let console = String(repeating: "\u{1F600}x", count: 4000)
    let text = GradescopeFormat.text([Self.lost(200, console: console)], .full)
    #expect(text.utf8.count < 2 * GradescopeFormat.totalLimit)
    #expect(text.contains("[...]"))
  }

  @Test func `github gets an escaped annotation for each lost point, after the report`() throws {
    let text = try Self.text("github")
    let report = try Self.text("text")
    #expect(text.hasPrefix(report))
    #expect(
      text.dropFirst(report.count) == """
        ::error title=g%3A b#1::panicked: <b> & |x| 100%25, ]]> \u{1}%0A\
        expected  a "b" & c

        """)
    // Only our own lines are commands: what the guest printed stays inside one line.
    #expect(text.split(separator: "\n").count { $0.drop { $0 == " " }.hasPrefix("::") } == 1)
  }

  @Test func `github shows ten annotations a step, and the tenth counts the rest`() throws {
    let errors = try Self.text("github", [Self.lost(14)]).split(separator: "\n")
      .filter { $0.hasPrefix("::error") }
    #expect(errors.count == 10)
    #expect(errors.last?.hasPrefix("::error title=5 more tests lost::") == true)
  }

  @Test func `an annotation names the line of the solution`() throws {
    var grading = Self.lost(2)
    grading.tests[1].outcome?.place = SourcePlace(function: "f", file: "kernel/a,b.c", line: 12)
    let errors = try Self.text("github", [grading]).split(separator: "\n").filter { $0.hasPrefix("::error") }
    #expect(errors.first?.hasPrefix("::error title=g%3A t0::") == true)
    #expect(errors.last?.hasPrefix("::error file=kernel/a%2Cb.c,line=12,title=g%3A t1::") == true)
  }

  /// A kernel whose shell never comes loses every test in the same way.
  @Test func `one reason for all losses is told once`() throws {
    var grading = Self.lost(12, explanation: "before the shell's prompt: no")
    for index in grading.tests.indices {
      grading.tests[index].outcome?.instructions = 0
      grading.tests[index].outcome?.diagnosis = Diagnosis(gap: "g")
    }
    let text = try Self.text("text", [grading])
    #expect(text.matches(of: /failed: before the shell's prompt: no/).count == 2)
    #expect(
      text.contains("Every test was lost in the same way: failed: before the shell's prompt: no\nScore: 0/12")
    )
    #expect(text.matches(of: /failed as above/).count == 11)
    let errors = try Self.text("github", [grading]).split(separator: "\n").filter { $0.hasPrefix("::error") }
    #expect(errors.map { $0.prefix(49) } == ["::error title=12 tests%2C the first g%3A t0::fail"])
    #expect(ScoreTable.lines([grading])[1].hasSuffix("every test: before the shell's prompt: no"))
  }

  @Test func `junit's times are the guest's`() throws {
    let slow = Self.grading("s", [Self.tests[0]], [(.passed, nil, 1_234_567_890, "")])
    let text = try Self.text("junit", [slow])
    #expect(text.matches(of: /time="12\.345"/).count == 3)
  }

  @Test(arguments: [
    ("github:a.json", "github", "a.json"), ("json:x:y", "json", "x:y"), ("a.xml", nil, "a.xml"),
    ("nothing:a", nil, "nothing:a"), ("./json:a", nil, "./json:a"), ("json:", nil, "json:"),
  ])
  func `an output may name its format`(word: String, format: String?, path: String) {
    let found = ResultFormats.split(word)
    #expect(found.format?.name == format)
    #expect(found.path == path)
  }

  @Test func `a step's summary is a table in which no guest writes markdown`() {
    #expect(
      GitHubFormat.summary([Self.grading]) == ##"""
        ### my.swift: 20/26

        | test | points | result |
        | --- | ---: | --- |
        | g: a | 20/20 | OK |
        | g: b\#1 | 0/5 | **panicked** &lt;b\> &amp; \|x\| 100%, \]\]\> \##u{FFFD} |
        | g: c | 0/0 | **failed** no |
        | g: d | 0/1 | not run |


        """##)
  }

  @Test func `a summary is cut before its limit`() {
    let summary = GitHubFormat.summary([Self.lost(2000, explanation: String(repeating: "|", count: 1000))])
    #expect(summary.utf8.count <= 1 << 20)
    #expect(summary.hasSuffix("too long.)\n"))
  }

  @Test(arguments: [
    ("junit", #"<error type="not graded" message="not graded: &lt;no&gt;"/>"#),
    ("junit", #"errors="4""#), ("tap", "\n1..1\nnot ok 1 - not graded: <no>\n"),
    ("text", "Not graded: <no>"), ("github", "::error title=not graded::<no>"),
    ("gradescope", #""output" : "Not graded: <no>""#),
  ])
  func `a solution that cannot be graded says so in every format`(format: String, words: String) throws {
    var grading = Grading(lab: Self.lab, solution: "s", tests: Self.tests)
    grading.problem = "<no>"
    #expect(try Self.text(format, [grading]).contains(words))
    #expect(grading.isComplete && grading.losesPoints)
  }

  /// Every scalar up to U+FFFF, in text and in an attribute.
  @Test func `junit is well-formed XML whatever a guest prints`() throws {
    let all = String(String.UnicodeScalarView((0...0xFFFF).compactMap(Unicode.Scalar.init)))
    var grading = Self.grading
    grading.tests[1].outcome?.explanation = all
    grading.tests[1].outcome?.console = all
    let parser = XMLParser(data: Data(try Self.text("junit", [grading]).utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
  }

  @Test(arguments: [
    ("a.json", "json"), ("b/c.xml", "junit"), ("d.tap", "tap"), ("e.txt", "text"), ("json", "text"),
    ("results", "text"),
  ])
  func `a file's ending tells its format`(path: String, format: String) {
    #expect(ResultFormats.of(fileNamed: path).name == format)
  }

  @Test func `formats have names of their own`() {
    #expect(Set(ResultFormats.all.map { $0.name }).count == ResultFormats.all.count)
  }
}

/// Files with results.
struct ResultFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "results-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  @Test func `a file is replaced as a whole, through a link, and nothing is left beside it`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let real = folder.appending(path: "real.txt")
    let link = folder.appending(path: "link.txt")
    try Data("old and longer".utf8).write(to: real)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
    let file = try ResultFile(link.path)
    try file.write("new", final: false)
    #expect(try String(contentsOf: real, encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == real.path)
    try file.write([0xFF, 0])
    #expect(try Data(contentsOf: real) == Data([0xFF, 0]))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.sorted() == ["link.txt", "real.txt"])
  }

  @Test func `a device is written to at the end, and stays`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try ResultFile("/dev/null").write("x", final: true)
    try ResultFile("/dev/null").write([0xFF])
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(type == .typeCharacterSpecial)
  }

  @Test func `what is appended comes after what was there`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try ResultFile(folder.appending(path: "summary.md").path)
    try file.append("a\n")
    try file.append("b\n")
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "a\nb\n")
  }

  @Test func `a folder, or a file in none, is refused by name`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path
    #expect(throws: InputError("\(path): is a directory")) { try ResultFile(path) }
    let lost = try ResultFile(folder.appending(path: "no/such/file").path)
    let error = #expect(throws: InputError.self) { try lost.write("x", final: true) }
    #expect(error?.description.hasPrefix(lost.path + ": cannot be written") == true)
  }
}
