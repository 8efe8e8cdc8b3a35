import RV64
import TestSupport
import Testing

@testable import Differential

struct GeneratorTests {
  /// Decoding gives back what was encoded.
  @Test func `operands come back`() {
    var random = SeededGenerator(seed: 1)
    for entry in InstructionTable.all {
      for _ in 0..<50 {
        let word = entry.match | UInt32(truncatingIfNeeded: random.next()) & ~entry.mask
        let decoded = DecodedInstruction.decode(word)
        let again = Encoder.encode(
          decoded.operation, rd: Int(decoded.rd), rs1: Int(decoded.rs1), rs2: Int(decoded.rs2),
          decoded.immediate)
        #expect(DecodedInstruction.decode(again) == decoded, "\(entry.mnemonic) \(hex(UInt64(word)))")
      }
    }
  }

  @Test func `a seed makes the same program every time`() {
    for seed in UInt64(1)...24 {
      let (first, second) = (Generator.program(seed), Generator.program(seed))
      #expect(first.instructions == second.instructions)
      #expect(first.registers == second.registers)
      #expect(first.csrs == second.csrs)
    }
  }

  @Test func `every instruction of both tables that QEMU has is drawn, and no other`() {
    var words: Set<Operation> = []
    var halfwords: Set<UInt32> = []
    for seed in UInt64(1)...400 {
      for instruction in Generator.program(seed).instructions {
        if instruction & 3 == 3 {
          if let found = InstructionTable.find(instruction) { words.insert(found.operation) }
        } else if let found = CompressedTable.find(UInt16(truncatingIfNeeded: instruction)) {
          halfwords.insert(UInt32(found.mask) << 16 | UInt32(found.match))
        }
      }
    }
    var missing = InstructionTable.all.filter { !words.contains($0.operation) }.map { "\($0.mnemonic)" }
    missing += CompressedTable.all.filter { !halfwords.contains(UInt32($0.mask) << 16 | UInt32($0.match)) }
      .map { "\($0.mnemonic)" }
    #expect(Set(missing) == Choices.newerMnemonics)
  }

  @Test func `a program is made as small as what it is asked for`() throws {
    let program = Generator.program(7)
    let wanted = try #require(program.instructions.last { $0 & 3 == 3 })
    let shrinker = Shrinker { candidates in candidates.map { $0.instructions.contains(wanted) } }
    let small = try shrinker.shrink(program)
    #expect(small.instructions == [wanted])
    #expect(small.registers.allSatisfy { $0 == .number(0) })
    #expect(small.csrs.isEmpty)
  }

  @Test func `steps are read from a log of QEMU's`() {
    let rows = (0..<8).map { row in
      (0..<4).map { " x\(row * 4 + $0)/name \(String(row * 4 + $0, radix: 16))" }.joined()
    }
    let block = [" pc       0000000080109000", " mhartid  0"] + rows
    let outside = [" pc       0000000080000000"] + rows
    let text = (block + outside + block).joined(separator: "\n")
    let steps = Lockstep.steps(inLog: text, 0x8010_9000...0x8010_afff)
    #expect(steps == [Lockstep.Step(pc: 0x8010_9000, registers: Array(0..<32))])
  }
}
