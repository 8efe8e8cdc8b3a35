import RV64
import TestSupport
import Testing

/// Instructions that compute: every one over a grid of operands, and in every register.
@Suite struct InstructionArithmeticTests {
  @Test(arguments: InstructionMeaning.ofRegisters.keys.sorted())
  func twoRegisters(_ mnemonic: String) throws {
    let meaning = try #require(InstructionMeaning.ofRegisters[mnemonic])
    var bench = try InstructionBench()
    bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, rs2: 7)])
    var differences: [String] = []
    for a in InstructionMeaning.edges {
      for b in InstructionMeaning.edges {
        bench.hart.setRegister(5, 0x5555)
        bench.hart.setRegister(6, a)
        bench.hart.setRegister(7, b)
        let stop = bench.step()
        let (result, expected) = (bench.hart.register(5), meaning(a, b))
        if stop != .limit || result != expected || bench.hart.pc != InstructionBench.code + 4 {
          differences.append(
            "\(mnemonic)(\(hex(a)), \(hex(b))) = \(hex(result)), not \(hex(expected)); \(stop)")
        }
      }
    }
    expectNone(differences)
  }

  @Test(arguments: InstructionMeaning.ofConstants.keys.sorted())
  func registerAndConstant(_ mnemonic: String) throws {
    let meaning = try #require(InstructionMeaning.ofConstant(mnemonic))
    let constants: [Int64] =
      InstructionMeaning.largestShift(mnemonic).map { Array(0...$0) }
      ?? [-2048, -2047, -1025, -33, -32, -2, -1, 0, 1, 2, 31, 32, 63, 64, 1023, 1024, 2046, 2047]
    var bench = try InstructionBench()
    var differences: [String] = []
    for constant in constants {
      bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, imm: constant)])
      for a in InstructionMeaning.edges {
        bench.hart.setRegister(5, 0x5555)
        bench.hart.setRegister(6, a)
        let stop = bench.step()
        let (result, expected) = (bench.hart.register(5), meaning(a, UInt64(bitPattern: constant)))
        if stop != .limit || result != expected {
          differences.append(
            "\(mnemonic)(\(hex(a)), \(constant)) = \(hex(result)), not \(hex(expected)); \(stop)")
        }
      }
    }
    expectNone(differences)
  }

  /// Registers at random, destination and sources the same ones among them: only rd changes, and never x0.
  @Test(
    arguments: (InstructionMeaning.ofRegisters.keys.sorted() + InstructionMeaning.ofConstants.keys.sorted()))
  func everyRegister(_ mnemonic: String) throws {
    var random = SeededGenerator(seed: 1)
    var bench = try InstructionBench()
    var differences: [String] = []
    for round in 0..<96 {
      var (rd, rs1, rs2) = (round % 32, Int(random.next() % 32), Int(random.next() % 32))
      switch random.next() % 6 {
      case 0: rs1 = rd
      case 1: rs2 = rd
      case 2: rs2 = rs1
      case 3: (rs1, rs2) = (rd, rd)
      case 4: rs1 = 0
      default: rd = rs2
      }
      let before = bench.scatterRegisters(&random)
      var expected = before
      if let meaning = InstructionMeaning.ofConstant(mnemonic) {
        let constant = Int64(random.next() % 32)
        bench.place([InstructionListing.encode(mnemonic, rd: rd, rs1: rs1, imm: constant)])
        expected[rd] = meaning(before[rs1], UInt64(constant))
      } else {
        bench.place([InstructionListing.encode(mnemonic, rd: rd, rs1: rs1, rs2: rs2)])
        expected[rd] = InstructionMeaning.ofRegisters[mnemonic]?(before[rs1], before[rs2]) ?? 0
      }
      expected[0] = 0
      let stop = bench.step()
      if stop != .limit || bench.registers != expected {
        differences.append("\(mnemonic) x\(rd), x\(rs1), x\(rs2) from \(before.map(hex)): \(stop)")
      }
    }
    expectNone(differences)
  }

  @Test(arguments: ["lui", "auipc"])
  func upperConstants(_ mnemonic: String) throws {
    var bench = try InstructionBench()
    var differences: [String] = []
    for upper in [0, 1, 2, 0x7ffff, -0x80000, -0x7ffff, -1, 0x12345] as [Int64] {
      for pc in [InstructionBench.code, InstructionBench.code + 2, InstructionBench.code + 0xffe] {
        for rd in [0, 1, 31] {
          let word = InstructionListing.encode(mnemonic, rd: rd, imm: upper * 4096)
          bench.memory.store32(pc, word)
          let stop = bench.step(at: pc)
          let constant = UInt64(bitPattern: upper * 4096)
          let sum = mnemonic == "lui" ? constant : constant &+ pc
          let expected = rd == 0 ? 0 : sum
          if stop != .limit || bench.hart.register(rd) != expected || bench.hart.pc != pc + 4 {
            differences.append(
              "\(mnemonic) x\(rd), \(upper) at \(hex(pc)): \(hex(bench.hart.register(rd))), not \(hex(expected))"
            )
          }
        }
      }
    }
    expectNone(differences)
  }

  /// The results that the specification spells out ("Semantics for division by zero and division overflow").
  @Test func divisionByZeroAndOverflow() throws {
    let (lowest, minusOne) = (UInt64(1) << 63, UInt64.max)
    let lowestWord: UInt64 = 0xffff_ffff_8000_0000
    let cases: [(String, UInt64, UInt64, UInt64)] = [
      ("div", 7, 0, minusOne), ("divu", 7, 0, minusOne), ("rem", 7, 0, 7), ("remu", 7, 0, 7),
      ("div", lowest, minusOne, lowest), ("rem", lowest, minusOne, 0),
      ("divw", 7, 0, minusOne), ("divuw", 7, 0, minusOne), ("remw", 7, 0, 7), ("remuw", 7, 0, 7),
      ("divw", lowestWord, minusOne, lowestWord), ("remw", lowestWord, minusOne, 0),
      ("remuw", 0x8000_0000, 0, lowestWord), ("divuw", 0x8000_0000, 1, lowestWord),
      ("div", 0 &- 7, 2, 0 &- 3), ("rem", 0 &- 7, 2, minusOne), ("rem", 7, 0 &- 2, 1),
    ]
    var bench = try InstructionBench()
    for (mnemonic, a, b, expected) in cases {
      bench.place([InstructionListing.encode(mnemonic, rd: 10, rs1: 11, rs2: 12)])
      bench.hart.setRegister(11, a)
      bench.hart.setRegister(12, b)
      #expect(bench.step() == .limit)
      #expect(bench.hart.register(10) == expected, "\(mnemonic)(\(hex(a)), \(hex(b)))")
    }
  }
}
