import RV64

/// What a board tells whoever follows its kernel, as it happens: the machine stands before or after exactly that.
package enum BoardStep: Equatable, Sendable {
  /// An exception in U mode is about to be delivered.
  case userTrap(UserTrap)
  /// A hart has gone back to U mode.
  case userReturn(UserReturn)
  /// A hart is about to execute a probed instruction.
  case probe(ProbeHit)
}

extension Board {
  /// From now on, tells `follow` of every exception in U mode, every return to it, and every instruction at one of `probes`,
  /// physical addresses, that a hart is about to execute; each with the instructions that all harts had retired. The guest
  /// sees no difference. `follow` may look at memory, but not run the board. It is no part of a snapshot.
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

extension BoardStep {
  /// Instructions that its hart had retired.
  fileprivate var retired: UInt64 {
    switch self {
    case .userTrap(let trap): trap.retired
    case .userReturn(let event): event.retired
    case .probe(let hit): hit.retired
    }
  }
}
