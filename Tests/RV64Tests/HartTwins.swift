import Sv39MMU
import Testing

@testable import RV64

/// Two harts with the same program and the same memory, each in RAM of its own: one with every fast path, the
/// other with some or none. Nothing that they do may tell them apart.
struct HartTwins: ~Copyable {
  let guests: (HartTestGuest, HartTestGuest)
  var fast: Hart
  var slow: Hart

  init(
    running code: [Code], at pc: UInt64 = 0x1000, without paths: FastPaths = .all,
    _ prepare: (HartTestGuest) -> Void = { _ in }
  ) throws {
    guests = try (HartTestGuest(), HartTestGuest())
    fast = guests.0.hart(running: code, at: pc, fastPaths: .all)
    slow = guests.1.hart(running: code, at: pc, fastPaths: .all.subtracting(paths))
    prepare(guests.0)
    prepare(guests.1)
  }

  mutating func inBoth(_ change: (inout Hart) -> Void) {
    change(&fast)
    change(&slow)
  }

  mutating func set(_ register: Int, _ value: UInt64) {
    fast.setRegister(register, value)
    slow.setRegister(register, value)
  }

  /// Runs both until `retired` is `limit`, or a trap; both must end alike, which is the answer.
  mutating func run(until limit: UInt64, _ place: String) throws -> Hart.Stop {
    let (a, b) = (fast.runUser(until: limit), slow.runUser(until: limit))
    let states = (fast.save(), slow.save())
    try #require(a == b, "\(place)")
    try #require(states.0 == states.1, "\(place)")
    return a
  }

  /// Whether the pages from `frame` on hold the same.
  func agree(onFrames frames: Range<Int>) -> Bool {
    agree(at: HartTestGuest.frame(frames.lowerBound), pages: frames.count)
  }

  /// Whether the `pages` pages from physical `address` on hold the same.
  func agree(at address: UInt64, pages: Int) -> Bool {
    let count = pages * 4096
    guard let a = guests.0.memory.pointer(address, count: count),
      let b = guests.1.memory.pointer(address, count: count)
    else { return false }
    return UnsafeRawBufferPointer(start: a, count: count).elementsEqual(
      UnsafeRawBufferPointer(start: b, count: count))
  }
}
