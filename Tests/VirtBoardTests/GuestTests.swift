import RV64
import Testing

@testable import VirtBoard

/// Small bare-metal programs check the board from inside. Status n means that their check n failed.
struct GuestTests {
  @Test(arguments: [
    ("clint", 2), ("clint", 8), ("pmp", 1), ("pmp", 3), ("garbage", 1), ("garbage", 8), ("harts", 3),
  ])
  func `the guest is content`(name: String, harts: Int) throws {
    let board = try Board(kernel: GuestBoard.elf(name), GuestBoard.configuration(harts: harts))
    #expect(board.run() == .poweredOff(status: 0))
  }

  /// A compiler of today uses Zba unless told otherwise.
  @Test func `an instruction of Zba is executed`() throws {
    let board = try Board(kernel: GuestBoard.elf("zba"), GuestBoard.configuration())
    let transcript = Transcript(board)
    #expect(board.run() == .poweredOff(status: 0))
    #expect(transcript.text == "Z")
  }

  @Test(arguments: [("uart", "type\nHELLO."), ("polling", "hello.")])
  func `what is typed is read`(name: String, said: String) throws {
    let board = try Board(kernel: GuestBoard.elf(name), GuestBoard.configuration())
    let transcript = Transcript(board)
    board.type(Array("hello.".utf8))
    #expect(board.run() == .poweredOff(status: 0))
    #expect(transcript.text == said)
  }

  @Test(arguments: [("kernel-legacy", 1), ("kernel-modern", 2)], [1, 3])
  func `a kernel gets the disk that it wants`(guest: (name: String, version: Int), harts: Int) throws {
    let board = try Board(kernel: GuestBoard.elf(guest.name), GuestBoard.configuration(harts: harts))
    let transcript = Transcript(board)
    var calls: [UInt64] = []
    board.onUserTrap = { if $0.cause == 8 { calls.append($0.arguments.a7) } }
    #expect(board.run() == .poweredOff(status: 0))
    #expect(transcript.text == "kernel\nuser done\n")
    #expect(board.virtioVersion == guest.version)
    #expect(calls == [1, 2])
    let disk = try #require(board.disk)
    #expect(disk[1024..<2048].elementsEqual(GuestBoard.disk[..<1024].map { ~$0 }))
    #expect(disk[..<1024] == GuestBoard.disk[..<1024])
    #expect(disk[2048...] == GuestBoard.disk[2048...])
  }

  @Test(arguments: [("kernel-legacy", BoardConfiguration.VirtioChoice.modern), ("kernel-modern", .legacy)])
  func `the board can be told otherwise`(name: String, choice: BoardConfiguration.VirtioChoice) throws {
    var configuration = GuestBoard.configuration()
    configuration.virtio = choice
    configuration.instructionLimit = 1_000_000
    let board = try Board(kernel: GuestBoard.elf(name), configuration)
    let transcript = Transcript(board)
    #expect(board.run() == .limit)
    #expect(transcript.text == "kernel\npanic: no disk of my version\n")
    #expect(board.retired == 1_000_000)
  }

  @Test func `memory of a process can be read through its page table`() throws {
    let board = try Board(kernel: GuestBoard.elf("kernel-modern"), GuestBoard.configuration())
    var seen: [UInt8] = []
    var beyond: [UInt8] = [1]
    board.onUserTrap = { [unowned board] trap in
      guard trap.cause == 8, trap.arguments.a7 == 2 else { return }
      seen = board.readVirtual(satp: trap.satp, va: 0x4000_1000, count: 8)
      beyond = board.readVirtual(satp: trap.satp, va: 0x4000_2000, count: 8)
    }
    #expect(board.run() == .poweredOff(status: 0))
    #expect(seen == [42, 0, 0, 0, 0, 0, 0, 0])
    #expect(beyond.isEmpty)
  }

  @Test func `who waits for input that does not come is idle`() throws {
    let board = try Board(kernel: GuestBoard.elf("uart"), GuestBoard.configuration())
    #expect(board.run() == .idle)
    board.type([UInt8(ascii: ".")])
    #expect(board.run() == .poweredOff(status: 0))
  }

  @Test func `who waits for nothing is in a deadlock`() throws {
    // There is no hart 1 that could call hart 0 back.
    let board = try Board(kernel: GuestBoard.elf("clint"), GuestBoard.configuration(harts: 1))
    #expect(board.run() == .deadlocked)
  }

  @Test func `a run can be stopped and limited`() throws {
    var configuration = GuestBoard.configuration()
    configuration.consoleLimit = 3
    let talker = try Board(kernel: GuestBoard.elf("kernel-modern"), configuration)
    #expect(talker.run() == .consoleLimit)
    let board = try Board(kernel: GuestBoard.elf("polling"), GuestBoard.configuration())
    #expect(board.run(until: 12_345) == .limit)
    #expect(board.retired == 12_345)
    board.stopper.stop()
    #expect(board.run() == .stopped)
  }
}

/// The same seed gives the same run, also if the run is cut into pieces.
struct RepeatTests {
  private func run(seed: UInt64) throws -> (text: String, retired: UInt64) {
    let board = try Board(kernel: GuestBoard.elf("harts"), GuestBoard.configuration(harts: 3, seed: seed))
    let transcript = Transcript(board)
    #expect(board.run() == .poweredOff(status: 0))
    return (transcript.text, board.retired)
  }

  @Test func `a seed repeats a run and another seed makes another`() throws {
    let runs = try (1...4).map { try run(seed: $0) }
    for (n, first) in runs.enumerated() { #expect(try run(seed: UInt64(n + 1)) == first) }
    #expect(Set(runs.map(\.text)).count > 1)
  }

  @Test(arguments: [("harts", 3), ("kernel-legacy", 2), ("kernel-modern", 1), ("garbage", 2)])
  func `a run goes on from any snapshot as it went on itself`(name: String, harts: Int) throws {
    let whole = try Board(kernel: GuestBoard.elf(name), GuestBoard.configuration(harts: harts))
    let said = Transcript(whole)
    #expect(whole.run() == .poweredOff(status: 0))
    let memory = MemoryImage(whole.memory)
    let board = try Board(kernel: GuestBoard.elf(name), GuestBoard.configuration(harts: harts))
    let before = Transcript(board)
    for cut in stride(from: 1, to: whole.retired, by: Int(max(1, whole.retired / 7))) {
      #expect(board.run(until: cut) == .limit)
      let later = try Board(restoring: board.snapshot())
      let after = Transcript(later)
      #expect(later.run() == .poweredOff(status: 0))
      #expect(before.bytes + after.bytes == said.bytes, "cut at \(cut)")
      #expect(later.retired == whole.retired, "cut at \(cut)")
      #expect(later.disk == whole.disk)
      #expect(MemoryImage(later.memory) == memory, "cut at \(cut)")
    }
  }
}
