import LabEvents
import Sv39MMU

/// Collects what the events tell about how a workload ends.
struct Ending {
  var status: Int32?
  /// Safe to show.
  var panic: String?
  private var killed: KillReason?
  /// `kalloc` had no page for a process of the workload.
  private var ranOut = false
  /// `kalloc` had no page for the command, in the system call or page fault that the kernel handles now.
  private var isRunningOut = false
  private var killedForIt = false

  /// The kernel starts to handle a system call or a page fault of the command.
  mutating func began() { isRunningOut = false }

  mutating func ranOut(isCommand: Bool) {
    ranOut = true
    if isCommand { isRunningOut = true }
  }

  mutating func killed(_ reason: KillReason) {
    killed = reason
    killedForIt = isRunningOut
  }

  func outcome(_ end: RunEnd) -> Outcome {
    if let panic { return Outcome(.panicked, panic) }
    if case .stopped(let why) = end { return Outcome(.stopped, why) }
    if let killed {
      return killedForIt
        ? Outcome(.outOfMemory, "killed, because there was no page left for a \(Self.describe(killed))")
        : Outcome(.killed, "for a \(Self.describe(killed))")
    }
    guard let status, status != 0 else { return Outcome(.finished) }
    return ranOut
      ? Outcome(.outOfMemory, "the program was refused memory and ended with status \(status)")
      : Outcome(.failed, "the program ended with status \(status)")
  }

  private static func describe(_ reason: KillReason) -> String {
    switch reason {
    case .trap(let scause, let stval, _):
      let address = hex(stval)
      return switch TrapCause(rawValue: scause) {
      case .instructionPageFault: "fetch at \(address)"
      case .loadPageFault: "load at \(address)"
      case .storePageFault: "store at \(address)"
      default: "trap with scause \(scause)"
      }
    case .signal(let by): return "kill by process \(by)"
    }
  }
}
