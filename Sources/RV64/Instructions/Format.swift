/// The format of a 32-bit instruction: which bits are operands, and so which bits tell it from others.
///
/// The six base formats are those of the unprivileged specification ("Base Instruction Formats"). The others
/// name the places in which an extension fixes some of the operand bits.
package enum Format: Sendable {
  /// rd, rs1, rs2
  case r
  /// rd, rs1
  case unary
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
  /// (rs1), an address in a block of the cache
  case cacheBlock
  /// rd, rs1; the constant is the number of the instruction, 0...31
  case mopR
  /// rd, rs1, rs2; the constant is the number of the instruction, 0...7
  case mopRR
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
    case .unary: 0xFFF0_707F
    case .cacheBlock: 0xFFF0_7FFF
    case .mopR: 0xB3C0_707F
    case .mopRR: 0xB200_707F
    case .fixed: 0xFFFF_FFFF
    }
  }
}
