/// Why a hart trapped: the exception codes of `scause` and `mcause` (privileged specification, table
/// "Supervisor cause register values after trap").
public enum TrapCause: UInt64, Sendable, CaseIterable {
  case instructionAddressMisaligned = 0
  case instructionAccessFault = 1
  case illegalInstruction = 2
  case breakpoint = 3
  case loadAddressMisaligned = 4
  case loadAccessFault = 5
  /// Also of LR/SC and AMO, except LR.
  case storeAddressMisaligned = 6
  /// Also of SC and AMO.
  case storeAccessFault = 7
  case environmentCallFromUser = 8
  case environmentCallFromSupervisor = 9
  case environmentCallFromMachine = 11
  case instructionPageFault = 12
  case loadPageFault = 13
  /// Also of SC and AMO.
  case storePageFault = 15

  /// Whether a page table did not allow an access.
  package var isPageFault: Bool {
    switch self {
    case .instructionPageFault, .loadPageFault, .storePageFault: true
    default: false
    }
  }
}
