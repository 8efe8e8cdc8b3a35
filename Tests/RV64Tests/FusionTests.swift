import TestSupport
import Testing

@testable import RV64

/// Fusions leave what their instructions leave, wherever a limit, a trap or a missing translation divides
/// them.
@Suite struct FusionTests {
  static let fusions = Array(Fusion.all.indices)

  @Test(arguments: fusions) func isFused(index: Int) {
    let fusion = Fusion.all[index]
    let count = fusion.parts.count
    let block = UnsafeMutablePointer<DecodedInstruction>.allocate(capacity: count)
    defer { block.deallocate() }
    let plain = fusion.parts.enumerated().map { n, part in
      var placed = DecodedInstruction.decode(
        Self.encode(part, rd: 10, rs1: n == 0 ? 11 : 10, rs2: 12, constant: 8)
      ).placed(at: n * 4)
      placed.becomeInline()
      return placed
    }
    block.initialize(from: plain, count: count)
    #expect(plain.map(\.operation) == fusion.parts)
    // It is called what it is made of.
    #expect("\(fusion.fused)".lowercased() == fusion.parts.map { "\($0)" }.joined().lowercased())
    Fusion.fuse(block, count: count)
    #expect(block[0].operation == fusion.fused)
    #expect(block[0].original == plain[0].original)
    for n in 1..<count { #expect(block[n] == plain[n]) }
    // Without the result of the one before, a chain is none; nor is what is not all there.
    for n in 1..<count {
      block.update(from: plain, count: count)
      block[n].rs1 = 13
      Fusion.fuse(block, count: count)
      #expect((block[0].operation == fusion.fused) == !fusion.chained.contains(n))
    }
    block.update(from: plain, count: count)
    Fusion.fuse(block, count: count - 1)
    #expect(block[0].operation != fusion.fused)
  }

  @Test(arguments: fusions) func leavesTheSameAtEveryMoment(index: Int) throws {
    let parts = Fusion.all[index].parts
    var random = SeededGenerator(seed: UInt64(index))
    for round in 0..<20 {
      // Branches and jumps lead back to the first instruction, or over the one behind them.
      let constant = { (_ operation: Operation, _ n: Int) -> Int32 in
        !operation.isBranch && operation != .jal
          ? Int32(random.next() % 64) * 8 : [8, Int32(n) * -4][Int(random.next() % 2)]
      }
      var rd = UInt32(11)
      var code = parts.enumerated().map { n, part in
        let rs1 = random.once(in: 4) ? 10 + UInt32(random.next() % 3) : rd
        rd = 10 + UInt32(random.next() % 3)
        let rs2 = 10 + UInt32(random.next() % 3)
        return Code.w(Self.encode(part, rd: rd, rs1: rs1, rs2: rs2, constant: constant(part, n)))
      }
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
        // At once, or with limits anywhere.
        limit += round % 2 == 0 ? 40 : 1 + random.next() % 4
        stop = try twins.run(until: limit, "\(parts), round \(round), at \(limit)")
      }
      let same = twins.agree(onFrames: 0..<12)
      try #require(same, "\(parts), round \(round)")
    }
  }

  /// `sstatus` read, changed and written in S mode, with an interrupt that waits now and then.
  @Test(arguments: 0..<20) func interruptsComeWhereTheyAreTurnedOn(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var code: [Code] = []
    for _ in 0..<8 {
      let rd = 10 + Int(random.next() % 3)
      code.append(.csrrs(rd, .sstatus, 0))
      if random.once(in: 6) { continue }
      let mask = [2, -3, -1, 0, 0x100, -0x101][Int(random.next() % 6)]
      code.append(random.once(in: 4) ? .addi(rd, rd, 2) : .andi(rd, rd, mask))
      switch random.next() % 4 {
      case 0: code.append(.bne(rd, 0, 8))
      default: code.append(.csrrw(0, .sstatus, rd))
      }
    }
    code += [.addi(14, 14, 1), .addi(15, 15, 1)]
    code.append(.jal(0, -4 * code.count))
    var twins = try HartTwins(running: code, without: .fusedPairs)
    twins.inBoth { hart in
      hart.satp = 0
      hart.pc = HartTestGuest.frame(0)
      hart.control.stvec = hart.pc
      hart.control.mideleg = Interrupt.supervisorExternal.bit
      hart.control.mie = Interrupt.supervisorExternal.bit
      hart.enter(.supervisor)
    }
    var limit: UInt64 = 0
    while limit < 400 {
      limit += 1 + random.next() % 30
      let isUp = random.once(in: 2)
      twins.inBoth { hart in hart.setLine(.supervisorExternal, isUp) }
      let stops = (twins.fast.run(until: limit), twins.slow.run(until: limit))
      let states = (twins.fast.save(), twins.slow.save())
      try #require(stops.0 == stops.1, "seed \(seed), at \(limit)")
      try #require(states.0 == states.1, "seed \(seed), at \(limit)")
    }
  }

  private static func encode(_ operation: Operation, rd: UInt32, rs1: UInt32, rs2: UInt32, constant: Int32)
    -> UInt32
  {
    if operation == .statusRead { return 0x1000_2073 | rd << 7 }
    if operation == .statusWrite { return 0x1000_1073 | rs1 << 15 }
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
