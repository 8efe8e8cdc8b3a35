import LabEvents
import LabModel

/// Recognises mistakes in the events of one run, in bounded memory.
package protocol MistakeRule: Sendable {
  init()

  /// Hears the next event, when `retired` instructions had retired. `processes` has heard it already.
  mutating func hear(_ event: LabEvent, at retired: UInt64, _ processes: ProcessTable)

  /// The mistakes that this run, which lost its test, shows.
  func findings(in run: LostRun) -> [MistakeFinding]
}

/// A mistake that a rule found, and how sure it is.
package struct MistakeFinding: Sendable, Equatable {
  /// Of several findings the likeliest is told first; of equals, the one whose rule stands first in the catalogue.
  package enum Likelihood: Int, Sendable, Comparable {
    /// The run fits the mistake, and others as well.
    case possible
    /// The run fits the mistake better than any other that is known.
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

/// What a rule is told of a run when it is over.
package struct LostRun: Sendable {
  package var test: Lab.Test
  package var verdict: Verdict
  /// The console's last lines, as the machine printed them.
  package var console: [String]
  /// The fault that the test was lost over.
  package var fault: FaultReport?
  /// The processes as they were at the end.
  package var processes: ProcessTable
  package var pages: PageBalance
}

/// Where the pages of RAM went, as far as the host tells.
package struct PageBalance: Sendable, Equatable {
  /// Free pages when the test's program began; the fewest that there were since; and at the end.
  var atStart: Int?
  var fewest: Int?
  var atEnd: Int?
  /// Pages that nobody has at the end: neither free, nor the kernel's, nor a process's.
  package var lost: Int?

  package mutating func hear(free: Int) {
    atStart = atStart ?? free
    fewest = min(fewest ?? free, free)
    atEnd = free
  }

  /// The test's program begins: what happened before is the machine's own.
  package mutating func begin() {
    atStart = atEnd
    fewest = atEnd
  }
}
