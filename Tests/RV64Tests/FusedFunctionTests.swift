import TestSupport
import Testing

@testable import RV64

/// What functions begin and end with, and what stands in their middle without a record of its own.
@Suite struct FusedFunctionTests {
  /// Functions with a prologue and an epilogue, constants, jumps and fences among them: whatever a limit
  /// falls on.
  @Test(arguments: 0..<30) func functionsLeaveWhatTheirInstructionsLeave(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let saved = 1 + Int(random.next() % 5)
    let frame = 16 * ((saved + 3) / 2)
    let registers = [1] + (8..<(8 + saved))
    let places = registers.enumerated().map { n, register in (register, frame - 8 - 8 * n) }
    var body: [Code] = []
    for _ in 0..<10 {
      let (a, b) = (12 + Int(random.next() % 4), 12 + Int(random.next() % 4))
      switch random.next() % 8 {
      case 0: body += [.addi(a, 0, -1), .srli(a, a, 1 + Int(random.next() % 60))]
      case 1: body += [.addi(a, 0, 3), .slli(random.once(in: 3) ? b : a, a, 5)]
      case 2: body += [.auipc(a, 1), .addi(a, random.once(in: 3) ? b : a, -20)]
      case 3: body += [.fence, .fence]
      case 4: body += [.jal(0, 8), .addi(a, a, 1)]
      case 5: body += [.addi(a, b, 0), .jal(0, 4), .jal(0, 4)]
      case 6: body += [.bne(a, b, 8), .fence]
      default: body += [.addi(a, b, 7)]
      }
    }
    var function: [Code] = [.addi(2, 2, -frame)] + places.map { .sd($0.0, 2, $0.1) } + [.addi(8, 2, frame)]
    function += body + places.map { .ld($0.0, 2, $0.1) }
    function += [.addi(2, 2, random.once(in: 4) ? frame + 8 : frame), .jalr(0, 1, 0)]
    let code = [.jal(1, 12), .addi(14, 14, 1), .jal(0, -8)] + function
    // Near the end of a page, so that blocks end anywhere.
    let start: UInt64 = random.once(in: 2) ? 0x1000 : 0x2000 - 4 * (random.next() % 60)
    var twins = try HartTwins(running: code, at: start, without: [.fusedPairs, .linkedBlocks])
    twins.set(2, [0x11000, 0x11010, 0x10010, 0x11004][Int(random.next() % 4)])
    var stop = Hart.Stop.limit
    var limit: UInt64 = 0
    while stop == .limit && limit < 400 {
      limit += 1 + random.next() % (random.once(in: 2) ? 12 : 200)
      stop = try twins.run(until: limit, "function \(seed), at \(limit)")
    }
    let same = twins.agree(onFrames: 0..<12)
    #expect(same)
  }

  /// Runs of `ld` and `sd` on one base register, over page boundaries and at odd addresses; loads into the
  /// base, too.
  @Test(arguments: 0..<30) func runsLeaveWhatTheirInstructionsLeave(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var code: [Code] = []
    for _ in 0..<6 {
      let (isLoad, length) = (random.once(in: 2), 1 + Int(random.next() % 7))
      for _ in 0..<length {
        let offset = Int(random.next() % 16) * 8 - 64 + (random.once(in: 30) ? 4 : 0)
        let register = 10 + Int(random.next() % 6)
        let base = random.once(in: 12) ? 11 : 10
        code.append(isLoad ? .ld(register, base, offset) : .sd(register, base, offset))
      }
      code.append(.addi(10, 10, random.once(in: 2) ? 64 : -8))
    }
    code += [.jal(0, -4 * code.count), .ecall]
    var twins = try HartTwins(running: code, without: .fusedPairs)
    for n in 11...15 { twins.set(n, 0x10000 + random.next() % 0x4000 & ~7) }
    twins.set(10, [0x11000, 0x12FF0, 0x13FE0, 0x1000][Int(random.next() % 4)])
    var stop = Hart.Stop.limit
    var limit: UInt64 = 0
    while stop == .limit && limit < 200 {
      limit += 1 + random.next() % 6
      stop = try twins.run(until: limit, "runs \(seed), at \(limit)")
    }
    let same = twins.agree(onFrames: 0..<12)
    #expect(same)
  }
}
