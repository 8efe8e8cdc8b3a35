import LabPrograms
import ObjectFile
import RV64
import TestSupport
import Testing

@testable import VirtBoard

/// The same machine does exactly the same again. The hash that shows this changes with the smallest
/// difference.
struct DeterminismTests {
  /// A guest and how many harts it runs on.
  struct Case: CustomStringConvertible, Sendable {
    var name: String
    var harts: Int
    var seed: UInt64 = 1
    var description: String { "\(name), \(harts) harts, seed \(seed)" }
  }

  private static let cases =
    ["kernel-legacy", "kernel-modern", "garbage"].map { Case(name: $0, harts: 1) }
    + (1...3).map { Case(name: "harts", harts: 3, seed: $0) }
    + ["kernel-modern", "scheduler"].map { Case(name: $0, harts: 3) }

  private func configuration(_ guest: Case, _ grain: TraceGrain?) -> BoardConfiguration {
    var configuration = GuestBoard.configuration(harts: guest.harts, seed: guest.seed)
    configuration.instructionLimit = 100_000
    configuration.trace = grain
    return configuration
  }

  private func board(_ guest: Case, _ grain: TraceGrain? = .turns) throws -> Board {
    try Board(kernel: GuestBoard.elf(guest.name), configuration(guest, grain))
  }

  private func hash(
    _ guest: Case, _ grain: TraceGrain = .turns, _ change: (Board) -> Void = { _ in }
  ) throws -> TraceSum {
    let board = try board(guest, grain)
    change(board)
    _ = board.run()
    return try #require(board.traceSum)
  }

  @Test(arguments: cases) func `a replay has the same hashes`(guest: Case) throws {
    let first = try hash(guest)
    for _ in 0..<3 { #expect(try hash(guest) == first) }
  }

  /// Running by blocks, with everything that makes them fast, does the same as running single instructions.
  @Test(arguments: cases) func `one instruction at a time, the turns are the same`(guest: Case) throws {
    let stepped = try hash(guest, .instructions)
    #expect(try stepped.turns == hash(guest, .turns).turns)
    #expect(try stepped == hash(guest, .instructions))
  }

  @Test(arguments: cases) func `being traced changes nothing`(guest: Case) throws {
    let plain = try board(guest, nil)
    let said = Transcript(plain)
    let stop = plain.run()
    #expect(plain.traceSum == nil)
    for grain in TraceGrain.allCases {
      let traced = try board(guest, grain)
      let transcript = Transcript(traced)
      #expect(traced.run() == stop)
      #expect(transcript.bytes == said.bytes)
      #expect(traced.retired == plain.retired)
      #expect(traced.clock == plain.clock)
    }
  }

  @Test(arguments: cases, TraceGrain.allCases)
  func `a snapshot at any point goes on to the same hashes`(guest: Case, grain: TraceGrain) throws {
    let whole = try board(guest, grain)
    let stop = whole.run()
    let sum = whole.traceSum
    var random = SeededGenerator(seed: guest.seed &* 31 &+ UInt64(guest.harts))
    for _ in 0..<2 {
      let cut = 1 + random.next() % (whole.retired - 1)
      let first = try board(guest, grain)
      #expect(first.run(until: cut) == .limit)
      let second = try Board(restoring: first.snapshot())
      for board in [first, second] {
        #expect(board.run() == stop)
        #expect(board.traceSum == sum, "cut at \(cut)")
      }
    }
  }

  @Test func `a run cut in pieces has the same hashes`() throws {
    let guest = Case(name: "harts", harts: 3)
    let sum = try hash(guest)
    let board = try board(guest)
    for n in 1...(100_000 / 777 + 1) { _ = board.run(until: UInt64(n) * 777) }
    #expect(board.traceSum == sum)
  }

  @Test func `boards side by side have the same hashes`() async throws {
    let guest = Case(name: "harts", harts: 3)
    let sum = try hash(guest)
    try await withThrowingTaskGroup(of: TraceSum.self) { group in
      for _ in 0..<8 { group.addTask { try hash(guest) } }
      for try await other in group { #expect(other == sum) }
    }
  }

  @Test func `another schedule has another hash`() throws {
    let sums = try (1...8).map { try hash(Case(name: "harts", harts: 3, seed: $0)) }
    #expect(Set(sums.map(\.turns)).count == 8)
  }

  @Test(arguments: TraceGrain.allCases) func `one bit of the guest makes another hash`(grain: TraceGrain)
    throws
  {
    let guest = Case(name: "kernel-modern", harts: 1)
    let sum = try hash(guest, grain)
    let lastByte = Board.ramBase + GuestBoard.configuration().memorySize - 1
    let changed = try hash(guest, grain) { $0.memory.store8(lastByte, $0.memory.load8(lastByte) ^ 1) }
    #expect(changed.turns != sum.turns)
    #expect(grain == .turns || changed.instructions != sum.instructions)
  }

  @Test func `one bit of the disk, or of what is typed, makes another hash`() throws {
    let kernel = Case(name: "kernel-modern", harts: 1)
    var configuration = configuration(kernel, .turns)
    configuration.disk?[40 * 512] ^= 1
    let other = try Board(kernel: GuestBoard.elf(kernel.name), configuration)
    _ = other.run()
    #expect(try other.traceSum != hash(kernel))

    let uart = Case(name: "uart", harts: 1)
    let typed = try ["a.", "b."].map { text in try hash(uart) { $0.type(Array(text.utf8)) } }
    #expect(typed[0] != typed[1])
  }
}
