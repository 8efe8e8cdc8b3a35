import Foundation

/// Everything that is known, for programs. `format` grows when a field changes its meaning or goes away; fields may be
/// added without that.
public enum JSONFormat: ResultFormat {
  public static let name = "json"
  public static let fileExtension: String? = "json"

  struct Document: Codable, Equatable {
    var format = 1
    var solutions: [Solution]
  }

  struct Solution: Codable, Equatable {
    var name: String
    var lab: String
    var edition: String
    /// Whether every test has run.
    var complete: Bool
    var score: Int
    var points: Int
    var tests: [Test]
  }

  struct Test: Codable, Equatable {
    var name: String
    var title: String
    var group: String
    var points: Int
    var score: Int
    /// `passed`, `failed`, `killed`, `panicked`, `hung`, `ended`, `forged`, `crashed`; `pending` before it has run.
    var verdict: String
    /// One line of what went wrong.
    var explanation: String?
    /// What the lab expects there.
    var expects: String
    /// Retired instructions.
    var instructions: UInt64?
    /// What a lost test wrote to the console, control characters escaped.
    var console: String?
  }

  public static func text(_ gradings: [Grading]) -> String {
    let document = Document(
      solutions: gradings.map { grading in
        Solution(
          name: grading.solution, lab: grading.lab.name, edition: grading.lab.edition,
          complete: grading.isComplete, score: grading.earned, points: grading.points,
          tests: grading.entries.map { test, result in
            Test(
              name: test.name, title: test.title, group: grading.group(of: test), points: test.points,
              score: result?.earned ?? 0, verdict: result?.verdict.word ?? "pending",
              explanation: result?.explanation, expects: test.expects, instructions: result?.instructions,
              console: result.flatMap { $0.passed ? nil : $0.console })
          })
      })
    return JSONText.of(document)
  }
}

/// JSON as all formats write it: sorted keys, one field a line, so that two runs can be compared by `diff`.
enum JSONText {
  static func of(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Numbers, strings and arrays of them have an encoding.
    let data = (try? encoder.encode(value)) ?? Data()
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
