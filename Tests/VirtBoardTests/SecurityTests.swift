import ObjectFile
import Sv39MMU
import Testing

@testable import VirtBoard

/// The clauses of SECURITY.md about kernels on the board.
struct SecurityTests {
  /// An ELF file with one segment, which has no bytes in the file and `memorySize` bytes in memory.
  private static func kernel(memorySize: UInt64, at address: UInt64 = Board.ramBase) throws -> ELF {
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 113)
    func put(_ value: UInt64, _ count: Int, at offset: Int) {
      for n in 0..<count { file[offset + n] = UInt8(truncatingIfNeeded: value >> UInt64(8 * n)) }
    }
    for (value, count, offset): (UInt64, Int, Int) in [
      (2, 2, 16), (243, 2, 18), (1, 4, 20), (address, 8, 24), (64, 8, 32), (64, 2, 52), (56, 2, 54),
      (1, 2, 56),
      (1, 4, 64), (7, 4, 68), (address, 8, 80), (address, 8, 88), (memorySize, 8, 104),
    ] { put(value, count, at: offset) }
    return try ELF(parsing: file)
  }

  @Test(arguments: [(2 << 20) + 1, 1 << 32, 1 << 40, 1 << 63, .max - Board.ramBase] as [UInt64])
  func `a segment is never given more than the board's RAM`(size: UInt64) throws {
    #expect(throws: BoardError.self) {
      try Board(kernel: Self.kernel(memorySize: size), GuestBoard.configuration())
    }
    _ = try Board(kernel: Self.kernel(memorySize: 2 << 20), GuestBoard.configuration())
  }

  @Test(arguments: [0, 0x1000_0000, Board.ramBase - 8, Board.ramBase + (2 << 20), .max - 8] as [UInt64])
  func `a segment outside of RAM is refused`(address: UInt64) throws {
    #expect(throws: BoardError.self) {
      try Board(kernel: Self.kernel(memorySize: 8, at: address), GuestBoard.configuration())
    }
  }

  @Test func `a wish to stop is noticed at the next access to a device`() throws {
    let board = try Board(kernel: GuestBoard.elf("polling"), GuestBoard.configuration())
    #expect(!board.bus.signals(hart: 0).stop)
    board.stopper.stop()
    #expect(board.bus.signals(hart: 0).stop)
    #expect(board.run() == .stopped)
  }

  @Test func `time is what the guest has computed, run after run`() throws {
    let times = try (0..<2).map { _ in
      let board = try Board(kernel: GuestBoard.elf("clint"), GuestBoard.configuration(harts: 2))
      _ = board.run()
      return [board.time, board.retired]
    }
    #expect(times[0] == times[1])
  }
}
