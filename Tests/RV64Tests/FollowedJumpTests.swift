import TestSupport
import Testing

@testable import RV64

/// Blocks that go along with jumps do what jumps do, whatever `ra` has become meanwhile.
@Suite struct FollowedJumpTests {
  @Test func aReturnGoesWhereTheCallSays() throws {
    let guest = try HartTestGuest()
    var hart = guest.hart(running: [
      .jal(1, 12), .addi(5, 5, 1), .ecall,
      // The leaf, with a jump in it.
      .addi(6, 6, 1), .jal(0, 8), .addi(6, 6, 100), .jalr(0, 1, 0),
    ])
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.pc == 0x1008)
    #expect(hart.retired == 5)
    #expect((hart.register(5), hart.register(6)) == (1, 1))
  }

  @Test func aReturnGoesWhereRaPointsByThen() throws {
    let guest = try HartTestGuest()
    var hart = guest.hart(running: [
      .jal(1, 12), .addi(5, 5, 1), .ecall, .addi(1, 1, 4), .jalr(0, 1, 0),
    ])
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 0)
    #expect(hart.retired == 3)
  }

  @Test func codeBehindAFollowedJumpIsWatched() throws {
    // A store to what the jump leads to, in another line of the page, between two passes through the block.
    let guest = try HartTestGuest()
    let distance = 512
    let padding = Array(repeating: Code.addi(0, 0, 0), count: distance / 4 - 2)
    var hart = guest.hart(
      running: [.sw(6, 7, 0), .jal(0, distance - 4)] + padding + [.addi(5, 5, 1), .ecall])
    hart.setRegister(6, UInt64(Code.addi(5, 5, 1).bits))
    hart.setRegister(7, 0x1000 + UInt64(distance))
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 1)
    hart.setRegister(6, UInt64(Code.addi(5, 5, 10).bits))
    hart.pc = 0x1000
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 11)
  }

  /// Jumps, calls, returns and what changes `ra`, at random, near the end of a page; with limits anywhere.
  @Test(arguments: 0..<40) func leavesWhatJumpsLeave(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let length = 40
    let start: UInt64 = 0x2000 - UInt64(length) * 4 + UInt64(seed % 3) * 4
    let code = (0..<length).map { n in Self.instruction(at: n, of: length, &random) }
    var twins = try HartTwins(running: code, at: start, without: .linkedBlocks)
    twins.set(2, 0x10100)
    twins.set(10, start + random.next() % UInt64(length) * 4)
    var stop = Hart.Stop.limit
    var limit: UInt64 = 0
    while stop == .limit && limit < 600 {
      limit += 1 + random.next() % 50
      stop = try twins.run(until: limit, "program \(seed), at \(limit)")
    }
    let same = twins.agree(onFrames: 0..<12)
    #expect(same)
  }

  private static func instruction(at n: Int, of length: Int, _ random: inout SeededGenerator) -> Code {
    let distance = (Int(random.next() % UInt64(length)) - n) * 4
    return switch random.next() % 12 {
    case 0, 1: .jal(0, distance)
    case 2, 3: .jal(1, distance)
    case 4: .jal(5, distance)
    case 5, 6: .jalr(0, 1, 0)
    case 7: random.once(in: 2) ? .jalr(1, 10, 0) : .jalr(0, 1, 4)
    case 8: .addi(1, 1, 4)
    case 9: random.once(in: 2) ? .sd(1, 2, 0) : .ld(1, 2, 0)
    case 10: .bne(5, 6, distance)
    default: .addi(6, 6, 1)
    }
  }
}
