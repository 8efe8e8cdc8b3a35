/// How a kernel thread leaves its code without coming back.
///
/// xv6's `panic` and `exit` never return. In Swift both unwind the stack: a function that may panic, sleep or
/// end the process is `throws(KernelHalt)`, and only the top level of the thread catches it.
public enum KernelHalt: Error, Equatable {
  /// The kernel panicked; the machine is dead.
  case panic
  /// The calling process has exited: its thread is done.
  case exited
  /// The machine was stopped from outside (a limit, a test's end): the thread must leave.
  case stopped
}
