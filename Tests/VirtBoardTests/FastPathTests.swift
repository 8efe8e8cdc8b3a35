import RV64
import Testing

@testable import VirtBoard

/// Whole machines do the same with each fast path on and off: registers, CSRs, memory, devices, console,
/// time.
@Suite struct FastPathTests {
  static let guests = [
    ("uart", 1), ("polling", 1), ("ticks", 1), ("clint", 2), ("harts", 3), ("pmp", 1), ("scheduler", 1),
    ("scheduler", 3),
    ("kernel-legacy", 1), ("kernel-modern", 3), ("garbage", 2),
  ]
  /// No fast path, and all of them but one.
  static let choices: [FastPaths] =
    [[]] + FastPaths.named.filter { $0.paths != .all }.map { .all.subtracting($0.paths) }

  /// How many instructions of each guest are compared, on six machines. A debug build is slow, so it compares
  /// fewer.
  #if DEBUG
    private static let length: UInt64 = 1_000_000
  #else
    private static let length: UInt64 = 4_000_000
  #endif

  @Test(arguments: guests) func `a fast path changes nothing`(name: String, harts: Int) throws {
    var fast = try Machine(name, harts, .all)
    var others = try Self.choices.map { try Machine(name, harts, $0) }
    // The limits can fall at any instruction.
    var limit: UInt64 = 1
    while fast.stop == .limit && limit < Self.length {
      fast.run(until: limit)
      for n in others.indices {
        others[n].run(until: limit)
        let place =
          "\(name), \(harts) harts, without \(FastPaths.all.subtracting(Self.choices[n])), at \(limit)"
        try #require(others[n].stop == fast.stop, "\(place)")
        try #require(others[n].said.bytes == fast.said.bytes, "\(place)")
        let (a, b) = (fast.board.snapshot(), others[n].board.snapshot())
        try #require(a.harts == b.harts, "\(place)")
        try #require(a.devices == b.devices, "\(place)")
        try #require(a.memory == b.memory, "\(place)")
        try #require(a.clock == b.clock, "\(place)")
      }
      limit = limit * 3 + 17
    }
  }

  private struct Machine {
    var board: Board
    var said: Transcript
    var stop = BoardStop.limit

    init(_ name: String, _ harts: Int, _ paths: FastPaths) throws {
      var configuration = GuestBoard.configuration(harts: harts)
      configuration.fastPaths = paths
      board = try Board(kernel: GuestBoard.elf(name), configuration)
      said = Transcript(board)
      board.type(Array("hello".utf8))
    }

    mutating func run(until limit: UInt64) { stop = board.run(until: limit) }
  }
}
