import TestSupport
import Testing

@testable import RV64

/// Fused pairs leave what their two instructions leave, wherever a limit, a trap or a missing translation divides them.
@Suite struct FusedPairTests {
  static let pairs = Array(FusedPair.all.indices)

  @Test(arguments: pairs) func isFused(index: Int) {
    let pair = FusedPair.all[index]
    let block = UnsafeMutablePointer<DecodedInstruction>.allocate(capacity: 2)
    defer { block.deallocate() }
    for (n, operation) in [pair.first, pair.second].enumerated() {
      let bits = Self.encode(operation, rd: 10, rs1: n == 0 ? 11 : 10, rs2: 12, constant: 8)
      (block + n).initialize(to: DecodedInstruction.decode(bits).placed(at: n * 4))
    }
    let plain = (block[0], block[1])
    FusedPair.fuse(block, count: 2)
    #expect(block[0].operation == pair.fused)
    #expect(block[0].original == plain.0)
    #expect(block[1] == plain.1)
    // Without the result of the first, a chain is none.
    (block[0], block[1]) = plain
    block[1].rs1 = 13
    FusedPair.fuse(block, count: 2)
    #expect((block[0].operation == pair.fused) == !pair.isChained)
  }

  @Test(arguments: pairs) func leavesTheSameAtEveryMoment(index: Int) throws {
    let pair = FusedPair.all[index]
    var random = SeededGenerator(seed: UInt64(index))
    for round in 0..<20 {
      let registers = (0..<5).map { _ in UInt32(10 + random.next() % 3) }
      // Branches and jumps lead back to the first instruction, or over the third.
      let constant = { (_ operation: Operation) -> Int32 in
        !operation.isBranch && operation != .jal
          ? Int32(random.next() % 64) * 8 : [8, -4][Int(random.next() % 2)]
      }
      let rs1 = random.once(in: 3) ? registers[2] : registers[0]
      var code: [Code] = [
        .w(
          Self.encode(
            pair.first, rd: registers[0], rs1: registers[1], rs2: registers[3], constant: constant(pair.first)
          )
        ),
        .w(
          Self.encode(
            pair.second, rd: registers[4], rs1: rs1, rs2: registers[3], constant: constant(pair.second))),
      ]
      code += [.addi(14, 14, 1), .addi(15, 15, 1), .ecall]
      var twins = try HartTwins(running: code, without: .fusedPairs)
      for n in 10...12 {
        // Data, its end, and what lies behind; code; numbers, small and any.
        let places: [UInt64] = [
          0x10000 + random.next() % 512 * 8, 0x13FF8, 0x1000, random.next() % 4, random.next(),
        ]
        twins.set(n, places[Int(random.next() % 5)])
      }
      var stop = Hart.Stop.limit
      var limit: UInt64 = 0
      while stop == .limit && limit < 40 {
        limit += 1 + random.next() % 4
        stop = try twins.run(until: limit, "\(pair.first) \(pair.second), round \(round), at \(limit)")
      }
      let same = twins.agree(onFrames: 0..<12)
      try #require(same, "\(pair.first) \(pair.second), round \(round)")
    }
  }

  /// Runs of `ld` and `sd` on one base register, over page boundaries and at odd addresses; loads into the base, too.
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

  private static func encode(_ operation: Operation, rd: UInt32, rs1: UInt32, rs2: UInt32, constant: Int32)
    -> UInt32
  {
    guard let entry = InstructionTable.entry(for: operation) else { return 0 }
    let bits = UInt32(bitPattern: constant)
    let (d, s1, s2) = (rd << 7, rs1 << 15, rs2 << 20)
    let operands: UInt32
    switch entry.format {
    case .i, .load: operands = d | s1 | bits << 20
    case .shift, .shiftWord: operands = d | s1 | (bits & 31) << 20
    case .s: operands = s1 | s2 | (bits & 31) << 7 | (bits >> 5) << 25
    case .b:
      operands =
        s1 | s2 | (bits >> 11 & 1) << 7 | (bits >> 1 & 15) << 8 | (bits >> 5 & 63) << 25 | (bits >> 12) << 31
    case .u: operands = d | bits << 12
    case .j:
      operands =
        d | (bits >> 12 & 255) << 12 | (bits >> 11 & 1) << 20 | (bits >> 1 & 1023) << 21 | (bits >> 20) << 31
    default: operands = d | s1 | s2
    }
    return entry.match | operands
  }
}
