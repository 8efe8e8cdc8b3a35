/// What one workload did under one solution.
package struct Measured: Sendable, Equatable, Codable {
  package var outcome: Outcome
  package var figures: Figures
  package var residency: Residency
  package var faults: FaultLog
  /// The address space of the workload's largest process; nil if it is not known.
  package var map: MemoryMap?

  /// Whether a meter could have made these values. Values that come from the process of a user's own
  /// solution may be anything.
  package var isSound: Bool { residency.isSound && faults.isSound && map?.isSound ?? true }

  /// For a run of which only the end is known.
  package static func unknown(_ outcome: Outcome) -> Measured {
    Measured(outcome: outcome, figures: Figures(), residency: Residency(), faults: FaultLog())
  }
}

/// How a workload ended.
package struct Outcome: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable {
    /// The command ended with status 0.
    case finished
    /// The command ended with another status.
    case failed
    /// The kernel killed the command.
    case killed
    /// No page was left. The kernel killed the command for that, or the command gave up.
    case outOfMemory = "out of memory"
    case panicked
    /// The solution's own code ended its process.
    case crashed
    /// The workload did not end by itself.
    case stopped
  }

  package var kind: Kind
  /// More about the end; empty if there is nothing to say. Safe to show.
  package var detail: String

  package init(_ kind: Kind, _ detail: String = "") {
    self.kind = kind
    self.detail = detail
  }
}

/// Why a host stopped telling the meter what happens.
package enum RunEnd: Sendable, Equatable {
  /// The workload is over: its parent waited for the command, or the kernel panicked. The events have said
  /// which.
  case ended
  /// The host stopped the run, for this reason: no process can run any more, or a limit was reached.
  case stopped(String)
}
