import RV64
import TestSupport
import Testing

/// The A extension: AMOs, and pairs of LR and SC.
@Suite struct InstructionAtomicTests {
  static let mnemonics =
    (InstructionMeaning.ofWordAtomics.keys.sorted() + InstructionMeaning.ofDoubleAtomics.keys.sorted())

  /// The doubleword that memory then holds, and rd, for an AMO on the low half of `old`, or on all of it.
  private func expected(_ mnemonic: String, old: UInt64, operand: UInt64) -> (memory: UInt64, rd: UInt64) {
    if let meaning = InstructionMeaning.ofDoubleAtomics[mnemonic] { return (meaning(old, operand), old) }
    let low = InstructionMeaning.ofWordAtomics[mnemonic]?(old, operand) ?? 0
    let rd = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: old)))
    return (old & ~0xffff_ffff | low & 0xffff_ffff, rd)
  }

  @Test(arguments: mnemonics)
  func grid(_ mnemonic: String) throws {
    var bench = try InstructionBench()
    var differences: [String] = []
    for order in 0..<4 as Range<Int64> {
      bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, rs2: 7, aqrl: order)])
      for old in InstructionMeaning.edges {
        for operand in InstructionMeaning.edges where order == 0 || old == operand {
          bench.memory.store64(InstructionBench.data, old)
          bench.hart.setRegister(6, InstructionBench.data)
          bench.hart.setRegister(7, operand)
          let stop = bench.step()
          let wanted = expected(mnemonic, old: old, operand: operand)
          let (memory, rd) = (bench.memory.load64(InstructionBench.data), bench.hart.register(5))
          if stop != .limit || memory != wanted.memory || rd != wanted.rd {
            let results =
              "memory \(hex(memory)), not \(hex(wanted.memory)); rd \(hex(rd)), not \(hex(wanted.rd))"
            differences.append("\(mnemonic)(\(hex(old)), \(hex(operand))): \(results); \(stop)")
          }
        }
      }
    }
    expectNone(differences)
  }

  /// rd the same as the address's register, as the operand's, as both, and x0.
  @Test(arguments: mnemonics, [(5, 6, 7), (6, 6, 7), (7, 6, 7), (6, 6, 6), (0, 6, 7), (5, 6, 0), (5, 6, 6)])
  func registers(_ mnemonic: String, choice: (rd: Int, rs1: Int, rs2: Int)) throws {
    var bench = try InstructionBench()
    var random = SeededGenerator(seed: 9)
    _ = bench.scatterRegisters(&random)
    let old: UInt64 = 0x8899_aabb_ccdd_eeff
    bench.memory.store64(InstructionBench.data, old)
    bench.hart.setRegister(choice.rs1, InstructionBench.data)
    var registers = bench.registers
    let wanted = expected(mnemonic, old: old, operand: registers[choice.rs2])
    bench.place([InstructionListing.encode(mnemonic, rd: choice.rd, rs1: choice.rs1, rs2: choice.rs2)])
    #expect(bench.step() == .limit)
    registers[choice.rd] = wanted.rd
    registers[0] = 0
    #expect(bench.registers == registers)
    #expect(bench.memory.load64(InstructionBench.data) == wanted.memory)
  }

  /// In the upper half of a doubleword, the lower half stays.
  @Test(arguments: InstructionMeaning.ofWordAtomics.keys.sorted())
  func wordInUpperHalf(_ mnemonic: String) throws {
    let meaning = try #require(InstructionMeaning.ofWordAtomics[mnemonic])
    var bench = try InstructionBench()
    bench.memory.store64(InstructionBench.data, 0x8000_0001_1234_5678)
    bench.hart.setRegister(6, InstructionBench.data + 4)
    bench.hart.setRegister(7, 0x7fff_ffff)
    bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, rs2: 7)])
    #expect(bench.step() == .limit)
    #expect(bench.hart.register(5) == 0xffff_ffff_8000_0001)
    let word = UInt32(truncatingIfNeeded: meaning(0x8000_0001, 0x7fff_ffff))
    #expect(bench.memory.load32(InstructionBench.data + 4) == word)
    #expect(bench.memory.load32(InstructionBench.data) == 0x1234_5678)
  }

  /// A misaligned atomic is an address-misaligned exception: of a load for LR, of a store for all others.
  @Test(arguments: mnemonics + ["lr.w", "sc.w", "lr.d", "sc.d"], 1..<8 as Range<UInt64>)
  func misaligned(_ mnemonic: String, offset: UInt64) throws {
    let isAligned = mnemonic.hasSuffix(".w") && offset == 4
    var bench = try InstructionBench()
    bench.memory.store64(InstructionBench.data, 0x1122_3344_5566_7788)
    bench.hart.setRegister(5, 0x55)
    bench.hart.setRegister(6, InstructionBench.data + offset)
    bench.hart.setRegister(7, ~0)
    bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, rs2: 7)])
    let stop = bench.step()
    if isAligned {
      #expect(stop == .limit)
      return
    }
    let cause: UInt64 = mnemonic.hasPrefix("lr") ? 4 : 6
    #expect(stop == .trap(scause: cause, stval: InstructionBench.data + offset))
    #expect(bench.hart.register(5) == 0x55)
    #expect(bench.memory.load64(InstructionBench.data) == 0x1122_3344_5566_7788)
  }

  /// Outside RAM: an access fault of a load for LR, of a store for AMOs.
  @Test(arguments: mnemonics + ["lr.w", "lr.d"])
  func outsideRAM(_ mnemonic: String) throws {
    var bench = try InstructionBench()
    bench.hart.setRegister(5, 0x55)
    bench.hart.setRegister(6, InstructionBench.ram + InstructionBench.ramSize)
    bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, rs2: 7)])
    let cause: UInt64 = mnemonic.hasPrefix("lr") ? 5 : 7
    let end = InstructionBench.ram + InstructionBench.ramSize
    #expect(bench.step() == .trap(scause: cause, stval: end))
    #expect(bench.hart.register(5) == 0x55)
  }

  /// What stands between LR and SC, and whether SC then succeeds.
  enum Between: CaseIterable {
    case nothing, arithmetic, secondSC, changingStore, otherAddress, otherSize, ecall
  }

  @Test(arguments: ["w", "d"], Between.allCases)
  func loadReservedStoreConditional(_ size: String, between: Between) throws {
    var bench = try InstructionBench()
    let old: UInt64 = 0xfedc_ba98_8765_4321
    bench.memory.store64(InstructionBench.data, old)
    bench.memory.store64(InstructionBench.data + 8, old)
    bench.hart.setRegister(6, InstructionBench.data)
    bench.hart.setRegister(7, 0x1111_2222_3333_4444)
    bench.hart.setRegister(8, 0)
    let sc = InstructionListing.encode("sc.\(size)", rd: 9, rs1: 6, rs2: 7)
    var program = [InstructionListing.encode("lr.\(size)", rd: 5, rs1: 6)]
    switch between {
    case .nothing: break
    case .arithmetic: program.append(InstructionListing.encode("add", rd: 8, rs1: 5, rs2: 5))
    case .secondSC: program.append(sc)
    case .changingStore: program.append(InstructionListing.encode("sd", rs1: 6, rs2: 0))
    case .otherAddress: program.append(InstructionListing.encode("addi", rd: 6, rs1: 6, imm: 8))
    case .otherSize:
      program.append(InstructionListing.encode(size == "w" ? "lr.d" : "lr.w", rd: 8, rs1: 6))
    case .ecall: program.append(InstructionListing.encode("ecall"))
    }
    program.append(sc)
    bench.place(program)
    bench.hart.pc = InstructionBench.code
    let end = bench.hart.retired + UInt64(program.count)
    var stop = bench.hart.runUser(until: end)
    if between == .ecall {
      #expect(stop == .trap(scause: 8, stval: 0))
      bench.hart.pc += 4
      stop = bench.hart.runUser(until: bench.hart.retired + 1)
    }
    #expect(stop == .limit)
    #expect(bench.hart.register(5) == (size == "d" ? old : 0xffff_ffff_8765_4321))
    let succeeds = between == .nothing || between == .arithmetic
    #expect(bench.hart.register(9) == (succeeds ? 0 : 1))
    let stored: UInt64 = size == "d" ? 0x1111_2222_3333_4444 : 0xfedc_ba98_3333_4444
    switch between {
    case .nothing, .arithmetic, .secondSC: #expect(bench.memory.load64(InstructionBench.data) == stored)
    case .changingStore: #expect(bench.memory.load64(InstructionBench.data) == 0)
    case .otherAddress, .otherSize, .ecall:
      #expect(bench.memory.load64(InstructionBench.data) == old)
      #expect(bench.memory.load64(InstructionBench.data + 8) == old)
    }
  }

  @Test(arguments: ["sc.w", "sc.d"])
  func storeConditionalAlone(_ mnemonic: String) throws {
    var bench = try InstructionBench()
    bench.memory.store64(InstructionBench.data, 42)
    bench.hart.setRegister(6, InstructionBench.data)
    bench.place([InstructionListing.encode(mnemonic, rd: 9, rs1: 6, rs2: 7)])
    #expect(bench.step() == .limit)
    #expect(bench.hart.register(9) == 1)
    #expect(bench.memory.load64(InstructionBench.data) == 42)
  }
}
