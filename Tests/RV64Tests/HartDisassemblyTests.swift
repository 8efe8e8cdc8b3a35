import Testing

@testable import RV64

/// The tables as data, and instructions in words.
@Suite struct HartDisassemblyTests {
  @Test(
    arguments: [
      (0x0000_0013, "nop"), (0xFE01_0113, "addi sp,sp,-32"), (0x0010_0513, "li a0,1"),
      (0x0005_8513, "mv a0,a1"),
      (0x1234_52B7, "lui t0,0x12345"), (0x0000_1297, "auipc t0,0x1"), (0x0000_8067, "ret"),
      (0x0005_0067, "jr a0"), (0x0045_00E7, "jalr 4(a0)"), (0x0100_006F, "j 0x1010"),
      (0x0100_00EF, "jal 0x1010"),
      (0xFE05_1CE3, "bnez a0,0xff8"), (0x00B5_4463, "blt a0,a1,0x1008"), (0x0081_3503, "ld a0,8(sp)"),
      (0xFEA4_3C23, "sd a0,-8(s0)"), (0x0015_1513, "slli a0,a0,1"), (0x43F5_5513, "srai a0,a0,63"),
      (0x02B5_0533, "mul a0,a0,a1"), (0x02B5_5533, "divu a0,a0,a1"), (0x0005_051B, "sext.w a0,a0"),
      (0x1005_252F, "lr.w a0,(a0)"), (0x1EB5_362F, "sc.d.aqrl a2,a1,(a0)"),
      (0x0CB5_262F, "amoswap.w.aq a2,a1,(a0)"),
      (0x0FF0_000F, "fence"), (0x0330_000F, "fence rw,rw"), (0x0000_100F, "fence.i"), (0x0000_0073, "ecall"),
      (0x0010_0073, "ebreak"), (0x3020_0073, "mret"), (0x1020_0073, "sret"), (0x1050_0073, "wfi"),
      (0x1200_0073, "sfence.vma"), (0x12B5_0073, "sfence.vma a0,a1"), (0x1800_2573, "csrr a0,satp"),
      (0x3005_1073, "csrw mstatus,a0"), (0x1001_7073, "csrci sstatus,2"), (0xC010_2573, "rdtime a0"),
      (0x7C00_2573, "csrr a0,0x7c0"), (0x0000_4501, "li a0,0"), (0x0000_1101, "addi sp,sp,-32"),
      (0x0000_EC06, "sd ra,24(sp)"), (0x0000_8082, "ret"), (0x0000_9002, "ebreak"), (0x0000_0001, "nop"),
      (0x20B5_2533, "sh1add a0,a0,a1"), (0x0805_053B, "zext.w a0,a0"), (0x08B5_053B, "add.uw a0,a0,a1"),
      (0x6005_9513, "clz a0,a1"), (0x6045_9513, "sext.b a0,a1"), (0x6035_D513, "rori a0,a1,3"),
      (0x0805_C53B, "zext.h a0,a1"), (0x6B85_D513, "rev8 a0,a1"), (0x0EC5_D533, "czero.eqz a0,a1,a2"),
      (0xCDF5_C573, "mop.r.31 a0,a1"), (0xCEC5_C573, "mop.rr.7 a0,a1,a2"), (0x0045_A00F, "cbo.zero (a1)"),
      (0x0100_000F, "pause"), (0x0205_E013, "prefetch.i 32(a1)"), (0xFE15_E013, "prefetch.r -32(a1)"),
      (0x0035_E013, "prefetch.w 0(a1)"), (0x0000_8188, "lbu a0,0(a1)"), (0x0000_9DF5, "not a1,a1"),
      (0x0000_6281, "nop"),
      (0x0000_852E, "mv a0,a1"), (0x0000_A001, "j 0x1000"), (0x0000_D57D, "beqz a0,0xfee"),
      (0x0000_0000, ".short 0x0000"), (0xFFFF_FFFF, ".word 0xffffffff"), (0x0005_0053, ".word 0x00050053"),
    ] as [(UInt32, String)])
  func instructionsAsWords(bits: UInt32, text: String) {
    #expect(disassemble(bits, at: 0x1000) == text)
  }

  @Test func everyOperationHasExactlyOneEntry() {
    for operation in Operation.allCases {
      let count = InstructionTable.all.filter { $0.operation == operation }.count
      #expect(count == (operation.isInstruction ? 1 : 0), "\(operation)")
    }
  }

  @Test func noWordIsTwoInstructions() {
    let all = InstructionTable.all
    for (i, a) in all.enumerated() {
      #expect(a.match & ~a.mask == 0, "\(a.mnemonic)")
      #expect(InstructionTable.find(a.match)?.operation == a.operation)
      for b in all[(i + 1)...] {
        let both = a.mask & b.mask
        #expect(a.match & both != b.match & both, "\(a.mnemonic) and \(b.mnemonic)")
      }
    }
  }

  @Test func everyCompressedEntryIsReached() {
    var reached: Set<String> = []
    for halfword in UInt16.min ... .max where halfword & 3 != 3 {
      if let found = CompressedTable.find(halfword) { reached.insert(String(describing: found.mnemonic)) }
    }
    #expect(reached == Set(CompressedTable.all.map { String(describing: $0.mnemonic) }))
  }

  @Test func disassemblyNeverFails() {
    // Every opcode with a walking pattern in the other bits.
    for opcode in UInt32(0)..<128 {
      for pattern in [
        UInt32(0), 0xFFFF_FF80, 0x5555_5500, 0xAAAA_AA80, 0x0F0F_0F00, 0x8000_0000, 0x0000_7080,
      ] {
        #expect(!disassemble(opcode | pattern, at: .max).isEmpty)
      }
    }
  }
}
