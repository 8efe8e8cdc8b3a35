/// How a kernel thread leaves straight-line code for good.
///
/// xv6's `panic` never returns and neither does `exit`. In Swift both unwind: whatever may panic, sleep or end the
/// process is `throws(KernelHalt)`, and nothing but the thread's own top level catches it.
public enum KernelHalt: Error, Equatable {
  /// The kernel panicked; the machine is dead.
  case panic
  /// The calling process has exited: its thread is done.
  case exited
  /// The machine was stopped from outside (a limit, a test's end): the thread must leave.
  case stopped
}
