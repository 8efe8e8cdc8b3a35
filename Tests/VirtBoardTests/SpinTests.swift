import Testing

@testable import VirtBoard

/// Harts that wait without `wfi`.
struct SpinTests {
  /// The instructions that a run of the guest `ticks` would retire if no time were skipped: 100 intervals of
  /// 100000 ticks.
  private static let hundredIntervals = 100 * 100_000 * Board.instructionsPerTick

  @Test func `time skips to the next timer for a hart that spins`() throws {
    let board = try Board(kernel: GuestBoard.elf("ticks"), GuestBoard.configuration())
    #expect(board.run() == .poweredOff(status: 0))
    #expect(board.clock >= Self.hundredIntervals)
    #expect(board.retired < Self.hundredIntervals / 10)
  }

  /// Ten ticks of a million. The loop is too long for the board to notice that it repeats, but it is on the
  /// scheduler's stack.
  @Test(arguments: 1...4) func `time skips for a scheduler that finds no work`(seed: UInt64) throws {
    let board = try Board(kernel: GuestBoard.elf("scheduler"), GuestBoard.configuration(seed: seed))
    #expect(board.run() == .poweredOff(status: 0))
    #expect(board.clock >= 10 * 1_000_000 * Board.instructionsPerTick)
    #expect(board.retired < 2_000_000)
  }

  @Test(arguments: 1...4) func `time does not skip over a hart that works`(seed: UInt64) throws {
    let board = try Board(kernel: GuestBoard.elf("ticks"), GuestBoard.configuration(harts: 2, seed: seed))
    #expect(board.run() == .poweredOff(status: 0))
    #expect(board.retired > 400_000)
    #expect(board.clock == board.retired)
  }

  @Test(arguments: [("ticks", 1), ("ticks", 2), ("scheduler", 1), ("scheduler", 3)])
  func `skipping is repeated, also from a snapshot`(name: String, harts: Int) throws {
    func board() throws -> Board {
      try Board(kernel: GuestBoard.elf(name), GuestBoard.configuration(harts: harts))
    }
    let whole = try board()
    #expect(whole.run() == .poweredOff(status: 0))
    for cut in stride(from: 12_345, to: whole.retired, by: Int(whole.retired / 5)) {
      let first = try board()
      #expect(first.run(until: cut) == .limit)
      let second = try Board(restoring: first.snapshot())
      for board in [first, second] {
        #expect(board.run() == .poweredOff(status: 0))
        #expect(board.retired == whole.retired, "cut at \(cut)")
        #expect(board.clock == whole.clock, "cut at \(cut)")
        #expect(MemoryImage(board.memory) == MemoryImage(whole.memory), "cut at \(cut)")
      }
    }
  }

  @Test func `a machine that spins without a sign of life is idle, at the same time from a snapshot`() throws
  {
    func board() throws -> Board { try Board(kernel: GuestBoard.elf("polling"), GuestBoard.configuration()) }
    let whole = try board()
    #expect(whole.run() == .idle)
    let first = try board()
    #expect(first.run(until: whole.retired / 2) == .limit)
    let second = try Board(restoring: first.snapshot())
    #expect(second.run() == .idle)
    #expect(second.retired == whole.retired)
    #expect(second.clock == whole.clock)
    // The guest still reads its input.
    second.type([UInt8(ascii: ".")])
    #expect(second.run() == .poweredOff(status: 0))
  }

  @Test func `input can be typed while all spin`() throws {
    let board = try Board(kernel: GuestBoard.elf("polling"), GuestBoard.configuration())
    let transcript = Transcript(board)
    var line = Array("ab.".utf8)[...]
    board.onIdle = { [unowned board] ticks in
      #expect(ticks != nil)
      if let byte = line.popFirst() { board.type([byte]) }
    }
    #expect(board.run() == .poweredOff(status: 0))
    #expect(transcript.text == "ab.")
    #expect(board.retired < 1_000_000)
  }
}
