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

  /// rd = meaning(rs1, rs2). Those with one source register ignore the other number.
  static let ofRegisters = ofBase.merging(ofBits) { $1 }

  private static let ofBase: [String: Binary] = [
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

  /// The bits of a register, bit 0 first, and the register of such bits.
  private static func bits(_ x: UInt64) -> [Bool] { (0..<64).map { x / (1 << UInt64($0)) % 2 == 1 } }
  private static func value(_ bits: some Sequence<Bool>) -> UInt64 {
    zip(bits, 0..<64).reduce(0) { $0 + ($1.0 ? 1 << UInt64($1.1) : 0) }
  }

  /// `bits`, each at the place that is `count` higher; those that leave come in at the bottom.
  private static func rotated(_ bits: [Bool], _ count: UInt64) -> [Bool] {
    let cut = (bits.count - Int(count % UInt64(bits.count))) % bits.count
    return Array(bits[cut...] + bits[..<cut])
  }

  private static func rotatedWord(_ x: UInt64, _ count: UInt64) -> UInt64 {
    word(u(value(rotated(Array(bits(x)[..<32]), count))))
  }

  /// How many of `bits` come before the first that is set.
  private static func zeros(_ bits: some Collection<Bool>) -> UInt64 {
    UInt64(bits.prefix { !$0 }.count)
  }

  /// The bits of the product without carries, of which there are 127, bit 0 first.
  private static func product(_ x: UInt64, _ y: UInt64) -> [Bool] {
    let (x, y) = (bits(x), bits(y))
    return (0..<128).map { place in
      (0..<64).count { $0 <= place && place - $0 < 64 && x[$0] && y[place - $0] } % 2 == 1
    }
  }

  /// The register whose bytes are `change` of the bytes of `x`, each of them eight bits.
  private static func bytes(_ x: UInt64, _ change: ([Bool]) -> [Bool]) -> UInt64 {
    let set = bits(x)
    let changed: [[Bool]] = (0..<8).map { n in change(Array(set[8 * n..<8 * n + 8])) }
    return value(changed.flatMap { $0 })
  }

  private static func reversedBytes(_ x: UInt64) -> UInt64 {
    var (rest, reversed): (UInt64, UInt64) = (x, 0)
    for _ in 0..<8 { (rest, reversed) = (rest / 256, reversed << 8 | rest % 256) }
    return reversed
  }

  private static func single(_ x: UInt64) -> UInt64 { UInt64(power(x, 6)) }

  private static let ofBits: [String: Binary] = [
    "add.uw": { double(uw($0) + u($1)) },
    "sh1add": { double(u($0) * 2 + u($1)) },
    "sh2add": { double(u($0) * 4 + u($1)) },
    "sh3add": { double(u($0) * 8 + u($1)) },
    "sh1add.uw": { double(uw($0) * 2 + u($1)) },
    "sh2add.uw": { double(uw($0) * 4 + u($1)) },
    "sh3add.uw": { double(uw($0) * 8 + u($1)) },
    "andn": { value(zip(bits($0), bits($1)).map { $0 && !$1 }) },
    "orn": { value(zip(bits($0), bits($1)).map { $0 || !$1 }) },
    "xnor": { value(zip(bits($0), bits($1)).map { $0 == $1 }) },
    "min": { double(min(s($0), s($1))) },
    "minu": { double(min(u($0), u($1))) },
    "max": { double(max(s($0), s($1))) },
    "maxu": { double(max(u($0), u($1))) },
    "sext.b": { a, _ in double(s(a << 56) / (1 << 56)) },
    "sext.h": { a, _ in double(s(a << 48) / (1 << 48)) },
    "zext.h": { a, _ in a % 65536 },
    "rol": { value(rotated(bits($0), $1)) },
    "ror": { value(rotated(bits($0), 64 - $1 % 64)) },
    "rolw": { rotatedWord($0, $1) },
    "rorw": { rotatedWord($0, 32 - $1 % 32) },
    "clz": { a, _ in zeros(bits(a).reversed()) },
    "ctz": { a, _ in zeros(bits(a)) },
    "cpop": { a, _ in UInt64(bits(a).count { $0 }) },
    "clzw": { a, _ in zeros(bits(a)[..<32].reversed()) },
    "ctzw": { a, _ in zeros(bits(a)[..<32]) },
    "cpopw": { a, _ in UInt64(bits(a)[..<32].count { $0 }) },
    "orc.b": { a, _ in bytes(a) { $0.contains(true) ? [Bool](repeating: true, count: 8) : $0 } },
    "rev8": { a, _ in reversedBytes(a) },
    "bclr": { double(u($0) - u($0) / u(single($1)) % 2 * u(single($1))) },
    "bext": { double(u($0) / u(single($1)) % 2) },
    "binv": { bits($0)[Int($1 % 64)] ? $0 - single($1) : $0 + single($1) },
    "bset": { bits($0)[Int($1 % 64)] ? $0 : $0 + single($1) },
    "clmul": { value(product($0, $1)) },
    "clmulr": { value(product($0, $1)[63...]) },
    "clmulh": { value(product($0, $1)[64...]) },
    "czero.eqz": { $1 == 0 ? 0 : $0 },
    "czero.nez": { $1 != 0 ? 0 : $0 },
    "mop.r": { _, _ in 0 },
    "mop.rr": { _, _ in 0 },
  ]

  /// rd = meaning(rs1, constant), by mnemonic.
  static func ofConstant(_ mnemonic: String) -> Binary? {
    // There is no such instruction with two registers.
    if mnemonic == "slli.uw" { return { double(uw($0) * power($1, 6)) } }
    return ofConstants[mnemonic].flatMap { ofRegisters[$0] }
  }

  /// How large the constant of a shift is at most, and of others that name a bit.
  static func largestShift(_ mnemonic: String) -> Int64? {
    switch mnemonic {
    case "slliw", "srliw", "sraiw", "roriw": 31
    case "slli", "srli", "srai", "slli.uw", "rori", "bclri", "bexti", "binvi", "bseti": 63
    default: nil
    }
  }

  /// rd = meaning(rs1, constant): the same as with a register that holds the constant.
  static let ofConstants: [String: String] = [
    "addi": "add", "slti": "slt", "sltiu": "sltu", "xori": "xor", "ori": "or", "andi": "and", "slli": "sll",
    "srli": "srl", "srai": "sra", "addiw": "addw", "slliw": "sllw", "srliw": "srlw", "sraiw": "sraw",
    "slli.uw": "", "rori": "ror", "roriw": "rorw", "bclri": "bclr", "bexti": "bext", "binvi": "binv",
    "bseti": "bset",
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
