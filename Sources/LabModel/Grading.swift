import LabMeter

/// What grading one solution has brought so far: the one result that every format writes.
package struct Grading: Sendable, Equatable {
  /// The solution's name, unique among the gradings of one run.
  package var solution: String
  /// The lab's name and edition.
  package var lab: String
  package var edition: String
  /// What was graded and how, in a number that equal gradings share; nil where nobody asked for it.
  package var fingerprint: String?
  /// Why the solution could not be graded at all; its tests then have no outcome, and it earns nothing.
  package var problem: String?
  /// The tests that run, in the lab's order.
  package var tests: [Entry]

  /// A test, and what became of it.
  package struct Entry: Sendable, Equatable {
    package var name: String
    package var title: String
    /// The heading that the official grader puts it under.
    package var group: String
    package var points: Int
    /// What the lab expects where the test fails.
    package var expects: String
    /// What an extra test is about; nil for an official one.
    package var concerns: Lab.Concern?
    /// Nil until it has run.
    package var outcome: Outcome?

    package init(
      name: String, title: String, group: String, points: Int, expects: String,
      concerns: Lab.Concern? = nil, outcome: Outcome? = nil
    ) {
      self.name = name
      self.title = title
      self.group = group
      self.points = points
      self.expects = expects
      self.concerns = concerns
      self.outcome = outcome
    }

    package var passed: Bool { outcome?.passed == true }
    package var isExtra: Bool { concerns != nil }
    /// Whether it only tells how things are: an extra test without points, which right solutions pass or not.
    package var isInformation: Bool { isExtra && points == 0 }
    package var earned: Int { passed ? points : 0 }
    /// Whether the test has run and cost points; a lost test that is worth none ends no build.
    package var losesPoints: Bool { outcome != nil && earned < points }
  }

  /// What became of a test.
  package struct Outcome: Sendable, Equatable {
    /// `passed`, or one of the other words of `Verdict`.
    package var verdict: String
    /// What went wrong, in one line; nil where nothing did.
    package var explanation: String?
    /// Retired instructions.
    package var instructions: UInt64?
    /// What a lost test wrote to the console, control characters made visible.
    package var console: String
    /// Why a lost test was lost.
    package var diagnosis: Diagnosis?

    package init(
      verdict: String, explanation: String? = nil, instructions: UInt64? = nil, console: String,
      diagnosis: Diagnosis? = nil
    ) {
      self.verdict = verdict
      self.explanation = explanation
      self.instructions = instructions
      self.console = console
      self.diagnosis = diagnosis
    }

    package var passed: Bool { verdict == Verdict.passed.word }
  }

  /// A grading of `tests` that has brought nothing yet.
  package init(lab: Lab, solution: String, tests: [Lab.Test]) {
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

  package init(solution: String, lab: String, edition: String, tests: [Entry]) {
    self.solution = solution
    self.lab = lab
    self.edition = edition
    self.tests = tests
  }

  /// Takes the result of the first test that has none. Results come in the order of the tests.
  @discardableResult package mutating func add(_ result: TestResult) -> Entry? {
    guard let index = tests.firstIndex(where: { $0.outcome == nil }) else { return nil }
    tests[index].outcome = Outcome(result)
    return tests[index]
  }

  package var isComplete: Bool { problem != nil || tests.allSatisfy { $0.outcome != nil } }
  /// The official tests that run, and the extra ones: each with a score of its own.
  package var official: [Entry] { tests.filter { !$0.isExtra } }
  package var extra: [Entry] { tests.filter(\.isExtra) }

  package var earned: Int { official.reduce(0) { $0 + $1.earned } }
  package var points: Int { official.reduce(0) { $0 + $1.points } }
  package var extraEarned: Int { extra.reduce(0) { $0 + $1.earned } }
  package var extraPoints: Int { extra.reduce(0) { $0 + $1.points } }
  /// Whether the exit status is 1 for it: whether anything that was asked for is lost.
  package var losesPoints: Bool { earned < points || extraEarned < extraPoints }
}

extension Grading.Outcome {
  package init(_ result: TestResult) {
    verdict = result.verdict.word
    explanation = result.explanation
    instructions = result.instructions
    console = result.passed ? "" : result.console
    diagnosis = result.diagnosis
  }
}
