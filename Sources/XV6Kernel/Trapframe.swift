import Sv39MMU

/// The user registers of a process that is in the kernel: xv6's `struct trapframe`, a page of emulated RAM
/// mapped at `TRAPFRAME` in the process's address space.
///
/// This is a view, not a copy: a value that is set here, for example `a0`, is in the process's register when
/// it returns.
public struct Trapframe {
  // Not reference-counted: a view does not live longer than its machine, and counting would cost as much as
  // the access.
  private let memory: Unmanaged<PhysicalMemory>
  /// The page's physical address; 0 if the process has none.
  public let address: UInt64

  init(memory: PhysicalMemory, address: UInt64) {
    self.memory = .passUnretained(memory)
    self.address = address
  }

  private func load(_ address: UInt64) -> UInt64 { memory._withUnsafeGuaranteedRef { $0.load64(address) } }

  private func store(_ address: UInt64, _ value: UInt64) {
    memory._withUnsafeGuaranteedRef { $0.store64(address, value) }
  }

  /// Bytes of the trapframe that are used.
  static let size = 288

  /// Register `x[n]`, n in 1 ... 31, at offset 32 + 8n.
  public subscript(register n: Int) -> UInt64 {
    get { load(address &+ 32 &+ 8 &* UInt64(truncatingIfNeeded: n)) }
    nonmutating set { store(address &+ 32 &+ 8 &* UInt64(truncatingIfNeeded: n), newValue) }
  }

  /// The kernel's page table, for uservec.
  package var kernelSatp: UInt64 {
    get { load(address) }
    nonmutating set { store(address, newValue) }
  }
  /// The top of the process's kernel stack, for uservec.
  package var kernelSp: UInt64 {
    get { load(address &+ 8) }
    nonmutating set { store(address &+ 8, newValue) }
  }
  /// The saved user program counter.
  public var epc: UInt64 {
    get { load(address &+ 24) }
    nonmutating set { store(address &+ 24, newValue) }
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
