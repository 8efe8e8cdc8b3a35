/// One instruction of the specification, with all that is said about it: its name, its encoding, and what it
/// does.
///
/// `InstructionSet` below is the one place where instructions are stated. Everything else comes from it: the
/// enum `Operation`, the table for decoding and disassembly, `Operation.value` and `Operation.effect`, and
/// the cases of the interpreter's hot loop.
struct Instruction {
  var mnemonic: String
  /// The bits that are fixed, with zeros in the places of the operands.
  var match: UInt32
  var format: Format
  var effect: Effect
  /// Whether its two source registers may be exchanged.
  var commutes = false

  init(_ mnemonic: String, _ match: UInt32, _ format: Format, _ effect: Effect, commutes: Bool = false) {
    (self.mnemonic, self.match, self.format, self.effect) = (mnemonic, match, format, effect)
    self.commutes = commutes
  }

  /// `amoadd.w` is the operation `amoaddW`.
  var operation: String { lowerCamelCase(mnemonic.split(separator: ".")) }

  /// Whether the constant is an offset from the instruction's own address.
  var isRelativeToPC: Bool { format == .b || format == .j || mnemonic == "auipc" }
}

/// Where the operands lie in the 32 bits. RV64's `Format` explains each.
enum Format: String {
  case r, unary, i, load, shift, shiftWord, s, b, u, j, amo, loadReserved
  case fence, csr, csrImmediate, addressFence, cacheBlock, mopR, mopRR, fixed
}

/// What an instruction does. RV64's `Effect` is the same without the texts.
enum Effect {
  /// rd becomes the value of a Swift expression. `a` is register rs1. `b` is register rs2 in formats `r` and
  /// `mopRR`, otherwise the constant; of `auipc`, `b` is the constant plus the address of the instruction.
  /// Those that are not inline share one case of the hot loop, which calls a function. They have no constant.
  case value(String, isInline: Bool = true)
  /// A jump to pc plus the constant; rd becomes the address of the next instruction.
  case jump
  /// A jump to rs1 plus the constant, bit 0 cleared; rd becomes the address of the next instruction.
  case jumpToRegister
  /// A jump to pc plus the constant, if the comparison of rs1 and rs2 holds.
  case branch(BranchCondition)
  /// rd becomes a value of this type in memory at rs1 plus the constant, extended to 64 bits by the type's
  /// sign.
  case load(MemoryType)
  /// The low bits of rs2 go to memory at rs1 plus the constant.
  case store(MemoryType)
  /// LR, SC, and AMO: memory at rs1. An AMO writes the value of an expression in which `a` is what memory
  /// held, and `b` register rs2; rd becomes what memory held. If `isInline`, the hot loop does it itself when
  /// it can.
  case loadReserved(MemoryType)
  case storeConditional(MemoryType)
  case atomic(MemoryType, String, isInline: Bool = false)
  /// Nothing, as one hart runs at a time.
  case fence
  /// Reads and writes a control and status register.
  case csr
  /// Changes the hart in other ways: traps, privilege, address translation.
  case system
}

/// Types of values in memory, by their Swift names.
enum MemoryType: String {
  case i8 = "Int8"
  case i16 = "Int16"
  case i32 = "Int32"
  case u8 = "UInt8"
  case u16 = "UInt16"
  case u32 = "UInt32"
  case u64 = "UInt64"

  var isSigned: Bool { rawValue.hasPrefix("I") }
  /// The type of the same size without a sign.
  var unsigned: String { "UInt\(8 * size)" }
  var size: Int {
    switch self {
    case .i8, .u8: 1
    case .i16, .u16: 2
    case .i32, .u32: 4
    case .u64: 8
    }
  }
}

/// What a branch compares. RV64's `BranchCondition` has the same cases.
enum BranchCondition: String, CaseIterable {
  case equal, notEqual, less, notLess, below, notBelow

  /// The Swift expression, with `a` and `b` the two registers.
  var expression: String {
    switch self {
    case .equal: "a == b"
    case .notEqual: "a != b"
    case .less: "signed(a) < signed(b)"
    case .notLess: "signed(a) >= signed(b)"
    case .below: "a < b"
    case .notBelow: "a >= b"
    }
  }
}

/// Instructions that belong together.
struct InstructionGroup {
  var title: String
  var instructions: [Instruction]
}

/// Every 32-bit instruction of RV64IMA, Zicsr, Zifencei, the privileged architecture, Zba, Zbb, Zbs, Zbc,
/// Zicond, Zimop, Zicbom and Zicboz. The order of groups and instructions is also that of the cases in the
/// hot loop, and matters to its speed.
///
/// Two extensions need no row, because their instructions are other instructions that do nothing: `pause` of
/// Zihintpause is a `fence`, and the prefetches of Zicbop are `ori` to x0.
enum InstructionSet {
  static let all: [Instruction] = groups.flatMap(\.instructions)

  static func named(_ operation: String) -> Instruction? { all.first { $0.operation == operation } }

  static let groups: [InstructionGroup] = [
    InstructionGroup(
      title: "RV64I: constants, jumps, branches.",
      instructions: [
        Instruction("lui", 0x0000_0037, .u, .value("b")),
        Instruction("auipc", 0x0000_0017, .u, .value("b")),
        Instruction("jal", 0x0000_006F, .j, .jump),
        Instruction("jalr", 0x0000_0067, .load, .jumpToRegister),
        Instruction("beq", 0x0000_0063, .b, .branch(.equal)),
        Instruction("bne", 0x0000_1063, .b, .branch(.notEqual)),
        Instruction("blt", 0x0000_4063, .b, .branch(.less)),
        Instruction("bge", 0x0000_5063, .b, .branch(.notLess)),
        Instruction("bltu", 0x0000_6063, .b, .branch(.below)),
        Instruction("bgeu", 0x0000_7063, .b, .branch(.notBelow)),
      ]),
    InstructionGroup(
      title: "RV64I: loads and stores.",
      instructions: [
        Instruction("lb", 0x0000_0003, .load, .load(.i8)),
        Instruction("lh", 0x0000_1003, .load, .load(.i16)),
        Instruction("lw", 0x0000_2003, .load, .load(.i32)),
        Instruction("ld", 0x0000_3003, .load, .load(.u64)),
        Instruction("lbu", 0x0000_4003, .load, .load(.u8)),
        Instruction("lhu", 0x0000_5003, .load, .load(.u16)),
        Instruction("lwu", 0x0000_6003, .load, .load(.u32)),
        Instruction("sb", 0x0000_0023, .s, .store(.u8)),
        Instruction("sh", 0x0000_1023, .s, .store(.u16)),
        Instruction("sw", 0x0000_2023, .s, .store(.u32)),
        Instruction("sd", 0x0000_3023, .s, .store(.u64)),
      ]),
    InstructionGroup(
      title: "RV64I: a register and a constant.",
      instructions: [
        Instruction("addi", 0x0000_0013, .i, .value("a &+ b")),
        Instruction("slti", 0x0000_2013, .i, .value("signed(a) < signed(b) ? 1 : 0")),
        Instruction("sltiu", 0x0000_3013, .i, .value("a < b ? 1 : 0")),
        Instruction("xori", 0x0000_4013, .i, .value("a ^ b")),
        Instruction("ori", 0x0000_6013, .i, .value("a | b")),
        Instruction("andi", 0x0000_7013, .i, .value("a & b")),
        Instruction("slli", 0x0000_1013, .shift, .value("a &<< b")),
        Instruction("srli", 0x0000_5013, .shift, .value("a &>> b")),
        Instruction("srai", 0x4000_5013, .shift, .value("unsigned(signed(a) &>> signed(b))")),
        Instruction("addiw", 0x0000_001B, .i, .value("word(a &+ b)")),
        Instruction("slliw", 0x0000_101B, .shiftWord, .value("word(a &<< b)")),
        Instruction("srliw", 0x0000_501B, .shiftWord, .value("word(unsignedWord(a) &>> b)")),
        Instruction("sraiw", 0x4000_501B, .shiftWord, .value("unsigned(signed(word(a)) &>> signed(b))")),
      ]),
    InstructionGroup(
      title: "RV64I: two registers.",
      instructions: [
        Instruction("add", 0x0000_0033, .r, .value("a &+ b"), commutes: true),
        Instruction("sub", 0x4000_0033, .r, .value("a &- b")),
        Instruction("sll", 0x0000_1033, .r, .value("a &<< b")),
        Instruction("slt", 0x0000_2033, .r, .value("signed(a) < signed(b) ? 1 : 0")),
        Instruction("sltu", 0x0000_3033, .r, .value("a < b ? 1 : 0")),
        Instruction("xor", 0x0000_4033, .r, .value("a ^ b"), commutes: true),
        Instruction("srl", 0x0000_5033, .r, .value("a &>> b")),
        Instruction("sra", 0x4000_5033, .r, .value("unsigned(signed(a) &>> signed(b))")),
        Instruction("or", 0x0000_6033, .r, .value("a | b"), commutes: true),
        Instruction("and", 0x0000_7033, .r, .value("a & b"), commutes: true),
        Instruction("addw", 0x0000_003B, .r, .value("word(a &+ b)"), commutes: true),
        Instruction("subw", 0x4000_003B, .r, .value("word(a &- b)")),
        Instruction("sllw", 0x0000_103B, .r, .value("word(a &<< (b & 31))")),
        Instruction("srlw", 0x0000_503B, .r, .value("word(unsignedWord(a) &>> (b & 31))")),
        Instruction("sraw", 0x4000_503B, .r, .value("unsigned(signed(word(a)) &>> signed(b & 31))")),
      ]),
    InstructionGroup(
      title: "M: multiplication and division.",
      instructions: [
        Instruction("mul", 0x0200_0033, .r, .value("a &* b"), commutes: true),
        Instruction("mulh", 0x0200_1033, .r, .value("Arithmetic.mulh(a, b)"), commutes: true),
        Instruction("mulhsu", 0x0200_2033, .r, .value("Arithmetic.mulhsu(a, b)")),
        Instruction("mulhu", 0x0200_3033, .r, .value("Arithmetic.mulhu(a, b)"), commutes: true),
        Instruction("div", 0x0200_4033, .r, .value("Arithmetic.div(a, b)")),
        Instruction("divu", 0x0200_5033, .r, .value("Arithmetic.divu(a, b)")),
        Instruction("rem", 0x0200_6033, .r, .value("Arithmetic.rem(a, b)")),
        Instruction("remu", 0x0200_7033, .r, .value("Arithmetic.remu(a, b)")),
        Instruction("mulw", 0x0200_003B, .r, .value("word(a &* b)"), commutes: true),
        Instruction("divw", 0x0200_403B, .r, .value("Arithmetic.divw(a, b)")),
        Instruction("divuw", 0x0200_503B, .r, .value("Arithmetic.divuw(a, b)")),
        Instruction("remw", 0x0200_603B, .r, .value("Arithmetic.remw(a, b)")),
        Instruction("remuw", 0x0200_703B, .r, .value("Arithmetic.remuw(a, b)")),
      ]),
    InstructionGroup(
      // What memory held is sign-extended, which keeps the order of unsigned words as well as of signed ones.
      title: "A: words.",
      instructions: [
        Instruction("lr.w", 0x1000_202F, .loadReserved, .loadReserved(.i32)),
        Instruction("sc.w", 0x1800_202F, .amo, .storeConditional(.i32)),
        Instruction("amoswap.w", 0x0800_202F, .amo, .atomic(.i32, "b", isInline: true)),
        Instruction("amoadd.w", 0x0000_202F, .amo, .atomic(.i32, "a &+ b")),
        Instruction("amoxor.w", 0x2000_202F, .amo, .atomic(.i32, "a ^ b")),
        Instruction("amoand.w", 0x6000_202F, .amo, .atomic(.i32, "a & b")),
        Instruction("amoor.w", 0x4000_202F, .amo, .atomic(.i32, "a | b")),
        Instruction("amomin.w", 0x8000_202F, .amo, .atomic(.i32, "smaller(a, word(b))")),
        Instruction("amomax.w", 0xA000_202F, .amo, .atomic(.i32, "larger(a, word(b))")),
        Instruction("amominu.w", 0xC000_202F, .amo, .atomic(.i32, "lower(a, word(b))")),
        Instruction("amomaxu.w", 0xE000_202F, .amo, .atomic(.i32, "upper(a, word(b))")),
      ]),
    InstructionGroup(
      title: "A: doublewords.",
      instructions: [
        Instruction("lr.d", 0x1000_302F, .loadReserved, .loadReserved(.u64)),
        Instruction("sc.d", 0x1800_302F, .amo, .storeConditional(.u64)),
        Instruction("amoswap.d", 0x0800_302F, .amo, .atomic(.u64, "b")),
        Instruction("amoadd.d", 0x0000_302F, .amo, .atomic(.u64, "a &+ b")),
        Instruction("amoxor.d", 0x2000_302F, .amo, .atomic(.u64, "a ^ b")),
        Instruction("amoand.d", 0x6000_302F, .amo, .atomic(.u64, "a & b")),
        Instruction("amoor.d", 0x4000_302F, .amo, .atomic(.u64, "a | b")),
        Instruction("amomin.d", 0x8000_302F, .amo, .atomic(.u64, "smaller(a, b)")),
        Instruction("amomax.d", 0xA000_302F, .amo, .atomic(.u64, "larger(a, b)")),
        Instruction("amominu.d", 0xC000_302F, .amo, .atomic(.u64, "lower(a, b)")),
        Instruction("amomaxu.d", 0xE000_302F, .amo, .atomic(.u64, "upper(a, b)")),
      ]),
    InstructionGroup(
      title: "Ordering.",
      instructions: [
        Instruction("fence", 0x0000_000F, .fence, .fence),
        Instruction("fence.i", 0x0000_100F, .fence, .system),
      ]),
    InstructionGroup(
      title: "Zicsr.",
      instructions: [
        Instruction("csrrw", 0x0000_1073, .csr, .csr),
        Instruction("csrrs", 0x0000_2073, .csr, .csr),
        Instruction("csrrc", 0x0000_3073, .csr, .csr),
        Instruction("csrrwi", 0x0000_5073, .csrImmediate, .csr),
        Instruction("csrrsi", 0x0000_6073, .csrImmediate, .csr),
        Instruction("csrrci", 0x0000_7073, .csrImmediate, .csr),
      ]),
    InstructionGroup(
      title: "The privileged architecture.",
      instructions: [
        Instruction("ecall", 0x0000_0073, .fixed, .system),
        Instruction("ebreak", 0x0010_0073, .fixed, .system),
        Instruction("sret", 0x1020_0073, .fixed, .system),
        Instruction("mret", 0x3020_0073, .fixed, .system),
        Instruction("wfi", 0x1050_0073, .fixed, .system),
        Instruction("sfence.vma", 0x1200_0073, .addressFence, .system),
      ]),
    InstructionGroup(
      title: "Zba: addresses.",
      instructions: [
        Instruction("add.uw", 0x0800_003B, .r, .value("unsignedWord(a) &+ b")),
        Instruction("sh1add", 0x2000_2033, .r, .value("(a &<< 1) &+ b")),
        Instruction("sh2add", 0x2000_4033, .r, .value("(a &<< 2) &+ b")),
        Instruction("sh3add", 0x2000_6033, .r, .value("(a &<< 3) &+ b")),
        Instruction("sh1add.uw", 0x2000_203B, .r, .value("(unsignedWord(a) &<< 1) &+ b")),
        Instruction("sh2add.uw", 0x2000_403B, .r, .value("(unsignedWord(a) &<< 2) &+ b")),
        Instruction("sh3add.uw", 0x2000_603B, .r, .value("(unsignedWord(a) &<< 3) &+ b")),
        Instruction("slli.uw", 0x0800_101B, .shift, .value("unsignedWord(a) &<< b")),
      ]),
    InstructionGroup(
      title: "Zbb: logic, comparisons, extensions.",
      instructions: [
        Instruction("andn", 0x4000_7033, .r, .value("a & ~b")),
        Instruction("orn", 0x4000_6033, .r, .value("a | ~b")),
        Instruction("xnor", 0x4000_4033, .r, .value("~(a ^ b)"), commutes: true),
        Instruction("min", 0x0A00_4033, .r, .value("smaller(a, b)"), commutes: true),
        Instruction("minu", 0x0A00_5033, .r, .value("lower(a, b)"), commutes: true),
        Instruction("max", 0x0A00_6033, .r, .value("larger(a, b)"), commutes: true),
        Instruction("maxu", 0x0A00_7033, .r, .value("upper(a, b)"), commutes: true),
        Instruction("sext.b", 0x6040_1013, .unary, .value("signExtended(Int8.self, a)")),
        Instruction("sext.h", 0x6050_1013, .unary, .value("signExtended(Int16.self, a)")),
        Instruction("zext.h", 0x0800_403B, .unary, .value("a & 0xFFFF")),
      ]),
    InstructionGroup(
      title: "Zbb: rotations, and what bits there are.",
      instructions: [
        Instruction("rol", 0x6000_1033, .r, .value("a &<< b | a &>> (0 &- b)", isInline: false)),
        Instruction("ror", 0x6000_5033, .r, .value("a &>> b | a &<< (0 &- b)", isInline: false)),
        Instruction("rori", 0x6000_5013, .shift, .value("a &>> b | a &<< (0 &- b)")),
        Instruction(
          "rolw", 0x6000_103B, .r, .value("BitManipulation.rotatedWord(a, left: b)", isInline: false)),
        Instruction(
          "rorw", 0x6000_503B, .r, .value("BitManipulation.rotatedWord(a, left: 0 &- b)", isInline: false)),
        Instruction(
          "roriw", 0x6000_501B, .shiftWord, .value("BitManipulation.rotatedWord(a, left: 0 &- b)")),
        Instruction("clz", 0x6000_1013, .unary, .value("BitManipulation.clz(a)", isInline: false)),
        Instruction("ctz", 0x6010_1013, .unary, .value("BitManipulation.ctz(a)", isInline: false)),
        Instruction("cpop", 0x6020_1013, .unary, .value("BitManipulation.cpop(a)", isInline: false)),
        Instruction("clzw", 0x6000_101B, .unary, .value("BitManipulation.clzw(a)", isInline: false)),
        Instruction("ctzw", 0x6010_101B, .unary, .value("BitManipulation.ctzw(a)", isInline: false)),
        Instruction("cpopw", 0x6020_101B, .unary, .value("BitManipulation.cpopw(a)", isInline: false)),
        Instruction("orc.b", 0x2870_5013, .unary, .value("BitManipulation.orcB(a)", isInline: false)),
        Instruction("rev8", 0x6B80_5013, .unary, .value("a.byteSwapped", isInline: false)),
      ]),
    InstructionGroup(
      title: "Zbs: one bit.",
      instructions: [
        Instruction("bclr", 0x4800_1033, .r, .value("a & ~(1 &<< b)")),
        Instruction("bext", 0x4800_5033, .r, .value("a &>> b & 1")),
        Instruction("binv", 0x6800_1033, .r, .value("a ^ 1 &<< b")),
        Instruction("bset", 0x2800_1033, .r, .value("a | 1 &<< b")),
        Instruction("bclri", 0x4800_1013, .shift, .value("a & ~(1 &<< b)")),
        Instruction("bexti", 0x4800_5013, .shift, .value("a &>> b & 1")),
        Instruction("binvi", 0x6800_1013, .shift, .value("a ^ 1 &<< b")),
        Instruction("bseti", 0x2800_1013, .shift, .value("a | 1 &<< b")),
      ]),
    InstructionGroup(
      title: "Zbc: multiplication without carries.",
      instructions: [
        Instruction(
          "clmul", 0x0A00_1033, .r, .value("BitManipulation.clmul(a, b)", isInline: false), commutes: true),
        Instruction(
          "clmulr", 0x0A00_2033, .r, .value("BitManipulation.clmulr(a, b)", isInline: false), commutes: true),
        Instruction(
          "clmulh", 0x0A00_3033, .r, .value("BitManipulation.clmulh(a, b)", isInline: false), commutes: true),
      ]),
    InstructionGroup(
      title: "Zicond: a value or zero.",
      instructions: [
        Instruction("czero.eqz", 0x0E00_5033, .r, .value("b == 0 ? 0 : a")),
        Instruction("czero.nez", 0x0E00_7033, .r, .value("b == 0 ? a : 0")),
      ]),
    InstructionGroup(
      title: "Zimop: what may become instructions. They write zero.",
      instructions: [
        Instruction("mop.r", 0x81C0_4073, .mopR, .value("0", isInline: false)),
        Instruction("mop.rr", 0x8200_4073, .mopRR, .value("0", isInline: false)),
      ]),
    InstructionGroup(
      title: "Zicbom and Zicboz: blocks of the cache.",
      instructions: [
        Instruction("cbo.inval", 0x0000_200F, .cacheBlock, .system),
        Instruction("cbo.clean", 0x0010_200F, .cacheBlock, .system),
        Instruction("cbo.flush", 0x0020_200F, .cacheBlock, .system),
        Instruction("cbo.zero", 0x0040_200F, .cacheBlock, .system),
      ]),
  ]
}

/// `["slli", "add"]` is `slliAdd`.
func lowerCamelCase(_ words: some Collection<some StringProtocol>) -> String {
  words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
}
