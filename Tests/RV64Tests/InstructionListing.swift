// The encodings, stated a second time for the tests: the unprivileged specification's "Instruction Set
// Listings" as text, bit 31 first, and a reader of that text. Nothing here is shared with Sources/RV64.

/// A row of a listing: `imm[11:0] rs1 000 rd 0000011 lb`.
struct ListedEncoding: Sendable {
  /// A run of bits in the encoding.
  enum Piece: Sendable {
    /// Bits that must be as given.
    case fixed([Bool])
    /// Bits that mean nothing.
    case ignored(Int)
    /// Bits of a field: which bit of the field each is, from the left.
    case field(String, [Int])
  }

  let mnemonic: String
  let pieces: [Piece]
  /// The bits that are fixed, and what they are.
  let mask: UInt32
  let match: UInt32

  /// Reads `encoding`. A word of 0 and 1 is fixed, one of `-` is ignored; `name[5:4|9:6]` are these bits of a
  /// field, and `rd`, `rs1` and `rs2` are five bits, with a prime three.
  init(_ mnemonic: String, _ encoding: some StringProtocol) {
    self.mnemonic = mnemonic
    let pieces: [Piece] = encoding.split(separator: " ").map { word in
      if word.allSatisfy({ $0 == "0" || $0 == "1" }) { return .fixed(word.map { $0 == "1" }) }
      if word.allSatisfy({ $0 == "-" }) { return .ignored(word.count) }
      guard let bracket = word.firstIndex(of: "[") else {
        return .field(String(word), Array((0..<(word.hasSuffix("'") ? 3 : 5)).reversed()))
      }
      let bits = word[word.index(after: bracket)...].dropLast().split(separator: "|").flatMap { range in
        let ends = range.split(separator: ":").compactMap { Int($0) }
        return Array((ends[ends.count - 1]...ends[0]).reversed())
      }
      return .field(String(word[..<bracket]), bits)
    }
    var (mask, match): (UInt32, UInt32) = (0, 0)
    for piece in pieces {
      switch piece {
      case .fixed(let bits):
        for bit in bits { (mask, match) = (mask << 1 | 1, match << 1 | (bit ? 1 : 0)) }
      case .ignored(let count): (mask, match) = (mask << UInt32(count), match << UInt32(count))
      case .field(_, let bits): (mask, match) = (mask << UInt32(bits.count), match << UInt32(bits.count))
      }
    }
    (self.pieces, self.mask, self.match) = (pieces, mask, match)
  }

  var width: Int {
    pieces.reduce(0) { sum, piece in
      switch piece {
      case .fixed(let bits): sum + bits.count
      case .ignored(let count): sum + count
      case .field(_, let bits): sum + bits.count
      }
    }
  }

  /// The fields of `word`, each bit put where the row says. Fields named `imm` are signed.
  func fields(of word: UInt32) -> [String: Int64] {
    var fields: [String: Int64] = [:]
    var highest: [String: Int] = [:]
    var position = width
    for piece in pieces {
      switch piece {
      case .fixed(let bits): position -= bits.count
      case .ignored(let count): position -= count
      case .field(let name, let bits):
        for bit in bits {
          position -= 1
          fields[name, default: 0] += Int64(word >> UInt32(position) & 1) << Int64(bit)
          highest[name] = max(highest[name] ?? 0, bit)
        }
      }
    }
    if let value = fields["imm"], let top = highest["imm"], value >> Int64(top) != 0 {
      fields["imm"] = value - 1 << Int64(top + 1)
    }
    return fields
  }

  /// The encoding with these fields; fields that are not named, and ignored bits, are zero.
  func encode(_ fields: [String: Int64]) -> UInt32 {
    var word: UInt32 = 0
    for piece in pieces {
      switch piece {
      case .fixed(let bits): for bit in bits { word = word << 1 | (bit ? 1 : 0) }
      case .ignored(let count): word <<= UInt32(count)
      case .field(let name, let bits):
        for bit in bits { word = word << 1 | UInt32((fields[name] ?? 0) >> Int64(bit) & 1) }
      }
    }
    return word
  }
}

/// RV64I, M, A, Zifencei, Zicsr, the privileged instructions of a hart with M, S and U, Zba, Zbb, Zbs, Zbc,
/// Zicond, Zimop, Zicbom and Zicboz.
enum InstructionListing {
  static let all: [ListedEncoding] = text.split(separator: "\n").map { line in
    let words = line.split(separator: " ")
    return ListedEncoding(String(words[words.count - 1]), words.dropLast().joined(separator: " "))
  }

  static let byMnemonic = Dictionary(uniqueKeysWithValues: all.map { ($0.mnemonic, $0) })

  /// The rows by their lowest seven bits.
  private static let byOpcode = Dictionary(grouping: all) { $0.match & 0x7f }

  /// The row whose fixed bits `word` has.
  static func find(_ word: UInt32) -> ListedEncoding? {
    byOpcode[word & 0x7f]?.first { word & $0.mask == $0.match }
  }

  /// The word for `mnemonic` with these fields, `imm` being any of the constant's names. Zero (which is
  /// illegal) if there is no such mnemonic.
  static func encode(
    _ mnemonic: String, rd: Int = 0, rs1: Int = 0, rs2: Int = 0, imm: Int64 = 0, aqrl: Int64 = 0
  ) -> UInt32 {
    byMnemonic[mnemonic]?.encode([
      "rd": Int64(rd), "rs1": Int64(rs1), "rs2": Int64(rs2), "imm": imm, "shamt": imm, "csr": imm,
      "zimm": Int64(rs1), "order": imm, "aqrl": aqrl,
    ]) ?? 0
  }

  private static let text = """
    imm[31:12]                          rd          0110111 lui
    imm[31:12]                          rd          0010111 auipc
    imm[20|10:1|11|19:12]               rd          1101111 jal
    imm[11:0]           rs1   000       rd          1100111 jalr
    imm[12|10:5]  rs2   rs1   000       imm[4:1|11] 1100011 beq
    imm[12|10:5]  rs2   rs1   001       imm[4:1|11] 1100011 bne
    imm[12|10:5]  rs2   rs1   100       imm[4:1|11] 1100011 blt
    imm[12|10:5]  rs2   rs1   101       imm[4:1|11] 1100011 bge
    imm[12|10:5]  rs2   rs1   110       imm[4:1|11] 1100011 bltu
    imm[12|10:5]  rs2   rs1   111       imm[4:1|11] 1100011 bgeu
    imm[11:0]           rs1   000       rd          0000011 lb
    imm[11:0]           rs1   001       rd          0000011 lh
    imm[11:0]           rs1   010       rd          0000011 lw
    imm[11:0]           rs1   100       rd          0000011 lbu
    imm[11:0]           rs1   101       rd          0000011 lhu
    imm[11:5]     rs2   rs1   000       imm[4:0]    0100011 sb
    imm[11:5]     rs2   rs1   001       imm[4:0]    0100011 sh
    imm[11:5]     rs2   rs1   010       imm[4:0]    0100011 sw
    imm[11:0]           rs1   000       rd          0010011 addi
    imm[11:0]           rs1   010       rd          0010011 slti
    imm[11:0]           rs1   011       rd          0010011 sltiu
    imm[11:0]           rs1   100       rd          0010011 xori
    imm[11:0]           rs1   110       rd          0010011 ori
    imm[11:0]           rs1   111       rd          0010011 andi
    0000000       rs2   rs1   000       rd          0110011 add
    0100000       rs2   rs1   000       rd          0110011 sub
    0000000       rs2   rs1   001       rd          0110011 sll
    0000000       rs2   rs1   010       rd          0110011 slt
    0000000       rs2   rs1   011       rd          0110011 sltu
    0000000       rs2   rs1   100       rd          0110011 xor
    0000000       rs2   rs1   101       rd          0110011 srl
    0100000       rs2   rs1   101       rd          0110011 sra
    0000000       rs2   rs1   110       rd          0110011 or
    0000000       rs2   rs1   111       rd          0110011 and
    order[11:0]         ----- 000       -----       0001111 fence
    00000000 0000       00000 000       00000       1110011 ecall
    00000000 0001       00000 000       00000       1110011 ebreak
    imm[11:0]           rs1   110       rd          0000011 lwu
    imm[11:0]           rs1   011       rd          0000011 ld
    imm[11:5]     rs2   rs1   011       imm[4:0]    0100011 sd
    000000 shamt[5:0]   rs1   001       rd          0010011 slli
    000000 shamt[5:0]   rs1   101       rd          0010011 srli
    010000 shamt[5:0]   rs1   101       rd          0010011 srai
    imm[11:0]           rs1   000       rd          0011011 addiw
    0000000 shamt[4:0]  rs1   001       rd          0011011 slliw
    0000000 shamt[4:0]  rs1   101       rd          0011011 srliw
    0100000 shamt[4:0]  rs1   101       rd          0011011 sraiw
    0000000       rs2   rs1   000       rd          0111011 addw
    0100000       rs2   rs1   000       rd          0111011 subw
    0000000       rs2   rs1   001       rd          0111011 sllw
    0000000       rs2   rs1   101       rd          0111011 srlw
    0100000       rs2   rs1   101       rd          0111011 sraw
    order[11:0]         ----- 001       -----       0001111 fence.i
    csr[11:0]           rs1   001       rd          1110011 csrrw
    csr[11:0]           rs1   010       rd          1110011 csrrs
    csr[11:0]           rs1   011       rd          1110011 csrrc
    csr[11:0]       zimm[4:0] 101       rd          1110011 csrrwi
    csr[11:0]       zimm[4:0] 110       rd          1110011 csrrsi
    csr[11:0]       zimm[4:0] 111       rd          1110011 csrrci
    0000001       rs2   rs1   000       rd          0110011 mul
    0000001       rs2   rs1   001       rd          0110011 mulh
    0000001       rs2   rs1   010       rd          0110011 mulhsu
    0000001       rs2   rs1   011       rd          0110011 mulhu
    0000001       rs2   rs1   100       rd          0110011 div
    0000001       rs2   rs1   101       rd          0110011 divu
    0000001       rs2   rs1   110       rd          0110011 rem
    0000001       rs2   rs1   111       rd          0110011 remu
    0000001       rs2   rs1   000       rd          0111011 mulw
    0000001       rs2   rs1   100       rd          0111011 divw
    0000001       rs2   rs1   101       rd          0111011 divuw
    0000001       rs2   rs1   110       rd          0111011 remw
    0000001       rs2   rs1   111       rd          0111011 remuw
    00010 aqrl[1:0] 00000 rs1 010       rd          0101111 lr.w
    00011 aqrl[1:0] rs2 rs1   010       rd          0101111 sc.w
    00001 aqrl[1:0] rs2 rs1   010       rd          0101111 amoswap.w
    00000 aqrl[1:0] rs2 rs1   010       rd          0101111 amoadd.w
    00100 aqrl[1:0] rs2 rs1   010       rd          0101111 amoxor.w
    01100 aqrl[1:0] rs2 rs1   010       rd          0101111 amoand.w
    01000 aqrl[1:0] rs2 rs1   010       rd          0101111 amoor.w
    10000 aqrl[1:0] rs2 rs1   010       rd          0101111 amomin.w
    10100 aqrl[1:0] rs2 rs1   010       rd          0101111 amomax.w
    11000 aqrl[1:0] rs2 rs1   010       rd          0101111 amominu.w
    11100 aqrl[1:0] rs2 rs1   010       rd          0101111 amomaxu.w
    00010 aqrl[1:0] 00000 rs1 011       rd          0101111 lr.d
    00011 aqrl[1:0] rs2 rs1   011       rd          0101111 sc.d
    00001 aqrl[1:0] rs2 rs1   011       rd          0101111 amoswap.d
    00000 aqrl[1:0] rs2 rs1   011       rd          0101111 amoadd.d
    00100 aqrl[1:0] rs2 rs1   011       rd          0101111 amoxor.d
    01100 aqrl[1:0] rs2 rs1   011       rd          0101111 amoand.d
    01000 aqrl[1:0] rs2 rs1   011       rd          0101111 amoor.d
    10000 aqrl[1:0] rs2 rs1   011       rd          0101111 amomin.d
    10100 aqrl[1:0] rs2 rs1   011       rd          0101111 amomax.d
    11000 aqrl[1:0] rs2 rs1   011       rd          0101111 amominu.d
    11100 aqrl[1:0] rs2 rs1   011       rd          0101111 amomaxu.d
    0001000       00010 00000 000       00000       1110011 sret
    0011000       00010 00000 000       00000       1110011 mret
    0001000       00101 00000 000       00000       1110011 wfi
    0001001       rs2   rs1   000       00000       1110011 sfence.vma
    0000100       rs2   rs1   000       rd          0111011 add.uw
    0010000       rs2   rs1   010       rd          0110011 sh1add
    0010000       rs2   rs1   100       rd          0110011 sh2add
    0010000       rs2   rs1   110       rd          0110011 sh3add
    0010000       rs2   rs1   010       rd          0111011 sh1add.uw
    0010000       rs2   rs1   100       rd          0111011 sh2add.uw
    0010000       rs2   rs1   110       rd          0111011 sh3add.uw
    000010 shamt[5:0]   rs1   001       rd          0011011 slli.uw
    0100000       rs2   rs1   111       rd          0110011 andn
    0100000       rs2   rs1   110       rd          0110011 orn
    0100000       rs2   rs1   100       rd          0110011 xnor
    0110000       00000 rs1   001       rd          0010011 clz
    0110000       00001 rs1   001       rd          0010011 ctz
    0110000       00010 rs1   001       rd          0010011 cpop
    0110000       00000 rs1   001       rd          0011011 clzw
    0110000       00001 rs1   001       rd          0011011 ctzw
    0110000       00010 rs1   001       rd          0011011 cpopw
    0000101       rs2   rs1   100       rd          0110011 min
    0000101       rs2   rs1   101       rd          0110011 minu
    0000101       rs2   rs1   110       rd          0110011 max
    0000101       rs2   rs1   111       rd          0110011 maxu
    0110000       00100 rs1   001       rd          0010011 sext.b
    0110000       00101 rs1   001       rd          0010011 sext.h
    0000100       00000 rs1   100       rd          0111011 zext.h
    0110000       rs2   rs1   001       rd          0110011 rol
    0110000       rs2   rs1   101       rd          0110011 ror
    0110000       rs2   rs1   001       rd          0111011 rolw
    0110000       rs2   rs1   101       rd          0111011 rorw
    011000 shamt[5:0]   rs1   101       rd          0010011 rori
    0110000 shamt[4:0]  rs1   101       rd          0011011 roriw
    001010 000111       rs1   101       rd          0010011 orc.b
    011010 111000       rs1   101       rd          0010011 rev8
    0100100       rs2   rs1   001       rd          0110011 bclr
    0100100       rs2   rs1   101       rd          0110011 bext
    0110100       rs2   rs1   001       rd          0110011 binv
    0010100       rs2   rs1   001       rd          0110011 bset
    010010 shamt[5:0]   rs1   001       rd          0010011 bclri
    010010 shamt[5:0]   rs1   101       rd          0010011 bexti
    011010 shamt[5:0]   rs1   001       rd          0010011 binvi
    001010 shamt[5:0]   rs1   001       rd          0010011 bseti
    0000101       rs2   rs1   001       rd          0110011 clmul
    0000101       rs2   rs1   010       rd          0110011 clmulr
    0000101       rs2   rs1   011       rd          0110011 clmulh
    0000111       rs2   rs1   101       rd          0110011 czero.eqz
    0000111       rs2   rs1   111       rd          0110011 czero.nez
    1 n[4] 00 n[3:2] 0111 n[1:0] rs1 100 rd         1110011 mop.r
    1 n[2] 00 n[1:0] 1 rs2 rs1 100      rd          1110011 mop.rr
    0000000       00000 rs1   010       00000       0001111 cbo.inval
    0000000       00001 rs1   010       00000       0001111 cbo.clean
    0000000       00010 rs1   010       00000       0001111 cbo.flush
    0000000       00100 rs1   010       00000       0001111 cbo.zero
    """
}
