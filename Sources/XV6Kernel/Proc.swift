import LabEvents
import Sv39MMU

/// What a sleeping process waits for: xv6's `chan`. In xv6 it is an address, here it has a name.
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
/// There are `NPROC` of them as long as the machine exists. xv6 guards most fields with a lock. Here only one
/// thread runs at a time, and it gives way only in known places (see Scheduler.swift), so no locks are
/// needed.
public final class Proc {
  /// The index in the process table.
  package let slot: Int
  package var state = ProcState.unused
  /// What the process sleeps on, while it sleeps.
  package var channel: Channel?
  /// While it sleeps on `.ticks`: the tick that ends its `sleep`. An idle machine skips to that tick.
  package var wakeTick: UInt32 = 0
  /// The slot of the parent process.
  package var parent: Int?
  /// The exit status for the parent's `wait`.
  package var xstate: Int32 = 0
  /// User instructions that the processes of this slot have retired.
  var retired: UInt64 = 0
  /// What the kernel is doing for the process. A panic reports it.
  var activity = Activity.boot
  package var ofile = [OpenFile?](repeating: nil, count: NOFILE)
  package var cwd: Inode?
  /// What the process's kernel thread runs first, as xv6's `context.ra`; nil means `forkret`.
  package var entry: ((Kernel) throws(KernelHalt) -> Void)?
  /// The program's name, at most 15 bytes and a null, for messages.
  package var nameBytes: (UInt64, UInt64) = (0, 0)

  /// The process has been killed. It exits when it next leaves the kernel, or earlier if a system call checks
  /// this.
  public var killed = false
  /// The process's number; 0 if the place is empty.
  public package(set) var pid: Int32 = 0
  /// The size of the process's memory in bytes: its addresses are 0 ..< `sz`.
  public var sz: UInt64 = 0
  /// The physical address of the root of the user page table; 0 if there is none.
  public var pagetable: UInt64 = 0
  /// The saved user registers.
  public package(set) var trapframe: Trapframe

  /// Buffers for what system calls read from user memory or the disk; in xv6 they are on the kernel stack.
  /// See `Scratch`.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: Scratch.size, alignment: 16)
  /// The last string argument that was fetched, and the pages of `exec`'s arguments. Their memory is
  /// allocated once and used again.
  var string: [UInt8] = []
  var argumentPages: [UInt64] = []
  /// The host thread that is the slot's kernel stack, once a process of this slot has run.
  var thread: KernelThread?
  /// True when `thread` will not use the machine again. Set while the thread has the baton.
  var threadEnded = false
  /// Gives this slot's kernel thread the right to run.
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

  /// Sets the process's name, as xv6's `safestrcpy` into 16 bytes does.
  package func setName(_ name: some Sequence<UInt8>) {
    nameBytes = (0, 0)
    withUnsafeMutableBytes(of: &nameBytes) { bytes in
      for (index, byte) in name.prefix(15).enumerated() { bytes[index] = byte }
    }
  }
}

/// The parts of `Proc.scratch`.
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
