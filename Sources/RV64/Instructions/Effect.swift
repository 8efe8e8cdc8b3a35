/// What an instruction does, besides going on with the next one (`Operation.effect`).
///
/// The format says where the operands are, and `Operation.value` what is computed. Together they are the
/// whole meaning of every instruction but those of the privileged architecture.
package enum Effect: Equatable, Sendable {
  /// rd becomes `Operation.value`.
  case value
  /// A jump to pc plus the constant; rd becomes the address of the next instruction.
  case jump
  /// A jump to rs1 plus the constant, bit 0 cleared; rd becomes the address of the next instruction.
  case jumpToRegister
  /// A jump to pc plus the constant, if the comparison of rs1 and rs2 holds.
  case branch(BranchCondition)
  /// rd becomes what memory at rs1 plus the constant holds, extended to 64 bits.
  case load(MemoryAccess)
  /// The low bits of rs2 go to memory at rs1 plus the constant.
  case store(MemoryAccess)
  /// LR, SC and AMO, on memory at rs1. An AMO writes `Operation.value`; rd becomes what memory held.
  case loadReserved(MemoryAccess)
  case storeConditional(MemoryAccess)
  case atomic(MemoryAccess)
  /// Nothing: one hart runs at a time.
  case fence
  /// Reads and writes a control and status register.
  case csr
  /// Changes the hart in other ways: traps, privilege, address translation.
  case system

  /// Whether the instruction itself may trap. (A jump to a place that cannot be fetched does not trap; the
  /// fetch does.)
  package var canTrap: Bool {
    switch self {
    case .load, .store, .loadReserved, .storeConditional, .atomic, .csr, .system: true
    case .value, .jump, .jumpToRegister, .branch, .fence: false
    }
  }

  /// The access to memory; nil if there is none.
  package var access: MemoryAccess? {
    switch self {
    case .load(let access), .store(let access), .loadReserved(let access), .storeConditional(let access),
      .atomic(let access):
      access
    case .value, .jump, .jumpToRegister, .branch, .fence, .csr, .system: nil
    }
  }

  /// Whether it writes to memory, or may do so.
  package var writesMemory: Bool {
    switch self {
    case .store, .storeConditional, .atomic: true
    default: false
    }
  }
}

/// What a branch compares: its registers as numbers with a sign (`less`) or without one (`below`).
package enum BranchCondition: Sendable {
  case equal, notEqual, less, notLess, below, notBelow
}

/// The bytes that an instruction reads or writes.
package struct MemoryAccess: Equatable, Sendable {
  /// 1, 2, 4 or 8.
  package var size: Int
  /// Whether what is read is extended by its sign, not by zeros.
  package var isSigned: Bool

  /// What a register gets if memory holds the low bytes of `value`.
  func extended(_ value: UInt64) -> UInt64 {
    let unused = UInt64(64 - 8 * size)
    let shifted = value &<< unused
    return isSigned ? unsigned(signed(shifted) &>> signed(unused)) : shifted &>> unused
  }
}

/// The width of a sum of rs1 and the constant. That of a word is sign-extended.
enum Sum {
  case word, doubleword
}

extension Operation {
  /// Whether it is the meaning of some encoding.
  package var isInstruction: Bool { effect != nil }

  /// Whether a block ends behind this instruction, because a straight line does not reach what follows, or
  /// because it may have to be fetched under other conditions.
  var endsBlock: Bool {
    switch effect {
    case .jump, .jumpToRegister, .csr, .system: true
    case nil: self == .illegal || self == .endOfBlock
    default: false
    }
  }

  var isCSR: Bool { effect == .csr }

  var isBranch: Bool {
    if case .branch = effect { true } else { false }
  }
}
