import RV64
import Sv39MMU

/// Decides which hart runs next, and for how long. The sequence comes from a seed, so that a run can be
/// repeated exactly.
struct Schedule: Equatable, Sendable {
  private var state: UInt64
  /// The hart that has the turn.
  var hart = 0
  /// Instructions that are left of the turn.
  var left: UInt64 = 0

  /// The length of a turn if several harts work, in instructions.
  private static let turns: ClosedRange<UInt64> = 100...3000
  /// The length of a turn if only this hart works and the others seem to wait. Each turn has a cost, and
  /// short turns gain nothing if no other hart has work.
  private static let workersTurns: ClosedRange<UInt64> = 2000...14_000
  /// The length of a turn of a hart that seems to wait, while another works. It is enough to take an
  /// interrupt, or to find a process to run.
  private static let waitersTurns: ClosedRange<UInt64> = 200...1800
  /// While another hart works, one in this many turns goes to a hart that seems to wait. So no hart starves.
  private static let waitersShare: UInt64 = 16
  /// The turns of spinning harts are divided by this, if another hart is perhaps in the scheduler.
  private static let spinnersShare: UInt64 = 16
  /// The length of a turn if only one hart is awake.
  private static let soloTurn: UInt64 = 20_000

  /// The length of the present turn.
  private var length: UInt64 = 0
  /// A hart must seem to wait for this many instructions before this is believed. xv6's scheduler needs fewer
  /// to look at all of its 64 processes.
  private static let doubt: UInt64 = 8_000

  /// What was observed of each hart.
  private var habits: [Habit]

  init(seed: UInt64, harts: Int) {
    state = seed
    habits = Array(repeating: Habit(), count: harts)
  }

  /// Notes where the hart is at the end of its turn.
  mutating func endTurn(_ place: HartPlace) { habits[hart].note(place, after: length) }

  /// Whether all harts in `awake` have only seemed to wait since the last `doubtAll`, and for long enough to
  /// be believed. A hart that is perhaps in the scheduler counts only if there are programs to schedule. If
  /// there are none, it is booting.
  func seemsIdle(awake: UInt64, hasPrograms: Bool) -> Bool {
    (0..<habits.count).allSatisfy {
      awake >> UInt64($0) & 1 == 0
        || habits[$0].quiet >= Self.doubt && habits[$0].idleness >= (hasPrograms ? 1 : 2)
    }
  }

  /// Time has passed, or something has happened. A hart that seemed to wait may have been woken, so its
  /// waiting counts anew.
  mutating func doubtAll() {
    for n in habits.indices { habits[n].quiet = 0 }
  }

  /// Begins the next turn, among the harts in `awake`. The set must not be empty.
  mutating func next(awake: UInt64) {
    defer { length = left }
    let count = awake.nonzeroBitCount
    guard count > 1 else {
      hart = awake.trailingZeroBitCount
      left = Self.soloTurn
      return
    }
    let random = draw()
    let workers = (0..<habits.count).reduce(0) { set, n in
      habits[n].idleness == 0 ? set | awake & 1 << UInt64(n) : set
    }
    let waiters = awake & ~workers
    guard workers != 0 && waiters != 0 else {
      hart = Self.pick(random, of: awake)
      left = Self.length(random, Self.turns)
      let isOutdone = (0..<habits.count).contains {
        awake >> UInt64($0) & 1 != 0 && habits[$0].idleness < habits[hart].idleness
      }
      if isOutdone { left = 1 + left / Self.spinnersShare }
      return
    }
    if (random >> 16) % Self.waitersShare == 0 {
      hart = Self.pick(random, of: waiters)
      left = Self.length(random, Self.waitersTurns)
    } else {
      hart = Self.pick(random, of: workers)
      left = Self.length(random, workers.nonzeroBitCount == 1 ? Self.workersTurns : Self.turns)
    }
  }

  /// A hart from a set, chosen by `random`. The set must not be empty.
  private static func pick(_ random: UInt64, of set: UInt64) -> Int {
    var rest = set
    for _ in 0..<(random & 0xFFFF) % UInt64(set.nonzeroBitCount) { rest &= rest - 1 }
    return rest.trailingZeroBitCount
  }

  private static func length(_ random: UInt64, _ range: ClosedRange<UInt64>) -> UInt64 {
    range.lowerBound + (random >> 32) % UInt64(range.count)
  }

  /// SplitMix64.
  private mutating func draw() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Whether a hart waits without `wfi`. There are two signs. The hart is in a loop that brings it back to the
/// same place with the same registers. Or it is in S mode, on the stack that it first had there, which in xv6
/// is the scheduler's. A program in U mode never waits in this way. A wrong guess only changes turns and idle
/// time: every schedule is correct, and so is every pace of the clock.
private struct Habit: Equatable, Sendable {
  private var firstStack: UInt64?
  private var isOnFirstStack = false
  /// The fingerprints at the ends of the last turns, and where the next one will be stored.
  private var recent = [UInt64](repeating: 0, count: remembered)
  private var next = 0
  private var spinningTurns = 0
  /// Instructions of the last turns that both began and ended idle.
  var quiet: UInt64 = 0

  private static let remembered = 6
  /// A hart that was seen to spin is expected to go on spinning for this many turns.
  private static let patience = 16

  /// 0: works. 1: perhaps in the scheduler, or booting. 2: spins.
  var idleness: Int { spinningTurns > 0 ? 2 : isOnFirstStack ? 1 : 0 }

  /// The hart is at `place` at the end of a turn of `length` instructions.
  mutating func note(_ place: HartPlace, after length: UInt64) {
    let wasIdle = idleness > 0
    let page = (place.stackPointer &- 1) >> 12
    let isSupervisor = place.privilege == .supervisor
    if isSupervisor && firstStack == nil { firstStack = page }
    isOnFirstStack = isSupervisor && page == firstStack

    if place.privilege == .user {
      spinningTurns = 0
    } else {
      spinningTurns = recent.contains(place.fingerprint) ? Self.patience : max(0, spinningTurns - 1)
    }
    recent[next] = place.fingerprint
    next = (next + 1) % Self.remembered
    quiet = wasIdle && idleness > 0 ? quiet + length : 0
  }
}
