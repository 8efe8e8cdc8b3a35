import RV64

/// What a board reports to a follower of its kernel. The report comes at that very moment, so the follower
/// sees the machine just before or just after the step.
package enum BoardStep: Equatable, Sendable {
  /// An exception in U mode is about to be delivered.
  case userTrap(UserTrap)
  /// A hart has gone back to U mode.
  case userReturn(UserReturn)
  /// A hart is about to execute a probed instruction.
  case probe(ProbeHit)
}

extension Board {
  /// From now on, calls `follow` for every exception in U mode, for every return to U mode, and each time
  /// that a hart is about to execute an instruction at one of `probes` (physical addresses). The second
  /// argument is how many instructions all harts had retired. The guest sees no difference. `follow` may look
  /// at memory, but must not run the board. Snapshots do not hold it.
  package func follow(probes: ProbeSet, _ follow: @escaping (BoardStep, _ retired: UInt64) -> Void) {
    for slot in harts {
      slot.hart.probes = probes
      slot.hart.reportsUserReturns = true
    }
    bus.onStep = { [unowned self] step in
      flushConsole()
      follow(step, retired &+ (step.retired &- turnBegin))
    }
  }
}

extension Board {
  /// From now on, `watcher` hears of each entry into U mode, of each exit from it, and of each of `places`
  /// that is executed. The guest sees no difference. Snapshots do not hold it.
  package func watchUserMode(_ watcher: any UserWatcher, places: PlaceMap) {
    for slot in harts {
      slot.hart.watcher = watcher
      slot.hart.places = places
    }
  }
}

extension BoardStep {
  /// How many instructions the hart of this step had retired.
  fileprivate var retired: UInt64 {
    switch self {
    case .userTrap(let trap): trap.retired
    case .userReturn(let event): event.retired
    case .probe(let hit): hit.retired
    }
  }
}
