/// What grading one solution has brought so far: the one result that every format writes.
public struct Grading: Sendable, Equatable {
  /// The solution's name, unique among the gradings of one run.
  public var solution: String
  /// The lab's name and edition.
  public var lab: String
  public var edition: String
  /// What was graded and how, in a number that equal gradings share; nil where nobody asked for it.
  public var fingerprint: String?
  /// Why the solution could not be graded at all; its tests then have no outcome, and it earns nothing.
  public var problem: String?
  /// The tests that run, in the lab's order.
  public var tests: [Entry]

  /// A test, and what became of it.
  public struct Entry: Sendable, Equatable {
    public var name: String
    public var title: String
    /// The heading that the official grader puts it under.
    public var group: String
    public var points: Int
    /// What the lab expects where the test fails.
    public var expects: String
    /// What an extra test is about; nil for an official one.
    public var concerns: Lab.Concern?
    /// Nil until it has run.
    public var outcome: Outcome?

    public var passed: Bool { outcome?.passed == true }
    public var isExtra: Bool { concerns != nil }
    /// Whether it only tells how things are: an extra test without points, which right solutions pass or not.
    public var isInformation: Bool { isExtra && points == 0 }
    public var earned: Int { passed ? points : 0 }
    /// Whether the test has run and cost points; a lost test that is worth none ends no build.
    public var losesPoints: Bool { outcome != nil && earned < points }
  }

  /// What became of a test.
  public struct Outcome: Sendable, Equatable {
    /// `passed`, or one of the other words of `Verdict`.
    public var verdict: String
    /// What went wrong, in one line; nil where nothing did.
    public var explanation: String?
    /// Retired instructions.
    public var instructions: UInt64?
    /// What a lost test wrote to the console, control characters made visible.
    public var console: String

    public var passed: Bool { verdict == Verdict.passed.word }
  }

  /// A grading of `tests` that has brought nothing yet.
  public init(lab: Lab, solution: String, tests: [Lab.Test]) {
    self.solution = solution
    self.lab = lab.name
    edition = lab.edition
    self.tests = tests.map { test in
      Entry(
        name: test.name, title: test.title,
        group: test.isExtra
          ? Self.extraGroup : lab.groups.first { $0.tests.contains(test) }?.title ?? lab.name,
        points: test.points, expects: test.expects, concerns: test.concerns)
    }
  }

  /// The heading of the extra tests.
  static let extraGroup = "extra"

  init(solution: String, lab: String, edition: String, tests: [Entry]) {
    self.solution = solution
    self.lab = lab
    self.edition = edition
    self.tests = tests
  }

  /// Takes the result of the first test that has none. Results come in the order of the tests.
  @discardableResult public mutating func add(_ result: TestResult) -> Entry? {
    guard let index = tests.firstIndex(where: { $0.outcome == nil }) else { return nil }
    tests[index].outcome = Outcome(result)
    return tests[index]
  }

  public var isComplete: Bool { problem != nil || tests.allSatisfy { $0.outcome != nil } }
  /// The official tests that run, and the extra ones: each with a score of its own.
  public var official: [Entry] { tests.filter { !$0.isExtra } }
  public var extra: [Entry] { tests.filter(\.isExtra) }

  public var earned: Int { official.reduce(0) { $0 + $1.earned } }
  public var points: Int { official.reduce(0) { $0 + $1.points } }
  public var extraEarned: Int { extra.reduce(0) { $0 + $1.earned } }
  public var extraPoints: Int { extra.reduce(0) { $0 + $1.points } }
  /// Whether the exit status is 1 for it: whether anything that was asked for is lost.
  public var losesPoints: Bool { earned < points || extraEarned < extraPoints }
}

extension Grading.Outcome {
  init(_ result: TestResult) {
    verdict = result.verdict.word
    explanation = result.explanation
    instructions = result.instructions
    console = result.passed ? "" : result.console
  }
}

extension Grading.Entry {
  /// What is said of a lost test wherever there is room: what happened, what the lab expects, what the console showed.
  var report: String {
    guard let outcome, !outcome.passed else { return "" }
    var parts = ["\(outcome.verdict): \(outcome.message)", "The lab expects: \(expects)"]
    if !outcome.console.isEmpty { parts.append("The console showed:\n\(outcome.console)") }
    return parts.joined(separator: "\n")
  }
}

extension Grading.Outcome {
  var message: String { explanation ?? verdict }
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
