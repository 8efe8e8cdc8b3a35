/// The format of a 32-bit instruction: which bits are operands, and thereby which bits tell it from others.
///
/// The six base formats are those of the unprivileged specification ("Base Instruction Formats"); the others name the
/// places where an extension fixes some of the operand bits.
package enum Format: Sendable {
  /// rd, rs1, rs2
  case r
  /// rd, rs1, 12-bit signed immediate
  case i
  /// rd, 12-bit signed offset(rs1)
  case load
  /// rd, rs1, 6-bit shift amount
  case shift
  /// rd, rs1, 5-bit shift amount
  case shiftWord
  /// rs2, 12-bit signed offset(rs1)
  case s
  /// rs1, rs2, 13-bit signed offset from pc
  case b
  /// rd, the upper 20 bits of a 32-bit signed constant
  case u
  /// rd, 21-bit signed offset from pc
  case j
  /// rd, rs2, (rs1); acquire and release bits
  case amo
  /// rd, (rs1); acquire and release bits; the rs2 field is zero
  case loadReserved
  /// Predecessor and successor sets; the other fields are reserved and ignored
  case fence
  /// rd, CSR number, rs1
  case csr
  /// rd, CSR number, 5-bit unsigned constant
  case csrImmediate
  /// rs1 (address), rs2 (address space)
  case addressFence
  /// All 32 bits are fixed
  case fixed

  /// The bits that are fixed in this format.
  package var mask: UInt32 {
    switch self {
    case .r, .shiftWord: 0xFE00_707F
    case .i, .load, .s, .b, .fence, .csr, .csrImmediate: 0x0000_707F
    case .shift: 0xFC00_707F
    case .u, .j: 0x0000_007F
    case .amo: 0xF800_707F
    case .loadReserved: 0xF9F0_707F
    case .addressFence: 0xFE00_7FFF
    case .fixed: 0xFFFF_FFFF
    }
  }
}

/// One instruction of the table: a 32-bit word is this instruction where `word & mask == match`.
package struct Instruction: Sendable {
  package let mnemonic: StaticString
  package let match: UInt32
  package let format: Format
  package let operation: Operation

  package var mask: UInt32 { format.mask }

  init(_ mnemonic: StaticString, _ match: UInt32, _ format: Format, _ operation: Operation) {
    self.mnemonic = mnemonic
    self.match = match
    self.format = format
    self.operation = operation
  }
}

/// Every 32-bit instruction of RV64IMA, Zicsr, Zifencei and the privileged architecture, each once.
///
/// Decoding, execution's operation numbers and disassembly all come from here. Compressed instructions
/// expand to the same operations: `CompressedTable`.
package enum InstructionTable {
  package static let all: [Instruction] = [
    Instruction("lui", 0x0000_0037, .u, .lui),
    Instruction("auipc", 0x0000_0017, .u, .auipc),
    Instruction("jal", 0x0000_006F, .j, .jal),
    Instruction("jalr", 0x0000_0067, .load, .jalr),

    Instruction("beq", 0x0000_0063, .b, .beq),
    Instruction("bne", 0x0000_1063, .b, .bne),
    Instruction("blt", 0x0000_4063, .b, .blt),
    Instruction("bge", 0x0000_5063, .b, .bge),
    Instruction("bltu", 0x0000_6063, .b, .bltu),
    Instruction("bgeu", 0x0000_7063, .b, .bgeu),

    Instruction("lb", 0x0000_0003, .load, .lb),
    Instruction("lh", 0x0000_1003, .load, .lh),
    Instruction("lw", 0x0000_2003, .load, .lw),
    Instruction("ld", 0x0000_3003, .load, .ld),
    Instruction("lbu", 0x0000_4003, .load, .lbu),
    Instruction("lhu", 0x0000_5003, .load, .lhu),
    Instruction("lwu", 0x0000_6003, .load, .lwu),
    Instruction("sb", 0x0000_0023, .s, .sb),
    Instruction("sh", 0x0000_1023, .s, .sh),
    Instruction("sw", 0x0000_2023, .s, .sw),
    Instruction("sd", 0x0000_3023, .s, .sd),

    Instruction("addi", 0x0000_0013, .i, .addi),
    Instruction("slti", 0x0000_2013, .i, .slti),
    Instruction("sltiu", 0x0000_3013, .i, .sltiu),
    Instruction("xori", 0x0000_4013, .i, .xori),
    Instruction("ori", 0x0000_6013, .i, .ori),
    Instruction("andi", 0x0000_7013, .i, .andi),
    Instruction("slli", 0x0000_1013, .shift, .slli),
    Instruction("srli", 0x0000_5013, .shift, .srli),
    Instruction("srai", 0x4000_5013, .shift, .srai),
    Instruction("addiw", 0x0000_001B, .i, .addiw),
    Instruction("slliw", 0x0000_101B, .shiftWord, .slliw),
    Instruction("srliw", 0x0000_501B, .shiftWord, .srliw),
    Instruction("sraiw", 0x4000_501B, .shiftWord, .sraiw),

    Instruction("add", 0x0000_0033, .r, .add),
    Instruction("sub", 0x4000_0033, .r, .sub),
    Instruction("sll", 0x0000_1033, .r, .sll),
    Instruction("slt", 0x0000_2033, .r, .slt),
    Instruction("sltu", 0x0000_3033, .r, .sltu),
    Instruction("xor", 0x0000_4033, .r, .xor),
    Instruction("srl", 0x0000_5033, .r, .srl),
    Instruction("sra", 0x4000_5033, .r, .sra),
    Instruction("or", 0x0000_6033, .r, .or),
    Instruction("and", 0x0000_7033, .r, .and),
    Instruction("addw", 0x0000_003B, .r, .addw),
    Instruction("subw", 0x4000_003B, .r, .subw),
    Instruction("sllw", 0x0000_103B, .r, .sllw),
    Instruction("srlw", 0x0000_503B, .r, .srlw),
    Instruction("sraw", 0x4000_503B, .r, .sraw),

    Instruction("mul", 0x0200_0033, .r, .mul),
    Instruction("mulh", 0x0200_1033, .r, .mulh),
    Instruction("mulhsu", 0x0200_2033, .r, .mulhsu),
    Instruction("mulhu", 0x0200_3033, .r, .mulhu),
    Instruction("div", 0x0200_4033, .r, .div),
    Instruction("divu", 0x0200_5033, .r, .divu),
    Instruction("rem", 0x0200_6033, .r, .rem),
    Instruction("remu", 0x0200_7033, .r, .remu),
    Instruction("mulw", 0x0200_003B, .r, .mulw),
    Instruction("divw", 0x0200_403B, .r, .divw),
    Instruction("divuw", 0x0200_503B, .r, .divuw),
    Instruction("remw", 0x0200_603B, .r, .remw),
    Instruction("remuw", 0x0200_703B, .r, .remuw),

    Instruction("lr.w", 0x1000_202F, .loadReserved, .lrW),
    Instruction("sc.w", 0x1800_202F, .amo, .scW),
    Instruction("amoswap.w", 0x0800_202F, .amo, .amoswapW),
    Instruction("amoadd.w", 0x0000_202F, .amo, .amoaddW),
    Instruction("amoxor.w", 0x2000_202F, .amo, .amoxorW),
    Instruction("amoand.w", 0x6000_202F, .amo, .amoandW),
    Instruction("amoor.w", 0x4000_202F, .amo, .amoorW),
    Instruction("amomin.w", 0x8000_202F, .amo, .amominW),
    Instruction("amomax.w", 0xA000_202F, .amo, .amomaxW),
    Instruction("amominu.w", 0xC000_202F, .amo, .amominuW),
    Instruction("amomaxu.w", 0xE000_202F, .amo, .amomaxuW),
    Instruction("lr.d", 0x1000_302F, .loadReserved, .lrD),
    Instruction("sc.d", 0x1800_302F, .amo, .scD),
    Instruction("amoswap.d", 0x0800_302F, .amo, .amoswapD),
    Instruction("amoadd.d", 0x0000_302F, .amo, .amoaddD),
    Instruction("amoxor.d", 0x2000_302F, .amo, .amoxorD),
    Instruction("amoand.d", 0x6000_302F, .amo, .amoandD),
    Instruction("amoor.d", 0x4000_302F, .amo, .amoorD),
    Instruction("amomin.d", 0x8000_302F, .amo, .amominD),
    Instruction("amomax.d", 0xA000_302F, .amo, .amomaxD),
    Instruction("amominu.d", 0xC000_302F, .amo, .amominuD),
    Instruction("amomaxu.d", 0xE000_302F, .amo, .amomaxuD),

    Instruction("fence", 0x0000_000F, .fence, .fence),
    Instruction("fence.i", 0x0000_100F, .fence, .fenceI),

    Instruction("csrrw", 0x0000_1073, .csr, .csrrw),
    Instruction("csrrs", 0x0000_2073, .csr, .csrrs),
    Instruction("csrrc", 0x0000_3073, .csr, .csrrc),
    Instruction("csrrwi", 0x0000_5073, .csrImmediate, .csrrwi),
    Instruction("csrrsi", 0x0000_6073, .csrImmediate, .csrrsi),
    Instruction("csrrci", 0x0000_7073, .csrImmediate, .csrrci),

    Instruction("ecall", 0x0000_0073, .fixed, .ecall),
    Instruction("ebreak", 0x0010_0073, .fixed, .ebreak),
    Instruction("sret", 0x1020_0073, .fixed, .sret),
    Instruction("mret", 0x3020_0073, .fixed, .mret),
    Instruction("wfi", 0x1050_0073, .fixed, .wfi),
    Instruction("sfence.vma", 0x1200_0073, .addressFence, .sfenceVma),
  ]

  /// The table's entries by bits 6...2 of the word, the major opcode.
  private static let byOpcode: [[Instruction]] = {
    var buckets = [[Instruction]](repeating: [], count: 32)
    for instruction in all { buckets[Int(instruction.match >> 2) & 31].append(instruction) }
    return buckets
  }()

  /// The instruction that a 32-bit word is, or nil where the word is none of this hart's.
  package static func find(_ word: UInt32) -> Instruction? {
    guard word & 3 == 3 else { return nil }
    return byOpcode[Int(word >> 2) & 31].first { word & $0.mask == $0.match }
  }

  /// The entry that describes an operation; nil for those that are no instruction.
  package static func entry(for operation: Operation) -> Instruction? {
    all.first { $0.operation == operation }
  }
}
