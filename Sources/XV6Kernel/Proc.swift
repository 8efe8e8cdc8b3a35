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

  /// The baton of the process's kernel thread.
  let baton = Baton()

  init(slot: Int, memory: PhysicalMemory) {
    self.slot = slot
    trapframe = Trapframe(memory: memory, address: 0)
  }

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

/// The user registers of a process that is in the kernel: xv6's `struct trapframe`, a page of emulated RAM mapped at
/// `TRAPFRAME` in the process's address space.
///
/// A view, not a copy: setting `a0` here is what the process finds in `a0` when it returns.
public struct Trapframe {
  private unowned(unsafe) let memory: PhysicalMemory
  /// The page's physical address; 0 where the process has none.
  public let address: UInt64

  init(memory: PhysicalMemory, address: UInt64) {
    self.memory = memory
    self.address = address
  }

  /// Bytes of the trapframe that hold something.
  static let size = 288

  /// Register `x[n]`, n in 1 ... 31, at offset 32 + 8n.
  public subscript(register n: Int) -> UInt64 {
    get { memory.load64(address &+ 32 &+ 8 &* UInt64(truncatingIfNeeded: n)) }
    nonmutating set { memory.store64(address &+ 32 &+ 8 &* UInt64(truncatingIfNeeded: n), newValue) }
  }

  /// The kernel's page table, for uservec.
  package var kernelSatp: UInt64 {
    get { memory.load64(address) }
    nonmutating set { memory.store64(address, newValue) }
  }
  /// The top of the process's kernel stack, for uservec.
  package var kernelSp: UInt64 {
    get { memory.load64(address &+ 8) }
    nonmutating set { memory.store64(address &+ 8, newValue) }
  }
  /// The saved user program counter.
  public var epc: UInt64 {
    get { memory.load64(address &+ 24) }
    nonmutating set { memory.store64(address &+ 24, newValue) }
  }
  /// The user's return address (x1).
  public var ra: UInt64 {
    get { self[register: 1] }
    nonmutating set { self[register: 1] = newValue }
  }
  /// The user's stack pointer (x2).
  public var sp: UInt64 {
    get { self[register: 2] }
    nonmutating set { self[register: 2] = newValue }
  }
  /// The first argument, and the result of a system call (x10).
  public var a0: UInt64 {
    get { self[register: 10] }
    nonmutating set { self[register: 10] = newValue }
  }
  /// The second argument (x11).
  public var a1: UInt64 {
    get { self[register: 11] }
    nonmutating set { self[register: 11] = newValue }
  }
  /// The number of the system call (x17).
  public var a7: UInt64 {
    get { self[register: 17] }
    nonmutating set { self[register: 17] = newValue }
  }
}
