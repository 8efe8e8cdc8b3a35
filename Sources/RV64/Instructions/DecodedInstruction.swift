/// An instruction taken apart: 16 bytes, the same for 16-bit and 32-bit encodings.
///
/// `decode` gives registers 0...31, and in `immediate` the constant as the specification defines it:
/// sign-extended, offsets in bytes; for Zicsr the number of the CSR, for `fence` its sets, for Zimop the
/// number of the instruction, and for an illegal encoding its bits.
///
/// In a block (`BlockCache`) three things are changed, so that the interpreter need not ask about them. A
/// destination of `x0` becomes register slot 32, which nobody reads; `offset` and `through` are set; and a
/// constant that is relative to pc becomes relative to the start of the block's page.
package struct DecodedInstruction: Sendable, Equatable {
  package var operation: Operation
  package var rd: UInt8 = 0
  package var rs1: UInt8 = 0
  package var rs2: UInt8 = 0
  /// In a block: the distance of the instruction from the start of the page that the block starts in, in
  /// bytes.
  package var offset: Int16 = 0
  /// 2 or 4 bytes.
  package var length: UInt8
  /// In a block: how many of its instructions have retired with this one.
  package var through: UInt8 = 0
  package var immediate: Int64 = 0

  package init(_ operation: Operation, length: UInt8) {
    self.operation = operation
    self.length = length
  }

  /// Takes an instruction apart. If bits 1...0 are not both set, only the low 16 bits count. An encoding that
  /// this hart does not have gives `.illegal`, with its bits for `stval` in `immediate`.
  package static func decode(_ bits: UInt32) -> DecodedInstruction {
    if bits & 3 != 3 { return CompressedTable.decode(UInt16(truncatingIfNeeded: bits)) }
    guard let instruction = InstructionTable.find(bits) else {
      var illegal = DecodedInstruction(.illegal, length: 4)
      illegal.immediate = Int64(bits)
      return illegal
    }
    var decoded = DecodedInstruction(instruction.operation, length: 4)
    decoded.takeOperands(of: bits, format: instruction.format)
    return decoded
  }

  private mutating func takeOperands(of word: UInt32, format: Format) {
    let signed = Int32(bitPattern: word)
    let rdField = UInt8(truncatingIfNeeded: word >> 7) & 31
    let rs1Field = UInt8(truncatingIfNeeded: word >> 15) & 31
    let rs2Field = UInt8(truncatingIfNeeded: word >> 20) & 31
    switch format {
    case .r, .amo:
      (rd, rs1, rs2) = (rdField, rs1Field, rs2Field)
    case .i, .load:
      (rd, rs1) = (rdField, rs1Field)
      immediate = Int64(signed >> 20)
    case .shift:
      (rd, rs1) = (rdField, rs1Field)
      immediate = Int64(word >> 20 & 63)
    case .shiftWord:
      (rd, rs1) = (rdField, rs1Field)
      immediate = Int64(word >> 20 & 31)
    case .s:
      (rs1, rs2) = (rs1Field, rs2Field)
      immediate = Int64((signed >> 25) << 5 | Int32(rdField))
    case .b:
      (rs1, rs2) = (rs1Field, rs2Field)
      let high = (signed >> 31) << 12 | Int32(word >> 7 & 1) << 11
      immediate = Int64(high | Int32(word >> 25 & 0x3F) << 5 | Int32(word >> 8 & 15) << 1)
    case .u:
      rd = rdField
      immediate = Int64(signed & ~0xFFF)
    case .j:
      rd = rdField
      let high = (signed >> 31) << 20 | Int32(word >> 12 & 0xFF) << 12
      immediate = Int64(high | Int32(word >> 20 & 1) << 11 | Int32(word >> 21 & 0x3FF) << 1)
    case .loadReserved, .unary:
      (rd, rs1) = (rdField, rs1Field)
    case .fence:
      immediate = Int64(word >> 20)
    case .csr, .csrImmediate:
      (rd, rs1) = (rdField, rs1Field)
      immediate = Int64(word >> 20)
    case .addressFence:
      (rs1, rs2) = (rs1Field, rs2Field)
    case .cacheBlock:
      rs1 = rs1Field
    case .mopR:
      (rd, rs1) = (rdField, rs1Field)
      immediate = Int64(word >> 30 & 1) << 4 | Int64(word >> 26 & 3) << 2 | Int64(word >> 20 & 3)
    case .mopRR:
      (rd, rs1, rs2) = (rdField, rs1Field, rs2Field)
      immediate = Int64(word >> 30 & 1) << 2 | Int64(word >> 26 & 3)
    case .fixed:
      break
    }
  }
}
