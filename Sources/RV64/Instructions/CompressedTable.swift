/// The format of a 16-bit instruction (unprivileged specification, chapter "C"): where its operands lie.
/// Three-bit register fields, written rd', rs1', rs2', name x8...x15.
package enum CompressedFormat: Sendable {
  /// rd', x2, constant in [12:5] = imm[5:4|9:6|2|3]
  case addi4spn
  /// rd', rs1', offset in [12:10],[6:5] = imm[5:3],[2|6]
  case loadWord
  /// rd', rs1', offset in [12:10],[6:5] = imm[5:3],[7:6]
  case loadDouble
  /// rs2', rs1', offset as `loadWord`
  case storeWord
  /// rs2', rs1', offset as `loadDouble`
  case storeDouble
  /// rd = rs1, signed constant in [12],[6:2]
  case immediate
  /// rd, x0, signed constant in [12],[6:2]
  case loadImmediate
  /// x2, x2, signed constant in [12],[6:2] = imm[9],[4|6|8:7|5]
  case addi16sp
  /// rd, signed constant in [12],[6:2] = imm[17],[16:12]
  case upperImmediate
  /// rd = rs1, shift amount in [12],[6:2]
  case shift
  /// rd' = rs1', shift amount in [12],[6:2]
  case shiftShort
  /// rd' = rs1', signed constant in [12],[6:2]
  case immediateShort
  /// rd' = rs1', rs2'
  case registersShort
  /// x0, offset in [12:2] = imm[11|4|9:8|10|6|7|3:1|5]
  case jump
  /// rs1', x0, offset in [12:10],[6:2] = imm[8|4:3],[7:6|2:1|5]
  case branch
  /// rd, x2, offset in [12],[6:2] = imm[5],[4:2|7:6]
  case loadWordStack
  /// rd, x2, offset in [12],[6:2] = imm[5],[4:3|8:6]
  case loadDoubleStack
  /// rs2, x2, offset in [12:7] = imm[5:2|7:6]
  case storeWordStack
  /// rs2, x2, offset in [12:7] = imm[5:3|8:6]
  case storeDoubleStack
  /// x0, rs1, 0
  case jumpRegister
  /// x1, rs1, 0
  case callRegister
  /// rd, x0, rs2
  case move
  /// rd = rs1, rs2
  case registers
  /// rd', rs1', offset in [6:5] = imm[0|1]
  case loadByte
  /// rd', rs1', offset in [5] = imm[1]
  case loadHalf
  /// rs2', rs1', offset as `loadByte`
  case storeByte
  /// rs2', rs1', offset as `loadHalf`
  case storeHalf
  /// rd' = rs1'
  case registerShort
  /// rd' = rs1', 255
  case lowByteShort
  /// rd' = rs1', -1
  case invertedShort
  /// All 16 bits are fixed, but for those in which a HINT may differ
  case fixed
}

/// One 16-bit instruction. A halfword is this one if `halfword & mask == match` and no earlier entry fits,
/// unless `reserved` says that this code point is no instruction.
package struct CompressedInstruction: Sendable {
  /// Code points that the specification reserves within an instruction's encoding space.
  enum Reserved: Sendable {
    case none
    case whereConstantIsZero
    /// If the register in [11:7] is x0.
    case whereRegisterIsZero
  }

  package let mnemonic: StaticString
  package let match: UInt16
  package let mask: UInt16
  package let format: CompressedFormat
  package let operation: Operation
  let reserved: Reserved

  init(
    _ mnemonic: StaticString, _ match: UInt16, _ mask: UInt16, _ format: CompressedFormat,
    _ operation: Operation,
    reserved: Reserved = .none
  ) {
    self.mnemonic = mnemonic
    self.match = match
    self.mask = mask
    self.format = format
    self.operation = operation
    self.reserved = reserved
  }
}

/// Every 16-bit instruction of RV64C without floating point, of Zcb and of Zcmop. HINTs are legal and do
/// nothing, because their destination is x0 or they change nothing. Reserved code points are illegal.
package enum CompressedTable {
  package static let all: [CompressedInstruction] = [
    CompressedInstruction("c.addi4spn", 0x0000, 0xE003, .addi4spn, .addi, reserved: .whereConstantIsZero),
    CompressedInstruction("c.lw", 0x4000, 0xE003, .loadWord, .lw),
    CompressedInstruction("c.ld", 0x6000, 0xE003, .loadDouble, .ld),
    CompressedInstruction("c.sw", 0xC000, 0xE003, .storeWord, .sw),
    CompressedInstruction("c.sd", 0xE000, 0xE003, .storeDouble, .sd),
    CompressedInstruction("c.lbu", 0x8000, 0xFC03, .loadByte, .lbu),
    CompressedInstruction("c.lhu", 0x8400, 0xFC43, .loadHalf, .lhu),
    CompressedInstruction("c.lh", 0x8440, 0xFC43, .loadHalf, .lh),
    CompressedInstruction("c.sb", 0x8800, 0xFC03, .storeByte, .sb),
    CompressedInstruction("c.sh", 0x8C00, 0xFC43, .storeHalf, .sh),

    CompressedInstruction("c.nop", 0x0001, 0xEF83, .immediate, .addi),
    CompressedInstruction("c.addi", 0x0001, 0xE003, .immediate, .addi),
    CompressedInstruction("c.addiw", 0x2001, 0xE003, .immediate, .addiw, reserved: .whereRegisterIsZero),
    CompressedInstruction("c.li", 0x4001, 0xE003, .loadImmediate, .addi),
    CompressedInstruction("c.addi16sp", 0x6101, 0xEF83, .addi16sp, .addi, reserved: .whereConstantIsZero),
    // c.mop.1, c.mop.3 ... c.mop.15 do nothing, and write no register.
    CompressedInstruction("c.mop", 0x6081, 0xF8FF, .fixed, .addi),
    CompressedInstruction("c.lui", 0x6001, 0xE003, .upperImmediate, .lui, reserved: .whereConstantIsZero),
    CompressedInstruction("c.srli", 0x8001, 0xEC03, .shiftShort, .srli),
    CompressedInstruction("c.srai", 0x8401, 0xEC03, .shiftShort, .srai),
    CompressedInstruction("c.andi", 0x8801, 0xEC03, .immediateShort, .andi),
    CompressedInstruction("c.sub", 0x8C01, 0xFC63, .registersShort, .sub),
    CompressedInstruction("c.xor", 0x8C21, 0xFC63, .registersShort, .xor),
    CompressedInstruction("c.or", 0x8C41, 0xFC63, .registersShort, .or),
    CompressedInstruction("c.and", 0x8C61, 0xFC63, .registersShort, .and),
    CompressedInstruction("c.subw", 0x9C01, 0xFC63, .registersShort, .subw),
    CompressedInstruction("c.addw", 0x9C21, 0xFC63, .registersShort, .addw),
    CompressedInstruction("c.mul", 0x9C41, 0xFC63, .registersShort, .mul),
    CompressedInstruction("c.zext.b", 0x9C61, 0xFC7F, .lowByteShort, .andi),
    CompressedInstruction("c.sext.b", 0x9C65, 0xFC7F, .registerShort, .sextB),
    CompressedInstruction("c.zext.h", 0x9C69, 0xFC7F, .registerShort, .zextH),
    CompressedInstruction("c.sext.h", 0x9C6D, 0xFC7F, .registerShort, .sextH),
    CompressedInstruction("c.zext.w", 0x9C71, 0xFC7F, .registerShort, .addUw),
    CompressedInstruction("c.not", 0x9C75, 0xFC7F, .invertedShort, .xori),
    CompressedInstruction("c.j", 0xA001, 0xE003, .jump, .jal),
    CompressedInstruction("c.beqz", 0xC001, 0xE003, .branch, .beq),
    CompressedInstruction("c.bnez", 0xE001, 0xE003, .branch, .bne),

    CompressedInstruction("c.slli", 0x0002, 0xE003, .shift, .slli),
    CompressedInstruction("c.lwsp", 0x4002, 0xE003, .loadWordStack, .lw, reserved: .whereRegisterIsZero),
    CompressedInstruction("c.ldsp", 0x6002, 0xE003, .loadDoubleStack, .ld, reserved: .whereRegisterIsZero),
    CompressedInstruction("c.ebreak", 0x9002, 0xFFFF, .fixed, .ebreak),
    CompressedInstruction("c.jr", 0x8002, 0xF07F, .jumpRegister, .jalr, reserved: .whereRegisterIsZero),
    CompressedInstruction("c.jalr", 0x9002, 0xF07F, .callRegister, .jalr),
    CompressedInstruction("c.mv", 0x8002, 0xF003, .move, .add),
    CompressedInstruction("c.add", 0x9002, 0xF003, .registers, .add),
    CompressedInstruction("c.swsp", 0xC002, 0xE003, .storeWordStack, .sw),
    CompressedInstruction("c.sdsp", 0xE002, 0xE003, .storeDoubleStack, .sd),
  ]

  /// The table's entries by quadrant (bits 1...0) and bits 15...13.
  private static let byOpcode: [[CompressedInstruction]] = {
    var buckets = [[CompressedInstruction]](repeating: [], count: 32)
    for instruction in all { buckets[bucket(instruction.match)].append(instruction) }
    return buckets
  }()

  private static func bucket(_ halfword: UInt16) -> Int { Int(halfword & 3) << 3 | Int(halfword >> 13) }

  /// The instruction that a halfword is. Nil if it is reserved, floating point, or half of a longer
  /// instruction.
  package static func find(_ halfword: UInt16) -> CompressedInstruction? {
    guard let found = byOpcode[bucket(halfword)].first(where: { halfword & $0.mask == $0.match }) else {
      return nil
    }
    switch found.reserved {
    case .none: return found
    case .whereRegisterIsZero: return halfword & 0x0F80 == 0 ? nil : found
    case .whereConstantIsZero: return constant(of: halfword, format: found.format) == 0 ? nil : found
    }
  }

  static func decode(_ halfword: UInt16) -> DecodedInstruction {
    guard let instruction = find(halfword) else {
      var illegal = DecodedInstruction(.illegal, length: 2)
      illegal.immediate = Int64(halfword)
      return illegal
    }
    var decoded = DecodedInstruction(instruction.operation, length: 2)
    decoded.immediate = constant(of: halfword, format: instruction.format)
    let full = UInt8(halfword >> 7 & 31)
    let second = UInt8(halfword >> 2 & 31)
    let upperShort = UInt8(halfword >> 7 & 7) + 8
    let lowerShort = UInt8(halfword >> 2 & 7) + 8
    switch instruction.format {
    case .addi4spn: (decoded.rd, decoded.rs1) = (lowerShort, 2)
    case .loadByte, .loadHalf, .loadWord, .loadDouble:
      (decoded.rd, decoded.rs1) = (lowerShort, upperShort)
    case .storeByte, .storeHalf, .storeWord, .storeDouble:
      (decoded.rs2, decoded.rs1) = (lowerShort, upperShort)
    case .immediate, .shift: (decoded.rd, decoded.rs1) = (full, full)
    case .loadImmediate, .upperImmediate: decoded.rd = full
    case .addi16sp: (decoded.rd, decoded.rs1) = (2, 2)
    case .shiftShort, .immediateShort, .registerShort, .lowByteShort, .invertedShort:
      (decoded.rd, decoded.rs1) = (upperShort, upperShort)
    case .registersShort: (decoded.rd, decoded.rs1, decoded.rs2) = (upperShort, upperShort, lowerShort)
    case .branch: decoded.rs1 = upperShort
    case .loadWordStack, .loadDoubleStack: (decoded.rd, decoded.rs1) = (full, 2)
    case .storeWordStack, .storeDoubleStack: (decoded.rs2, decoded.rs1) = (second, 2)
    case .jumpRegister: decoded.rs1 = full
    case .callRegister: (decoded.rd, decoded.rs1) = (1, full)
    case .move: (decoded.rd, decoded.rs2) = (full, second)
    case .registers: (decoded.rd, decoded.rs1, decoded.rs2) = (full, full, second)
    case .jump, .fixed: break
    }
    return decoded
  }

  /// The constant of a halfword in a format, sign-extended if the format says so. Zero if the format has
  /// none.
  private static func constant(of halfword: UInt16, format: CompressedFormat) -> Int64 {
    let bits = Int64(halfword)
    /// Bits `high...low` of the halfword, shifted to bit `to`.
    func field(_ high: Int64, _ low: Int64, to: Int64) -> Int64 {
      (bits >> low & ((1 << (high - low + 1)) - 1)) << to
    }
    func signed(_ value: Int64, width: Int64) -> Int64 { (value << (64 - width)) >> (64 - width) }

    switch format {
    case .addi4spn:
      return field(12, 11, to: 4) | field(10, 7, to: 6) | field(6, 6, to: 2) | field(5, 5, to: 3)
    case .loadWord, .storeWord:
      return field(12, 10, to: 3) | field(6, 6, to: 2) | field(5, 5, to: 6)
    case .loadDouble, .storeDouble:
      return field(12, 10, to: 3) | field(6, 5, to: 6)
    case .immediate, .loadImmediate, .immediateShort:
      return signed(field(12, 12, to: 5) | field(6, 2, to: 0), width: 6)
    case .addi16sp:
      let low = field(6, 6, to: 4) | field(5, 5, to: 6) | field(4, 3, to: 7) | field(2, 2, to: 5)
      return signed(field(12, 12, to: 9) | low, width: 10)
    case .upperImmediate:
      return signed(field(12, 12, to: 17) | field(6, 2, to: 12), width: 18)
    case .shift, .shiftShort:
      return field(12, 12, to: 5) | field(6, 2, to: 0)
    case .jump:
      let high = field(12, 12, to: 11) | field(11, 11, to: 4) | field(10, 9, to: 8) | field(8, 8, to: 10)
      return signed(
        high | field(7, 7, to: 6) | field(6, 6, to: 7) | field(5, 3, to: 1) | field(2, 2, to: 5), width: 12)
    case .branch:
      let high = field(12, 12, to: 8) | field(11, 10, to: 3) | field(6, 5, to: 6)
      return signed(high | field(4, 3, to: 1) | field(2, 2, to: 5), width: 9)
    case .loadWordStack:
      return field(12, 12, to: 5) | field(6, 4, to: 2) | field(3, 2, to: 6)
    case .loadDoubleStack:
      return field(12, 12, to: 5) | field(6, 5, to: 3) | field(4, 2, to: 6)
    case .storeWordStack:
      return field(12, 9, to: 2) | field(8, 7, to: 6)
    case .storeDoubleStack:
      return field(12, 10, to: 3) | field(9, 7, to: 6)
    case .loadByte, .storeByte:
      return field(6, 6, to: 0) | field(5, 5, to: 1)
    case .loadHalf, .storeHalf:
      return field(5, 5, to: 1)
    case .lowByteShort:
      return 255
    case .invertedShort:
      return -1
    case .registersShort, .registerShort, .jumpRegister, .callRegister, .move, .registers, .fixed:
      return 0
    }
  }
}
