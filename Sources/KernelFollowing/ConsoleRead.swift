import LabEvents
import RV64
import Sv39MMU
import VirtBoard

extension UserTrap {
  /// The system call that the program makes; nil for any other trap. Its numbers are the same in every year
  /// of xv6.
  package var systemCall: Syscall? {
    guard cause == TrapCause.environmentCallFromUser.rawValue else { return nil }
    return Syscall(rawValue: Int32(truncatingIfNeeded: arguments.a7))
  }

  /// Whether a program asks for its standard input, as a shell at its prompt does.
  package var readsStandardInput: Bool { systemCall == .read && arguments.a0 == 0 }
}
