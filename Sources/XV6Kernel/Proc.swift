import LabEvents
import Sv39MMU

/// What a sleeping process waits for: xv6's `chan`, an address there, a named thing here.
package enum Channel: Equatable {
  /// The clock's next tick.
  case ticks
  /// A change among the children of the process in this slot.
  case child(of: Int)
  /// Data in the pipe whose page is at this physical address.
  case pipeRead(UInt64)
  /// Room in the pipe whose page is at this physical address.
  case pipeWrite(UInt64)
  /// A line typed at the console.
  case console
}

/// A process's state, as in xv6's `enum procstate`.
package enum ProcState: Sendable {
  case unused, used, sleeping, runnable, running, zombie
}

/// What a kernel thread is doing for its process.
enum Activity {
  /// Nothing yet.
  case boot
  case systemCall(Syscall)
  case pageFault
  /// Another exception, or the timer.
  case trap

  /// The same in the observers' words.
  var described: KernelActivity {
    switch self {
    case .boot: .boot
    case .systemCall(let call): .systemCall("\(call)")
    case .pageFault: .pageFault
    case .trap: .trap
    }
  }
}

/// A process, or an empty place for one: xv6's `struct proc`.
///
/// There are `NPROC` of them for the machine's whole life. xv6 guards most fields with a lock; here one thread runs at a
/// time and gives way only where it says so (see Scheduler.swift), so there is nothing to guard against.
public final class Proc {
  /// The index in the process table.
  package let slot: Int
  package var state = ProcState.unused
  /// What the process sleeps on, while it sleeps.
  package var channel: Channel?
  /// While it sleeps on `.ticks`: the tick that ends its `sleep`. Lets an idle machine skip to it.
  package var wakeTick: UInt32 = 0
  /// The slot of the parent process.
  package var parent: Int?
  /// The exit status for the parent's `wait`.
  package var xstate: Int32 = 0
  /// What the kernel is doing for the process, for whoever asks after a panic.
  var activity = Activity.boot
  package var ofile = [OpenFile?](repeating: nil, count: NOFILE)
  package var cwd: Inode?
  /// What the process's kernel thread does first, as xv6's `context.ra`; nil is `forkret`.
  package var entry: ((Kernel) throws(KernelHalt) -> Void)?
  /// The program's name, at most 15 bytes and a null, for messages.
  package var nameBytes: (UInt64, UInt64) = (0, 0)

  /// The process has been killed: it exits when it next leaves the kernel, or sooner where a system call looks.
  public var killed = false
  /// The process's number; 0 in an empty place.
  public package(set) var pid: Int32 = 0
  /// The size of the process's memory in bytes: its addresses are 0 ..< `sz`.
  public var sz: UInt64 = 0
  /// The physical address of the root of the user page table; 0 where there is none.
  public var pagetable: UInt64 = 0
  /// The saved user registers.
  public package(set) var trapframe: Trapframe

  /// Room on the kernel stack for what system calls read from outside; see `Scratch`.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: Scratch.size, alignment: 16)
  /// The last string argument that was fetched, and the pages of `exec`'s arguments: room that is allocated once.
  var string: [UInt8] = []
  var argumentPages: [UInt64] = []
  /// The host thread that is the slot's kernel stack, once a process of this slot has run.
  var thread: KernelThread?
  /// Set, with the baton in hand, when `thread` will not touch the machine again.
  var threadEnded = false
  /// The right of this slot's kernel thread to run.
  let baton = Baton()

  init(slot: Int, memory: PhysicalMemory) {
    self.slot = slot
    trapframe = Trapframe(memory: memory, address: 0)
  }

  deinit { scratch.deallocate() }

  /// The program's name: the last component of the path that `exec` was given, cut to 15 bytes.
  public var name: String {
    withUnsafeBytes(of: nameBytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Names the process, as `safestrcpy` into 16 bytes would.
  package func setName(_ name: some Sequence<UInt8>) {
    nameBytes = (0, 0)
    withUnsafeMutableBytes(of: &nameBytes) { bytes in
      for (index, byte) in name.prefix(15).enumerated() { bytes[index] = byte }
    }
  }
}

/// What lies where in `Proc.scratch`.
enum Scratch {
  static let elfHeader = 0..<64
  static let programHeader = 64..<120
  static let word = 120..<128
  /// `exec`'s array of argument pointers.
  static let ustack = 128..<128 + 8 * (MAXARG + 1)
  /// A path, or another string argument.
  static let string = 400..<400 + MAXPATH
  static let size = 528
}
