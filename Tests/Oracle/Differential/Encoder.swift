import RV64

/// Instructions from operations and operands, by the formats of `InstructionTable`.
enum Encoder {
  private static let entries: [Operation: Instruction] = Dictionary(
    InstructionTable.all.map { ($0.operation, $0) }, uniquingKeysWith: { first, _ in first })

  /// The word of an operation; operands that its format has not do not count, constants are cut to size.
  static func encode(
    _ operation: Operation, rd: Int = 0, rs1: Int = 0, rs2: Int = 0, _ immediate: Int64 = 0
  ) -> UInt32 {
    guard let entry = entries[operation] else { return 0 }
    let imm = UInt32(truncatingIfNeeded: immediate)
    let (d, s1, s2) = (UInt32(rd & 31) << 7, UInt32(rs1 & 31) << 15, UInt32(rs2 & 31) << 20)
    let operands: UInt32 =
      switch entry.format {
      case .r, .amo: d | s1 | s2
      case .i, .load, .csr, .csrImmediate: d | s1 | imm << 20
      case .shift: d | s1 | (imm & 63) << 20
      case .shiftWord: d | s1 | (imm & 31) << 20
      case .s: s1 | s2 | (imm >> 5 & 0x7F) << 25 | (imm & 31) << 7
      case .b: s1 | s2 | branchOffset(imm)
      case .u: d | imm & 0xFFFF_F000
      case .j: d | jumpOffset(imm)
      case .loadReserved, .unary: d | s1
      case .fence: imm << 20
      case .addressFence: s1 | s2
      case .cacheBlock: s1
      case .mopR: d | s1 | (imm >> 4 & 1) << 30 | (imm >> 2 & 3) << 26 | (imm & 3) << 20
      case .mopRR: d | s1 | s2 | (imm >> 2 & 1) << 30 | (imm & 3) << 26
      case .fixed: 0
      }
    return entry.match | operands
  }

  static let branchMask: UInt32 = 0xFE00_0F80
  static let jumpMask: UInt32 = 0xFFFF_F000

  static func branchOffset(_ imm: UInt32) -> UInt32 {
    (imm >> 12 & 1) << 31 | (imm >> 5 & 0x3F) << 25 | (imm >> 1 & 15) << 8 | (imm >> 11 & 1) << 7
  }

  static func jumpOffset(_ imm: UInt32) -> UInt32 {
    (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3FF) << 21 | (imm >> 11 & 1) << 20 | (imm >> 12 & 0xFF) << 12
  }

  /// The offset bits of `c.j`.
  static func shortJumpOffset(_ imm: UInt32) -> UInt32 {
    let high = (imm >> 11 & 1) << 12 | (imm >> 4 & 1) << 11 | (imm >> 8 & 3) << 9 | (imm >> 10 & 1) << 8
    return high | (imm >> 6 & 1) << 7 | (imm >> 7 & 1) << 6 | (imm >> 1 & 7) << 3 | (imm >> 5 & 1) << 2
  }

  /// The offset bits of `c.beqz` and `c.bnez`.
  static func shortBranchOffset(_ imm: UInt32) -> UInt32 {
    (imm >> 8 & 1) << 12 | (imm >> 3 & 3) << 10 | (imm >> 6 & 3) << 5 | (imm >> 1 & 3) << 3 | (imm >> 5 & 1)
      << 2
  }
}
