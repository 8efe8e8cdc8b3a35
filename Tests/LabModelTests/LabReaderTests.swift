import Foundation
import LabPrograms
import Testing

@testable import HostSupport
@testable import LabModel

/// lab.json: the built-in file agrees with the official lab, and an error names a wrong field.
struct LabReaderTests {
  @Test func `the lazy lab is worth the official 118 points for code and 1 for the hours`() throws {
    let lab = try LabCatalogue.lab("lazy")
    #expect(lab.points == 118)
    #expect(lab.treeOnly.map(\.points) == [1])
    let points = Dictionary(uniqueKeysWithValues: lab.tests.map { ($0.title, $0.points) })
    #expect(points["lazy: map"] == 20)
    #expect(points["lazy: unmap"] == 20)
    #expect(points["out of memory"] == 0)
    for four in ["pgbug", "sbrkbugs", "argptest", "sbrkmuch", "sbrkfail"] {
      #expect(points["usertests: \(four)"] == 4, "\(four)")
    }
    for five in ["sbrkarg", "stacktest"] { #expect(points["usertests: \(five)"] == 5, "\(five)") }
    #expect(points.values.count { $0 == 1 } == 48)
  }

  private static let valid = """
    {
      "format": 1, "name": "x", "title": "X", "edition": "now", "points": 3, "programs": ["p"],
      "limits": {"instructions": 1000, "kernelSteps": 1000, "processorSeconds": 1, "consoleBytes": 100,
          "memoryMiB": 16, "boardInstructions": 9},
      "groups": [{"title": "g", "tests": [
        {"name": "a", "title": "g: a", "points": 1, "run": ["p"], "proves": "a holds", "expects": "a"},
        {"name": "b", "title": "g: b", "points": 2, "run": ["p", "b"], "proves": "b holds", "expects": "b"},
        {"name": "z", "title": "g: z", "points": 0, "run": ["p", "z"], "proves": "z holds", "expects": "z"}
      ]}],
      "treeOnly": [], "dear": ["z"], "notOfEdition": [{"kernel": "2019", "tests": ["b", "c"], "why": "it is new"}],
      "extra": [{"name": "c", "title": "extra: c", "points": 7, "run": ["p", "c"], "proves": "c holds", "expects": "c", \
    "concerns": "memory"}]
    }
    """

  @Test func `a valid description is read whole`() throws {
    let lab = try LabReader.read(Array(Self.valid.utf8))
    #expect(lab.tests.map(\.name) == ["a", "b", "z"])
    #expect(lab.dear == ["z"])
    #expect(lab.reason(toSkip: lab.tests[1], of: .xv6Of2019) == "it is new")
    #expect(lab.reason(toSkip: lab.extra[0], of: .xv6Of2019) == "it is new")
    #expect(lab.reason(toSkip: lab.tests[0], of: .xv6Of2019) == nil)
    #expect(lab.reason(toSkip: lab.tests[1], of: .xv6Of2025) == nil)
    #expect(lab.tests[1].run == ["p", "b"])
    #expect(lab.limits.instructions == 1000)
    #expect(lab.extra.map(\.concerns) == [.memory])
    #expect(lab.points == 3)
  }

  @Test(arguments: [
    ("\"format\": 1", "\"format\": 2", "format: 2 is out of range: 1 to 1 is allowed"),
    ("\"name\": \"x\"", "\"nom\": \"x\"", "name: missing"),
    ("\"title\": \"X\"", "\"title\": \"X\", \"colour\": 1", "colour: unknown field"),
    ("\"points\": 2", "\"points\": \"2\"", "groups[0].tests[1].points: expected a whole number, found \"2\""),
    ("\"points\": 2", "\"points\": true", "groups[0].tests[1].points: expected a whole number, found true"),
    ("\"points\": 2", "\"points\": 1.5", "groups[0].tests[1].points: expected a whole number, found 1.5"),
    (
      "\"points\": 2", "\"points\": -1", "groups[0].tests[1].points: -1 is out of range: 0 to 1000 is allowed"
    ),
    ("\"points\": 3", "\"points\": 4", "points: 4, but the tests' points add up to 3"),
    ("\"run\": [\"p\", \"b\"]", "\"run\": []", "groups[0].tests[1].run: the list is empty"),
    ("\"run\": [\"p\", \"b\"]", "\"run\": [7]", "groups[0].tests[1].run[0]: expected a string, found 7"),
    (
      "\"run\": [\"p\", \"b\"]", "\"run\": [\"q\"]",
      "groups[0].tests[1].run[0]: \"q\" is not among the lab's programs"
    ),
    ("\"name\": \"b\"", "\"name\": \"a\"", "groups[0].tests[1].name: \"a\" is used twice"),
    (
      "\"memoryMiB\": 16", "\"memoryMiB\": 99999",
      "limits.memoryMiB: 99999 is out of range: 1 to 4096 is allowed"
    ),
    ("\"dear\": [\"z\"]", "\"dear\": [\"b\"]", "dear[0]: \"b\" has points"),
    ("\"dear\": [\"z\"]", "\"dear\": [\"c\"]", "dear[0]: no official test is called \"c\""),
    (
      "\"tests\": [\"b\", \"c\"]", "\"tests\": [\"b\", \"d\"]",
      "notOfEdition[0].tests[1]: no test is called \"d\""
    ),
    (
      "\"kernel\": \"2019\"", "\"kernel\": \"1999\"",
      "notOfEdition[0].kernel: expected one of 2019, 2025, found \"1999\""
    ),
    ("\"treeOnly\": []", "\"treeOnly\": {}", "treeOnly: expected a list, found an object"),
    ("\"title\": \"X\"", "\"title\": \"\\u001b[31m\"", "title: the string has a control character"),
    (
      "\"concerns\": \"memory\"", "\"concerns\": \"colour\"",
      "extra[0].concerns: expected one of laziness, memory, pages, found \"colour\""
    ),
    ("\"name\": \"c\"", "\"name\": \"b\"", "extra[0].name: \"b\" is used twice"),
    (
      "\"run\": [\"p\", \"c\"]", "\"run\": [\"q\"]", "extra[0].run[0]: \"q\" is not among the lab's programs"
    ),
    (", \"concerns\": \"memory\"", "", "extra[0].concerns: missing"),
    (
      "\"kernelSteps\": 1000", "\"kernelSteps\": null",
      "limits.kernelSteps: expected a whole number, found null"
    ),
  ])
  func `a wrong field is named`(field: String, wrong: String, message: String) throws {
    let text = Self.valid.replacing(field, with: wrong, maxReplacements: 1)
    try #require(text != Self.valid)
    let error = #expect(throws: JSONError.self) { try LabReader.read(Array(text.utf8)) }
    #expect(error?.description == message)
  }

  @Test func `every truncation is refused`() {
    let bytes = Array(Self.valid.utf8)
    for length in 0..<bytes.count {
      #expect(throws: JSONError.self, "first \(length) bytes") { try LabReader.read(Array(bytes[..<length])) }
    }
  }
}
