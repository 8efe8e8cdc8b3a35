import LabEvents
import LabModel

/// Finds mistakes in the events of one run. It uses bounded memory.
package protocol MistakeRule: Sendable {
  init()

  /// Takes the next event. `retired` is how many instructions had retired by then. `processes` has already
  /// taken the event.
  mutating func hear(_ event: LabEvent, at retired: UInt64, _ processes: ProcessTable)

  /// The mistakes that this run shows. The run has lost its test.
  func findings(in run: LostRun) -> [MistakeFinding]
}

/// A mistake that a rule found, and how sure the rule is.
package struct MistakeFinding: Sendable, Equatable {
  /// The most likely finding is reported first. If two are equally likely, the order of their rules in the
  /// catalogue decides.
  package enum Likelihood: Int, Sendable, Comparable {
    /// The run fits the mistake, but it also fits others.
    case possible
    /// The run fits the mistake better than any other known mistake.
    case likely
    /// The run shows the mistake itself.
    case shown

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  package var mistake: Mistake
  package var likelihood: Likelihood

  package init(mistake: Mistake, likelihood: Likelihood) {
    self.mistake = mistake
    self.likelihood = likelihood
  }
}

/// What a rule learns about a run when it is over.
package struct LostRun: Sendable {
  package var test: Lab.Test
  package var verdict: Verdict
  /// The console's last lines, as the machine printed them.
  package var console: [String]
  /// The fault that lost the test.
  package var fault: FaultReport?
  /// The processes as they were at the end.
  package var processes: ProcessTable
  package var pages: PageBalance
}

/// How many pages of RAM were free or lost, as far as the host tells.
package struct PageBalance: Sendable, Equatable {
  /// The free pages: when the test's program began, the fewest since then, and at the end.
  var atStart: Int?
  var fewest: Int?
  var atEnd: Int?
  /// Pages that are lost at the end: they are not free, and neither the kernel nor a process has them.
  package var lost: Int?

  package mutating func hear(free: Int) {
    atStart = atStart ?? free
    fewest = min(fewest ?? free, free)
    atEnd = free
  }

  /// The test's program begins. Changes before this belong to the machine's start.
  package mutating func begin() {
    atStart = atEnd
    fewest = atEnd
  }
}
