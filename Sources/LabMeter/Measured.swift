/// What one workload did under one solution.
package struct Measured: Sendable, Equatable, Codable {
  package var outcome: Outcome
  package var figures: Figures
  package var residency: Residency
  package var faults: FaultLog
  /// The address space of its largest process.
  package var map: MemoryMap?

  /// Whether it is what a meter could have made: one that comes from somebody's own process may be anything.
  package var isSound: Bool { residency.isSound && faults.isSound && map?.isSound ?? true }

  /// A run of which no more is known than its end.
  package static func unknown(_ outcome: Outcome) -> Measured {
    Measured(outcome: outcome, figures: Figures(), residency: Residency(), faults: FaultLog())
  }
}

/// How a workload ended.
package struct Outcome: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable {
    /// With status 0.
    case finished
    /// With another status.
    case failed
    /// The kernel killed the command.
    case killed
    /// There was no page left, and the command was killed for it or gave up.
    case outOfMemory = "out of memory"
    case panicked
    /// The solution's own code ended its process.
    case crashed
    /// It did not come to an end.
    case stopped
  }

  package var kind: Kind
  /// More about it; empty where there is nothing to say. Safe to show.
  package var detail: String

  package init(_ kind: Kind, _ detail: String = "") {
    self.kind = kind
    self.detail = detail
  }
}

/// Why a host stopped telling the meter what happens.
package enum RunEnd: Sendable, Equatable {
  /// The command was waited for, or the kernel panicked: the events have said which.
  case ended
  /// Nothing can run any more, or a limit was reached: this one.
  case stopped(String)
}
