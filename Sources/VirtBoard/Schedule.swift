/// Whose turn it is, and for how long: a seeded sequence, so that a run can be repeated to the bit.
struct Schedule: Equatable, Sendable {
  private var state: UInt64
  /// The hart whose turn it is.
  var hart = 0
  /// Instructions left of the turn.
  var left: UInt64 = 0

  /// A turn among several harts, in instructions.
  private static let turns: ClosedRange<UInt64> = 100...3000
  /// A turn of the only hart awake.
  private static let soloTurn: UInt64 = 20_000

  init(seed: UInt64) { state = seed }

  /// Begins the next turn among the harts `awake`, of which there is at least one.
  mutating func next(awake: UInt64) {
    let count = awake.nonzeroBitCount
    guard count > 1 else {
      hart = awake.trailingZeroBitCount
      left = Self.soloTurn
      return
    }
    let random = draw()
    var rest = awake
    for _ in 0..<(random % UInt64(count)) { rest &= rest - 1 }
    hart = rest.trailingZeroBitCount
    left = Self.turns.lowerBound + (random >> 32) % UInt64(Self.turns.count)
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
