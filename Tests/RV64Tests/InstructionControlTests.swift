import RV64
import TestSupport
import Testing

/// Branches and jumps.
@Suite struct InstructionControlTests {
  @Test(arguments: InstructionMeaning.ofBranches.keys.sorted())
  func branches(_ mnemonic: String) throws {
    let isTaken = try #require(InstructionMeaning.ofBranches[mnemonic])
    var bench = try InstructionBench()
    bench.place([InstructionListing.encode(mnemonic, rs1: 6, rs2: 7, imm: 0x20)])
    var differences: [String] = []
    var taken = 0
    for a in InstructionMeaning.edges {
      for b in InstructionMeaning.edges {
        bench.hart.setRegister(6, a)
        bench.hart.setRegister(7, b)
        let stop = bench.step()
        let expected = InstructionBench.code + (isTaken(a, b) ? 0x20 : 4)
        if isTaken(a, b) { taken += 1 }
        if stop != .limit || bench.hart.pc != expected {
          differences.append("\(mnemonic)(\(hex(a)), \(hex(b))) goes to \(hex(bench.hart.pc)); \(stop)")
        }
      }
    }
    expectNone(differences)
    #expect(taken > 0 && taken < InstructionMeaning.edges.count * InstructionMeaning.edges.count)
  }

  /// As far as a branch reaches, both ways, into other pages, to odd halfwords, to itself.
  @Test(arguments: [-4096, -4094, -2048, -256, -4, -2, 0, 2, 4, 6, 0x7fe, 0x800, 0xffc, 0xffe] as [Int64])
  func branchOffsets(_ offset: Int64) throws {
    var bench = try InstructionBench()
    bench.hart.setRegister(6, 1)
    for pc in [InstructionBench.code, InstructionBench.code + 0xffc, InstructionBench.code + 2] {
      bench.place([InstructionListing.encode("bne", rs1: 6, rs2: 0, imm: offset)], at: pc)
      #expect(bench.step(at: pc) == .limit)
      #expect(bench.hart.pc == pc &+ UInt64(bitPattern: offset))
      bench.place([InstructionListing.encode("beq", rs1: 6, rs2: 0, imm: offset)], at: pc)
      #expect(bench.step(at: pc) == .limit)
      #expect(bench.hart.pc == pc + 4, "not taken")
    }
  }

  @Test(
    arguments: [-1_048_576, -65_536, -4096, -4, -2, 0, 2, 4, 0x7fe, 0x800, 0x1000, 0xffffc, 0xffffe]
      as [Int64],
    [0, 1, 5, 31])
  func jal(_ offset: Int64, rd: Int) throws {
    var bench = try InstructionBench()
    var random = SeededGenerator(seed: 3)
    var expected = bench.scatterRegisters(&random)
    bench.place([InstructionListing.encode("jal", rd: rd, imm: offset)])
    #expect(bench.step() == .limit)
    #expect(bench.hart.pc == InstructionBench.code &+ UInt64(bitPattern: offset))
    if rd != 0 { expected[rd] = InstructionBench.code + 4 }
    #expect(bench.registers == expected)
  }

  /// The target is the sum with its lowest bit cleared; if rd is rs1, the target comes from the old value.
  @Test(
    arguments: [-2048, -3, -1, 0, 1, 2, 3, 5, 2047] as [Int64], [(0, 6), (1, 6), (6, 6), (31, 1), (1, 1)])
  func jalr(_ offset: Int64, registers: (rd: Int, rs1: Int)) throws {
    var bench = try InstructionBench()
    for start in [InstructionBench.code + 0x100, InstructionBench.code + 0x101, 0, UInt64.max] {
      bench.hart.setRegister(registers.rs1, start)
      bench.place([InstructionListing.encode("jalr", rd: registers.rd, rs1: registers.rs1, imm: offset)])
      #expect(bench.step() == .limit, "wherever it leads, the jump itself is done")
      #expect(bench.hart.pc == (start &+ UInt64(bitPattern: offset)) & ~1)
      let link = registers.rd == 0 ? 0 : InstructionBench.code + 4
      #expect(bench.hart.register(registers.rd) == link)
    }
  }

  /// c.jalr and c.jr link and jump by 2-byte instructions.
  @Test func compressedLinks() throws {
    var bench = try InstructionBench()
    bench.memory.store16(InstructionBench.code, 0x9282)  // c.jalr x5
    bench.hart.setRegister(5, InstructionBench.code + 0x41)
    #expect(bench.step() == .limit)
    #expect(bench.hart.pc == InstructionBench.code + 0x40)
    #expect(bench.hart.register(1) == InstructionBench.code + 2)
    bench.memory.store16(InstructionBench.code, 0x8282)  // c.jr x5
    #expect(bench.step() == .limit)
    #expect(bench.hart.pc == InstructionBench.code + 0x40)
    #expect(bench.hart.register(1) == InstructionBench.code + 2)
  }

  /// A jump out of RAM is done; the fetch there traps, at the target, with an instruction access fault.
  @Test(arguments: [
    0, InstructionBench.ram - 4, InstructionBench.ram + InstructionBench.ramSize, ~1 as UInt64,
  ])
  func fetchOutsideRAM(target: UInt64) throws {
    var bench = try InstructionBench()
    bench.hart.setRegister(5, target)
    bench.place([InstructionListing.encode("jalr", rd: 0, rs1: 5, imm: 0)])
    bench.hart.pc = InstructionBench.code
    let retired = bench.hart.retired
    #expect(bench.hart.runUser(until: retired + 10) == .trap(scause: 1, stval: target))
    #expect(bench.hart.pc == target)
    #expect(bench.hart.retired == retired + 1)
  }

  /// A 32-bit instruction whose second half is beyond RAM: the fault names the second half.
  @Test func fetchAcrossTheEndOfRAM() throws {
    var bench = try InstructionBench()
    let last = InstructionBench.ram + InstructionBench.ramSize - 2
    bench.memory.store16(last, 0x0513)
    #expect(bench.step(at: last) == .trap(scause: 1, stval: last + 2))
    #expect(bench.hart.pc == last)
    bench.memory.store16(last, 0x0001)  // c.nop
    #expect(bench.step(at: last) == .limit)
    #expect(bench.hart.pc == last + 2)
  }
}
