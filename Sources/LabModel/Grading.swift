import LabEvents
import LabMeter

/// The results of grading one solution so far. Every output format writes this same value.
package struct Grading: Sendable, Equatable {
  /// The solution's name, unique among the gradings of one run.
  package var solution: String
  /// The lab's name and edition.
  package var lab: String
  package var edition: String
  /// A number for what was graded and how; equal gradings have the same one. Nil if it was not asked for.
  package var fingerprint: String?
  /// Why the solution could not be graded at all; nil if it could. If it could not, its tests have no
  /// outcome and it earns no points.
  package var problem: String?
  /// What its source was warned of.
  package var warnings: [SolutionWarning] = []
  /// The tests that run, in the lab's order.
  package var tests: [Entry]

  /// A test and its outcome.
  package struct Entry: Sendable, Equatable {
    package var name: String
    package var title: String
    /// The official grader's heading for the test.
    package var group: String
    package var points: Int
    /// What the lab expects of a kernel in this test. Reports show it if the test fails.
    package var expects: String
    /// What an extra test is about; nil for an official test.
    package var concerns: Lab.Concern?
    /// Nil until the test has run.
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
    /// Whether the test did not run because it is not of the kernel's edition. Then it has no points.
    package var isSkipped: Bool { outcome?.verdict == Verdict.skipped }
    /// Whether the test ran and did not pass.
    package var isLost: Bool { outcome != nil && !passed && !isSkipped }
    /// The most that the solution can earn here.
    package var countedPoints: Int { isSkipped ? 0 : points }
    package var isExtra: Bool { concerns != nil }
    /// Whether the test only gives information: an extra test without points. A correct solution may pass
    /// it or not.
    package var isInformation: Bool { isExtra && points == 0 }
    package var earned: Int { passed ? points : 0 }
    /// Whether the test has run and lost points. A lost test without points does not make a build fail.
    package var losesPoints: Bool { outcome != nil && earned < countedPoints }
  }

  /// The outcome of a test.
  package struct Outcome: Sendable, Equatable {
    /// `passed`, or one of the other words of `Verdict`.
    package var verdict: String
    /// What went wrong, in one line; nil if the test passed.
    package var explanation: String?
    /// Retired instructions.
    package var instructions: UInt64?
    /// What a lost test wrote to the console, with control characters made visible.
    package var console: String
    /// What the solution itself printed, with control characters made visible.
    package var printed: String
    /// The line of the solution at which the test ended, if it is known.
    package var place: SourcePlace?
    /// Why a lost test was lost.
    package var diagnosis: Diagnosis? {
      get { box?.diagnosis }
      set { box = newValue.map(Box.init) }
    }
    private var box: Box?

    /// A diagnosis is large, and most tests have none. In a class of thousands, that counts.
    private final class Box: Sendable, Equatable {
      let diagnosis: Diagnosis

      init(_ diagnosis: Diagnosis) { self.diagnosis = diagnosis }

      static func == (a: Box, b: Box) -> Bool { a.diagnosis == b.diagnosis }
    }

    package init(
      verdict: String, explanation: String? = nil, instructions: UInt64? = nil, console: String,
      printed: String = "", place: SourcePlace? = nil, diagnosis: Diagnosis? = nil
    ) {
      self.verdict = verdict
      self.explanation = explanation
      self.instructions = instructions
      self.console = console
      self.printed = printed
      self.place = place
      self.diagnosis = diagnosis
    }

    package var passed: Bool { verdict == Verdict.passed.word }
  }

  /// A grading of `tests` without any results yet.
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

  /// Stores `result` in the first test that has no outcome. Results come in the order of the tests.
  @discardableResult package mutating func add(_ result: TestResult) -> Entry? {
    guard let index = tests.firstIndex(where: { $0.outcome == nil }) else { return nil }
    tests[index].outcome = Outcome(result)
    return tests[index]
  }

  package var isComplete: Bool { problem != nil || tests.allSatisfy { $0.outcome != nil } }
  /// The official tests that run, and the extra tests. Each group has its own score.
  package var official: [Entry] { tests.filter { !$0.isExtra } }
  package var extra: [Entry] { tests.filter(\.isExtra) }

  package var earned: Int { official.reduce(0) { $0 + $1.earned } }
  package var points: Int { official.reduce(0) { $0 + $1.countedPoints } }
  package var extraEarned: Int { extra.reduce(0) { $0 + $1.earned } }
  package var extraPoints: Int { extra.reduce(0) { $0 + $1.countedPoints } }
  /// Whether any requested test lost points. If so, the exit status is 1.
  package var losesPoints: Bool { earned < points || extraEarned < extraPoints }
}

extension Grading.Outcome {
  package init(_ result: TestResult) {
    verdict = result.verdict.word
    explanation = result.explanation
    instructions = result.instructions
    console = result.passed ? "" : result.console
    printed = result.printed ?? ""
    place = result.place
    diagnosis = result.diagnosis
  }
}
