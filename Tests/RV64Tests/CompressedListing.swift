// The 16-bit encodings, stated a second time for the tests: the specification's "RVC Instruction Set
// Listings", those of Zcb and Zcmop, and for each instruction the 32-bit one that it stands for.

/// What a 16-bit encoding stands for, according to the listing.
enum CompressedMeaning: Equatable {
  /// The instruction named first is short for this 32-bit one.
  case expands(String, to: UInt32)
  /// No instruction of this hart, and why.
  case illegal(String)
}

struct CompressedRow: Sendable {
  let encoding: ListedEncoding
  /// The 32-bit instruction with its operands, each a number or a field: `addi rd=rd' rs1=2 imm=imm`. Nil
  /// if there is none.
  let expansion: String?
  /// A field whose value zero is reserved.
  let reservedZero: String?

  /// Nil if `halfword` is not of this row.
  func meaning(of halfword: UInt16) -> CompressedMeaning? {
    guard UInt32(halfword) & encoding.mask == encoding.match else { return nil }
    let fields = encoding.fields(of: UInt32(halfword))
    guard let expansion else { return .illegal(encoding.mnemonic) }
    if let reservedZero, fields[reservedZero] == 0 {
      return .illegal("\(encoding.mnemonic): reserved, \(reservedZero)=0")
    }
    let words = expansion.split(separator: " ")
    var operands: [String: Int64] = [:]
    for word in words.dropFirst() {
      let sides = word.split(separator: "=")
      if let number = Int64(sides[1]) {
        operands[String(sides[0])] = number
      } else {
        let field = String(sides[1])
        operands[String(sides[0])] = (fields[field] ?? 0) + (field.hasSuffix("'") ? 8 : 0)
      }
    }
    let word = InstructionListing.byMnemonic[String(words[0])]?.encode(operands) ?? 0
    return .expands(encoding.mnemonic, to: word)
  }
}

enum CompressedListing {
  static func meaning(of halfword: UInt16) -> CompressedMeaning? {
    for row in all {
      if let meaning = row.meaning(of: halfword) { return meaning }
    }
    return nil
  }

  /// Columns: the encoding; the name, `!field` after it if zero in that field is reserved; what it stands
  /// for. As in the specification's listing, a halfword is of the first row that it fits.
  static let all: [CompressedRow] = text.split(separator: "\n").map { line in
    let columns = line.split(separator: ";").map { $0.split(separator: " ") }
    let mark = columns[1].first { $0.hasPrefix("!") }
    let name = columns[1].filter { $0 != mark }.joined(separator: " ")
    return CompressedRow(
      encoding: ListedEncoding(name, columns[0].joined(separator: " ")),
      expansion: columns.count > 2 ? columns[2].joined(separator: " ") : nil,
      reservedZero: mark.map { String($0.dropFirst()) })
  }

  private static let text = """
    000 00000000 000 00                  ; defined to be illegal
    000 uimm[5:4|9:6|2|3] rd' 00         ; c.addi4spn !uimm ; addi rd=rd' rs1=2 imm=uimm
    001 --- --- -- --- 00                ; c.fld, without D
    010 uimm[5:3] rs1' uimm[2|6] rd' 00  ; c.lw ; lw rd=rd' rs1=rs1' imm=uimm
    011 uimm[5:3] rs1' uimm[7:6] rd' 00  ; c.ld ; ld rd=rd' rs1=rs1' imm=uimm
    100 000 rs1' uimm[0|1] rd' 00        ; c.lbu ; lbu rd=rd' rs1=rs1' imm=uimm
    100 001 rs1' 0 uimm[1] rd' 00        ; c.lhu ; lhu rd=rd' rs1=rs1' imm=uimm
    100 001 rs1' 1 uimm[1] rd' 00        ; c.lh ; lh rd=rd' rs1=rs1' imm=uimm
    100 010 rs1' uimm[0|1] rs2' 00       ; c.sb ; sb rs2=rs2' rs1=rs1' imm=uimm
    100 011 rs1' 0 uimm[1] rs2' 00       ; c.sh ; sh rs2=rs2' rs1=rs1' imm=uimm
    100 011 --- 1 - --- 00               ; reserved
    100 1 ---------- 00                   ; reserved
    101 --- --- -- --- 00                ; c.fsd, without D
    110 uimm[5:3] rs1' uimm[2|6] rs2' 00 ; c.sw ; sw rs2=rs2' rs1=rs1' imm=uimm
    111 uimm[5:3] rs1' uimm[7:6] rs2' 00 ; c.sd ; sd rs2=rs2' rs1=rs1' imm=uimm
    000 imm[5] 00000 imm[4:0] 01         ; c.nop ; addi rd=0 rs1=0 imm=imm
    000 imm[5] rd imm[4:0] 01            ; c.addi ; addi rd=rd rs1=rd imm=imm
    001 imm[5] rd imm[4:0] 01            ; c.addiw !rd ; addiw rd=rd rs1=rd imm=imm
    010 imm[5] rd imm[4:0] 01            ; c.li ; addi rd=rd rs1=0 imm=imm
    011 imm[9] 00010 imm[4|6|8:7|5] 01   ; c.addi16sp !imm ; addi rd=2 rs1=2 imm=imm
    011 0 0 n[2:0] 1 00000 01            ; c.mop ; addi rd=0 rs1=0 imm=0
    011 imm[17] rd imm[16:12] 01         ; c.lui !imm ; lui rd=rd imm=imm
    100 shamt[5] 00 rd' shamt[4:0] 01    ; c.srli ; srli rd=rd' rs1=rd' shamt=shamt
    100 shamt[5] 01 rd' shamt[4:0] 01    ; c.srai ; srai rd=rd' rs1=rd' shamt=shamt
    100 imm[5] 10 rd' imm[4:0] 01        ; c.andi ; andi rd=rd' rs1=rd' imm=imm
    100 0 11 rd' 00 rs2' 01              ; c.sub ; sub rd=rd' rs1=rd' rs2=rs2'
    100 0 11 rd' 01 rs2' 01              ; c.xor ; xor rd=rd' rs1=rd' rs2=rs2'
    100 0 11 rd' 10 rs2' 01              ; c.or ; or rd=rd' rs1=rd' rs2=rs2'
    100 0 11 rd' 11 rs2' 01              ; c.and ; and rd=rd' rs1=rd' rs2=rs2'
    100 1 11 rd' 00 rs2' 01              ; c.subw ; subw rd=rd' rs1=rd' rs2=rs2'
    100 1 11 rd' 01 rs2' 01              ; c.addw ; addw rd=rd' rs1=rd' rs2=rs2'
    100 1 11 rd' 10 rs2' 01              ; c.mul ; mul rd=rd' rs1=rd' rs2=rs2'
    100 1 11 rd' 11 000 01               ; c.zext.b ; andi rd=rd' rs1=rd' imm=255
    100 1 11 rd' 11 001 01               ; c.sext.b ; sext.b rd=rd' rs1=rd'
    100 1 11 rd' 11 010 01               ; c.zext.h ; zext.h rd=rd' rs1=rd'
    100 1 11 rd' 11 011 01               ; c.sext.h ; sext.h rd=rd' rs1=rd'
    100 1 11 rd' 11 100 01               ; c.zext.w ; add.uw rd=rd' rs1=rd' rs2=0
    100 1 11 rd' 11 101 01               ; c.not ; xori rd=rd' rs1=rd' imm=-1
    100 1 11 --- 11 11 - 01              ; reserved
    101 imm[11|4|9:8|10|6|7|3:1|5] 01    ; c.j ; jal rd=0 imm=imm
    110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01 ; c.beqz ; beq rs1=rs1' rs2=0 imm=imm
    111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01 ; c.bnez ; bne rs1=rs1' rs2=0 imm=imm
    000 shamt[5] rd shamt[4:0] 10        ; c.slli ; slli rd=rd rs1=rd shamt=shamt
    001 ----------- 10                   ; c.fldsp, without D
    010 uimm[5] rd uimm[4:2|7:6] 10      ; c.lwsp !rd ; lw rd=rd rs1=2 imm=uimm
    011 uimm[5] rd uimm[4:3|8:6] 10      ; c.ldsp !rd ; ld rd=rd rs1=2 imm=uimm
    100 0 rs1 00000 10                   ; c.jr !rs1 ; jalr rd=0 rs1=rs1 imm=0
    100 0 rd rs2 10                      ; c.mv ; add rd=rd rs1=0 rs2=rs2
    100 1 00000 00000 10                 ; c.ebreak ; ebreak
    100 1 rs1 00000 10                   ; c.jalr ; jalr rd=1 rs1=rs1 imm=0
    100 1 rd rs2 10                      ; c.add ; add rd=rd rs1=rd rs2=rs2
    101 ----------- 10                   ; c.fsdsp, without D
    110 uimm[5:2|7:6] rs2 10             ; c.swsp ; sw rs2=rs2 rs1=2 imm=uimm
    111 uimm[5:3|8:6] rs2 10             ; c.sdsp ; sd rs2=rs2 rs1=2 imm=uimm
    """
}
