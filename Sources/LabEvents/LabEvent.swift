/// What a machine under test tells its observers.
///
/// Every host of a lab emits the same stream: xv6 in Swift emits each event where it acts. Verdicts, diagnosis,
/// comparison and traces are consumers of the stream and know nothing of which host made it.
public enum LabEvent: Sendable, Equatable {
  /// A user program trapped on a page fault; emitted before the kernel decides.
  case pageFault(PageFault)
  /// `sbrk(increment)` returned `result` (the old break, or `UInt64.max` for -1); `size` is the process's `sz`
  /// after it.
  case sbrk(pid: Int32, increment: Int64, result: UInt64, size: UInt64)
  /// `kalloc` handed out the page at physical address `page`; `free` pages remain.
  case pageAllocated(page: UInt64, free: Int)
  /// `kfree` took the page at physical address `page` back; `free` pages remain.
  case pageFreed(page: UInt64, free: Int)
  /// `kalloc` had no page to give.
  case outOfMemory(pid: Int32)
  /// `copyin`, `copyout` or `copyinstr` between the kernel and user address `address` ended.
  case userCopy(pid: Int32, direction: CopyDirection, address: UInt64, count: UInt64, succeeded: Bool)
  case fork(parent: Int32, child: Int32)
  /// `exec(path)` succeeded in process `pid`.
  case exec(pid: Int32, path: String)
  /// Process `pid` ended; `parent` is the pid of its parent at that moment.
  case exit(pid: Int32, parent: Int32, program: String, status: Int32)
  /// The kernel decided that process `pid` must die.
  case killed(pid: Int32, program: String, reason: KillReason)
  /// The kernel panicked with this text, on the kernel thread of process `pid` (0 before there was one).
  case panic(text: String, pid: Int32, program: String, activity: KernelActivity)
  /// One line that appeared on the console, without its newline.
  case consoleLine(String)
}

/// A user-mode page fault, as the trap registers and the process table show it.
public struct PageFault: Sendable, Equatable {
  public var pid: Int32
  public var program: String
  /// 12 instruction, 13 load, 15 store or AMO page fault (privileged specification, table of `scause` values).
  public var scause: UInt64
  /// The faulting virtual address.
  public var stval: UInt64
  /// The faulting instruction's address.
  public var sepc: UInt64
  /// The user stack pointer at the fault.
  public var stackPointer: UInt64
  /// The process's size in bytes (`p->sz`) at the fault.
  public var size: UInt64

  public init(
    pid: Int32, program: String, scause: UInt64, stval: UInt64, sepc: UInt64, stackPointer: UInt64,
    size: UInt64
  ) {
    self.pid = pid
    self.program = program
    self.scause = scause
    self.stval = stval
    self.sepc = sepc
    self.stackPointer = stackPointer
    self.size = size
  }
}

/// What a kernel thread is doing for its process.
public enum KernelActivity: Sendable, Equatable {
  /// Nothing for a process: the machine is booting, or the process is new.
  case boot
  /// The system call of this name.
  case systemCall(String)
  case pageFault
  /// Another exception, or the timer.
  case trap
}

/// Which way, and how, the kernel crossed into user memory.
public enum CopyDirection: Sendable, Equatable {
  case copyin, copyout, copyinstr
}

/// Why a process was killed.
public enum KillReason: Sendable, Equatable {
  /// The trap handler met a cause that it does not handle, or a fault that it refused.
  case trap(scause: UInt64, stval: UInt64, sepc: UInt64)
  /// `kill(pid)` from process `by`.
  case signal(by: Int32)
}
