import Sv39MMU

/// The bits of `mstatus` (privileged specification, "Machine Status Registers").
enum Status {
  static let sum: UInt64 = 1 << 18
  static let mxr: UInt64 = 1 << 19
}

/// The instructions of the privileged architecture.
extension Hart {
  /// Executes one of the instructions that end a block; `pc` and `retired` are those before it. False, with the trap
  /// noted and nothing changed, where it traps.
  mutating func system(_ instruction: DecodedInstruction) -> Bool {
    switch instruction.operation {
    case .ecall:
      switch privilege {
      case .user: trap(.environmentCallFromUser, 0)
      case .supervisor: trap(.environmentCallFromSupervisor, 0)
      case .machine: trap(.environmentCallFromMachine, 0)
      }
      return false
    case .ebreak:
      trap(.breakpoint, pc)
      return false
    default:
      trap(.illegalInstruction, bits(of: instruction))
      return false
    }
  }

  /// The bits of an instruction that turned out to be illegal, for `stval`.
  private func bits(of instruction: DecodedInstruction) -> UInt64 {
    if instruction.operation == .illegal { return UInt64(bitPattern: instruction.immediate) }
    guard let entry = InstructionTable.all.first(where: { $0.operation == instruction.operation }) else {
      return 0
    }
    let rd = instruction.rd == DecodedInstruction.discardedRegister ? 0 : UInt32(instruction.rd)
    let operands =
      switch entry.format {
      case .csr, .csrImmediate:
        rd << 7 | UInt32(instruction.rs1) << 15 | UInt32(truncatingIfNeeded: instruction.immediate) << 20
      case .addressFence: UInt32(instruction.rs1) << 15 | UInt32(instruction.rs2) << 20
      default: UInt32(0)
      }
    return UInt64(entry.match | operands)
  }
}
