// What instructions do, stated a second time for the tests: one line a mnemonic, in arithmetic wide enough
// that nothing wraps before the result is cut to size. Nothing here is shared with Sources/RV64.

enum InstructionMeaning {
  /// A register's value as a signed number, and as an unsigned one.
  private static func s(_ x: UInt64) -> Int128 { Int128(Int64(bitPattern: x)) }
  private static func u(_ x: UInt64) -> Int128 { Int128(x) }

  /// The low 32 bits of a register as a signed number, and as an unsigned one.
  private static func sw(_ x: UInt64) -> Int128 { Int128(Int32(truncatingIfNeeded: x)) }
  private static func uw(_ x: UInt64) -> Int128 { Int128(UInt32(truncatingIfNeeded: x)) }

  /// The result that a register takes: the low 64 bits, or the low 32, sign-extended.
  private static func double(_ x: Int128) -> UInt64 { UInt64(truncatingIfNeeded: x) }
  private static func word(_ x: Int128) -> UInt64 { UInt64(truncatingIfNeeded: Int32(truncatingIfNeeded: x)) }

  /// 2 to the power that the low `bits` bits of `x` say.
  private static func power(_ x: UInt64, _ bits: UInt64) -> Int128 { 1 << Int128(x % (1 << bits)) }

  /// The quotient rounded towards minus infinity: what an arithmetic shift to the right gives.
  private static func floor(_ x: Int128, _ divisor: Int128) -> Int128 {
    x % divisor < 0 ? x / divisor - 1 : x / divisor
  }

  /// "The quotient of division by zero has all bits set, and the remainder equals the dividend."
  private static func quotient(_ x: Int128, _ y: Int128) -> Int128 { y == 0 ? -1 : x / y }
  private static func remainder(_ x: Int128, _ y: Int128) -> Int128 { y == 0 ? x : x - (x / y) * y }

  typealias Binary = @Sendable (_ a: UInt64, _ b: UInt64) -> UInt64

  /// rd = meaning(rs1, rs2).
  static let ofRegisters: [String: Binary] = [
    "add": { double(u($0) + u($1)) },
    "sub": { double(u($0) - u($1)) },
    "sll": { double(u($0) * power($1, 6)) },
    "slt": { s($0) < s($1) ? 1 : 0 },
    "sltu": { u($0) < u($1) ? 1 : 0 },
    "xor": { $0 ^ $1 },
    "srl": { double(u($0) / power($1, 6)) },
    "sra": { double(floor(s($0), power($1, 6))) },
    "or": { $0 | $1 },
    "and": { $0 & $1 },
    "addw": { word(sw($0) + sw($1)) },
    "subw": { word(sw($0) - sw($1)) },
    "sllw": { word(uw($0) * power($1, 5)) },
    "srlw": { word(uw($0) / power($1, 5)) },
    "sraw": { word(floor(sw($0), power($1, 5))) },
    "mul": { double(s($0) * s($1)) },
    "mulh": { double(floor(s($0) * s($1), 1 << 64)) },
    "mulhsu": { double(floor(s($0) * u($1), 1 << 64)) },
    "mulhu": { UInt64(truncatingIfNeeded: (UInt128($0) * UInt128($1)) / (1 << 64)) },
    "div": { double(quotient(s($0), s($1))) },
    "divu": { double(quotient(u($0), u($1))) },
    "rem": { double(remainder(s($0), s($1))) },
    "remu": { double(remainder(u($0), u($1))) },
    "mulw": { word(sw($0) * sw($1)) },
    "divw": { word(quotient(sw($0), sw($1))) },
    "divuw": { word(quotient(uw($0), uw($1))) },
    "remw": { word(remainder(sw($0), sw($1))) },
    "remuw": { word(remainder(uw($0), uw($1))) },
  ]

  /// rd = meaning(rs1, constant): the same as with a register that holds the constant.
  static let ofConstants: [String: String] = [
    "addi": "add", "slti": "slt", "sltiu": "sltu", "xori": "xor", "ori": "or", "andi": "and", "slli": "sll",
    "srli": "srl", "srai": "sra", "addiw": "addw", "slliw": "sllw", "srliw": "srlw", "sraiw": "sraw",
  ]

  /// Whether the branch is taken.
  static let ofBranches: [String: @Sendable (_ a: UInt64, _ b: UInt64) -> Bool] = [
    "beq": { $0 == $1 }, "bne": { $0 != $1 },
    "blt": { s($0) < s($1) }, "bge": { s($0) >= s($1) },
    "bltu": { u($0) < u($1) }, "bgeu": { u($0) >= u($1) },
  ]

  /// Bytes, and what the register makes of them.
  static let ofLoads: [String: (count: Int, extend: @Sendable (UInt64) -> UInt64)] = [
    "lb": (1, { UInt64(truncatingIfNeeded: Int8(truncatingIfNeeded: $0)) }),
    "lh": (2, { UInt64(truncatingIfNeeded: Int16(truncatingIfNeeded: $0)) }),
    "lw": (4, { UInt64(truncatingIfNeeded: Int32(truncatingIfNeeded: $0)) }),
    "ld": (8, { $0 }),
    "lbu": (1, { $0 & 0xff }),
    "lhu": (2, { $0 & 0xffff }),
    "lwu": (4, { $0 & 0xffff_ffff }),
  ]

  static let ofStores: [String: Int] = ["sb": 1, "sh": 2, "sw": 4, "sd": 8]

  /// What an AMO on a doubleword leaves in memory, given what was there and rs2.
  static let ofDoubleAtomics: [String: Binary] = [
    "amoswap.d": { $1 },
    "amoadd.d": { double(u($0) + u($1)) },
    "amoxor.d": { $0 ^ $1 },
    "amoand.d": { $0 & $1 },
    "amoor.d": { $0 | $1 },
    "amomin.d": { double(min(s($0), s($1))) },
    "amomax.d": { double(max(s($0), s($1))) },
    "amominu.d": { double(min(u($0), u($1))) },
    "amomaxu.d": { double(max(u($0), u($1))) },
  ]

  /// The same on a word; only the low 32 bits count.
  static let ofWordAtomics: [String: Binary] = [
    "amoswap.w": { $1 },
    "amoadd.w": { double(uw($0) + uw($1)) },
    "amoxor.w": { $0 ^ $1 },
    "amoand.w": { $0 & $1 },
    "amoor.w": { $0 | $1 },
    "amomin.w": { double(min(sw($0), sw($1))) },
    "amomax.w": { double(max(sw($0), sw($1))) },
    "amominu.w": { double(min(uw($0), uw($1))) },
    "amomaxu.w": { double(max(uw($0), uw($1))) },
  ]

  /// Values at which arithmetic turns: around zero, and around the ends of 32 and 64 bits, signed and
  /// unsigned.
  static let edges: [UInt64] = [
    0, 1, 2, 3, 5, 31, 32, 33, 63, 64, 65, 0x7ff, 0x800,
    0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001,
    0x7fff_ffff_8000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0x8000_0000_0000_0001,
    0x8000_0000_7fff_ffff, 0xffff_ffff_7fff_ffff, 0xffff_ffff_8000_0000, 0xffff_ffff_8000_0001,
    0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210,
  ]
}
