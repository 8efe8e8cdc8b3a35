import Sv39MMU

/// What a machine under test tells its observers.
///
/// Every host of a lab emits the same stream of events; xv6 in Swift emits each event where it acts.
/// Verdicts, diagnosis, comparison and traces use the stream, and do not know which host made it.
///
/// Verdicts use the first group only. Explanations and comparisons use the details too (`isDetail`).
package enum LabEvent: Sendable, Equatable {
  /// A user program trapped on a page fault; emitted before the kernel decides.
  case pageFault(PageFault)
  /// `sbrk(increment)` returned `result` (the old break, or `UInt64.max` for -1); `size` is the process's
  /// `sz` after it.
  case sbrk(pid: Int32, increment: Int64, result: UInt64, size: UInt64)
  /// `kalloc` had no page to give.
  case outOfMemory(pid: Int32)
  /// `copyin`, `copyout` or `copyinstr` between the kernel and user address `address` ended.
  case userCopy(pid: Int32, direction: CopyDirection, address: UInt64, count: UInt64, succeeded: Bool)
  case fork(parent: Int32, child: Int32)
  /// `exec(path)` succeeded in process `pid`, which has `size` bytes now. The last page is the stack, and the
  /// page below it is the guard page.
  case exec(pid: Int32, path: String, size: UInt64)
  /// Process `pid` ended; `parent` is the pid of its parent at that moment.
  case exit(pid: Int32, parent: Int32, program: String, status: Int32)
  /// The kernel decided that process `pid` must die.
  case killed(pid: Int32, program: String, reason: KillReason)
  /// The kernel panicked with this text, on the kernel thread of process `pid` (0 if there was no process
  /// yet). `callers` has the place that called `panic`, then its caller, and so on, as far as the host knows.
  case panic(
    text: String, pid: Int32, program: String, activity: KernelActivity, callers: [SourcePlace])
  /// Process `parent` gave its new child a quota of `pages` pages of its own (ContainerAlloc.swift).
  case quotaGiven(parent: Int32, child: Int32, pages: Int)
  /// Process `child` has ended, and `parent` has got back the unused part of its quota.
  case quotaReturned(child: Int32, parent: Int32, pages: Int)
  /// Process `pid` was refused a page, because all `quota` pages of its quota are in use or given away.
  /// `program` is the program that asked: for a `fork`, the parent's.
  case quotaRefused(pid: Int32, program: String, quota: Int)
  /// The host saw that `wait` or `fork` told a process of the test something else about its children than
  /// what they did. The text is a sentence.
  case statusMistaken(String)
  /// One line that appeared on the console, without its newline.
  case consoleLine(String)

  /// `kalloc` handed out the page at physical address `page`; `free` pages remain.
  case pageAllocated(page: UInt64, free: Int)
  /// `kfree` took the page at physical address `page` back; `free` pages remain.
  case pageFreed(page: UInt64, free: Int)
  /// `mappages` has mapped the page at `address` in the page table whose root is at `pagetable`, by `entry`.
  case pageMapped(pagetable: UInt64, address: UInt64, entry: PTE)
  /// The kernel filled the whole page at physical address `page` with one byte; not the junk of `kalloc` and
  /// `kfree`.
  case pageFilled(page: UInt64, byte: UInt8)
  /// The kernel copied a whole page between physical addresses.
  case pageCopied(from: UInt64, to: UInt64)
  /// The kernel goes back to the program after a page fault at `address`. `entry` is the leaf of that address
  /// now; zero if there is none.
  case faultServed(pid: Int32, address: UInt64, entry: PTE)
  /// The kernel goes back to the program after a page fault at `sepc`, but to another instruction.
  case instructionSkipped(pid: Int32, sepc: UInt64, resumed: UInt64)
  /// Process `pid` made a system call. `arguments` has a0 to a2.
  case systemCall(pid: Int32, name: String, arguments: CallArguments)
  /// The system call returns `result` to process `pid`.
  case systemCallReturned(pid: Int32, name: String, result: UInt64)
  /// A copy between kernel and user memory found no page that it may use. `walk` is the walk, in user mode,
  /// at the first address that the process does not have. The event `userCopy` comes next and tells that the
  /// copy failed.
  case copyRefused(pid: Int32, direction: CopyDirection, walk: PageWalk)

  /// True if the event is only for observers who follow the kernel step by step. Verdicts do not use it.
  package var isDetail: Bool {
    switch self {
    case .pageAllocated, .pageFreed, .pageMapped, .pageFilled, .pageCopied, .faultServed, .systemCall,
      .systemCallReturned, .copyRefused, .instructionSkipped:
      true
    case .pageFault, .sbrk, .outOfMemory, .userCopy, .fork, .exec, .exit, .killed, .panic, .consoleLine,
      .quotaGiven, .quotaReturned, .quotaRefused, .statusMistaken:
      false
    }
  }
}

/// The first three arguments of a system call, and the place from which it was called.
package struct CallArguments: Sendable, Equatable {
  package var a0: UInt64
  package var a1: UInt64
  package var a2: UInt64
  /// The program's `ra`: the address after the call of the library's stub; 0 if it is not known.
  package var returnAddress: UInt64
  /// The program's `sp`; 0 if it is not known.
  package var stackPointer: UInt64

  package init(
    _ a0: UInt64, _ a1: UInt64, _ a2: UInt64, returnAddress: UInt64 = 0, stackPointer: UInt64 = 0
  ) {
    self.a0 = a0
    self.a1 = a1
    self.a2 = a2
    self.returnAddress = returnAddress
    self.stackPointer = stackPointer
  }
}

/// A place in a program's or a kernel's source, as far as it is known.
package struct SourcePlace: Sendable, Equatable, Codable {
  package var function: String
  package var file: String?
  package var line: Int?

  package init(function: String, file: String? = nil, line: Int? = nil) {
    self.function = function
    self.file = file
    self.line = line
  }
}

/// A user-mode page fault, as the trap registers and the process table show it.
package struct PageFault: Sendable, Equatable, Codable {
  package var pid: Int32
  package var program: String
  /// 12 instruction, 13 load, 15 store or AMO page fault (privileged specification, table of `scause`
  /// values).
  package var scause: UInt64
  /// The faulting virtual address.
  package var stval: UInt64
  /// The faulting instruction's address.
  package var sepc: UInt64
  /// The user stack pointer at the fault.
  package var stackPointer: UInt64
  /// The process's size in bytes (`p->sz`) at the fault.
  package var size: UInt64
  /// The page-table walk that ended in the fault.
  package var walk: PageWalk

  package init(
    pid: Int32, program: String, scause: UInt64, stval: UInt64, sepc: UInt64, stackPointer: UInt64,
    size: UInt64, walk: PageWalk
  ) {
    self.pid = pid
    self.program = program
    self.scause = scause
    self.stval = stval
    self.sepc = sepc
    self.stackPointer = stackPointer
    self.size = size
    self.walk = walk
  }
}

/// What a kernel thread is doing for its process.
package enum KernelActivity: Sendable, Equatable {
  /// It does nothing for a process: the machine is booting, or the process is new.
  case boot
  /// The system call of this name.
  case systemCall(String)
  case pageFault
  /// Another exception, or the timer.
  case trap
}

/// In which direction, and by which function, the kernel copied.
package enum CopyDirection: Sendable, Equatable {
  case copyin, copyout, copyinstr
}

/// Why a process was killed.
package enum KillReason: Sendable, Equatable {
  /// The trap handler does not handle this cause, or it refused the fault.
  case trap(scause: UInt64, stval: UInt64, sepc: UInt64)
  /// `kill(pid)` from process `by`.
  case signal(by: Int32)
}
