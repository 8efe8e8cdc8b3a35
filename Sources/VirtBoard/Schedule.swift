import RV64
import Sv39MMU

/// Whose turn it is, and for how long: a seeded sequence, so that a run can be repeated to the bit.
struct Schedule: Equatable, Sendable {
  private var state: UInt64
  /// The hart whose turn it is.
  var hart = 0
  /// Instructions left of the turn.
  var left: UInt64 = 0

  /// A turn among several harts, in instructions.
  private static let turns: ClosedRange<UInt64> = 100...3000
  /// The turn of the only one that works, among others that seem to wait: short turns gain nothing when nobody else has
  /// anything to do, and each has its price.
  private static let workersTurns: ClosedRange<UInt64> = 2000...14_000
  /// A turn of one that seems to wait, while another works: time to take an interrupt, or to find a process to run.
  private static let waitersTurns: ClosedRange<UInt64> = 200...1800
  /// One in so many turns is for those who seem to wait, while another works. Nobody starves.
  private static let waitersShare: UInt64 = 16
  /// By how much the turns of harts that spin are shorter, while another is perhaps in the scheduler.
  private static let spinnersShare: UInt64 = 16
  /// A turn of the only hart awake.
  private static let soloTurn: UInt64 = 20_000

  /// The present turn's length.
  private var length: UInt64 = 0
  /// Instructions for which a hart must seem to wait before it is believed: xv6's scheduler looks at all of its 64 processes
  /// in fewer.
  private static let doubt: UInt64 = 8_000

  /// What each hart was seen to do.
  private var habits: [Habit]

  init(seed: UInt64, harts: Int) {
    state = seed
    habits = Array(repeating: Habit(), count: harts)
  }

  /// Notes where the hart whose turn it was has come to.
  mutating func endTurn(_ place: HartPlace) { habits[hart].note(place, after: length) }

  /// Whether all the harts `awake` have only spun, for long enough to be believed, since the last `doubtAll`. Who is
  /// perhaps in the scheduler counts only where there are programs to be scheduled: else it is booting.
  func seemsIdle(awake: UInt64, hasPrograms: Bool) -> Bool {
    (0..<habits.count).allSatisfy {
      awake >> UInt64($0) & 1 == 0
        || habits[$0].quiet >= Self.doubt && habits[$0].idleness >= (hasPrograms ? 1 : 2)
    }
  }

  /// Time has passed, or something has happened: who seemed to wait may have been woken.
  mutating func doubtAll() {
    for n in habits.indices { habits[n].quiet = 0 }
  }

  /// Begins the next turn among the harts `awake`, of which there is at least one.
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

  /// One of a set of harts, which is not empty.
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

/// Whether a hart waits without `wfi`: in a loop that brings it back to where it was with the same registers, or in S mode
/// on the stack that it had there first, which in xv6 is the scheduler's. A program in U mode never waits so. A guess costs
/// nothing but turns and idle time: any schedule is a right one, and so is any pace of the clock.
private struct Habit: Equatable, Sendable {
  private var firstStack: UInt64?
  private var isOnFirstStack = false
  /// Fingerprints at the ends of the last turns, and where the next one goes.
  private var recent = [UInt64](repeating: 0, count: remembered)
  private var next = 0
  private var spinningTurns = 0
  /// Instructions of the last turns that have both begun and ended idle.
  var quiet: UInt64 = 0

  private static let remembered = 6
  /// How long a hart that was seen to spin is taken to go on.
  private static let patience = 16

  /// 0 works, 1 is perhaps in the scheduler (or booting), 2 spins.
  var idleness: Int { spinningTurns > 0 ? 2 : isOnFirstStack ? 1 : 0 }

  /// The hart has come to `place` at the end of a turn of `length` instructions.
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
