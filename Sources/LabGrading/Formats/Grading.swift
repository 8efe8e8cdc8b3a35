/// What grading one solution has brought so far: the one result that every format writes.
public struct Grading: Sendable, Equatable {
  public var lab: Lab
  /// The solution's name, unique among the gradings of one run.
  public var solution: String
  /// The tests that run, in the lab's order.
  public var tests: [Lab.Test]
  /// The results that are in; they come in the order of `tests`.
  public var results: [TestResult]

  public init(lab: Lab, solution: String, tests: [Lab.Test], results: [TestResult] = []) {
    self.lab = lab
    self.solution = solution
    self.tests = tests
    self.results = results
  }

  public var isComplete: Bool { results.count == tests.count }
  public var earned: Int { results.reduce(0) { $0 + $1.earned } }
  public var points: Int { tests.reduce(0) { $0 + $1.points } }

  /// Each test, with its result where it is in.
  var entries: [(test: Lab.Test, result: TestResult?)] {
    tests.enumerated().map { ($1, $0 < results.count ? results[$0] : nil) }
  }

  /// The heading that the official grader puts `test` under.
  func group(of test: Lab.Test) -> String {
    lab.groups.first { $0.tests.contains(test) }?.title ?? lab.name
  }
}

extension TestResult {
  /// What is said of a lost test wherever there is room: what happened, what the lab expects, what the console showed.
  var report: String {
    guard !passed else { return "" }
    var parts = ["\(verdict.word): \(explanation ?? verdict.word)", "The lab expects: \(test.expects)"]
    if !console.isEmpty { parts.append("The console showed:\n\(console)") }
    return parts.joined(separator: "\n")
  }

  /// Whether the test was lost and that costs points; a lost test that is worth none ends no build.
  var losesPoints: Bool { earned < test.points }
}

extension String {
  /// At most `limit` bytes of it, cut between characters, with a mark where something was cut.
  func shortened(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    let mark = "\n[...]"
    var kept = ""
    var room = limit - mark.utf8.count
    for character in self {
      room -= character.utf8.count
      if room < 0 { break }
      kept.append(character)
    }
    return kept + mark
  }
}
