import LabEvents
import Sv39MMU

/// The processes of a running kernel, read from its memory. That memory may hold anything.
package struct KernelProcesses {
  /// A process as it is now.
  package struct Process {
    /// The address of its `struct proc`.
    package var address: UInt64
    package var pid: Int32
    package var name: String
    package var size: UInt64
    /// The physical address of its root page table.
    package var pagetable: UInt64
  }

  private let memory: PhysicalMemory
  private let layout: ProcessLayout

  /// The most bytes of a name that are looked at; xv6 has 16.
  private static let longestName: UInt64 = 64

  package init(_ memory: PhysicalMemory, _ layout: ProcessLayout) {
    self.memory = memory
    self.layout = layout
  }

  /// The process that hart `hart` runs; nil if it runs none.
  package func current(on hart: UInt64) -> Process? {
    let cpu = layout.cpus &+ hart &* layout.cpuStride
    return process(at: memory.load64(cpu &+ layout.cpuProcess))
  }

  /// The process with this page table. The process on hart `hart` is tried first, then all others.
  package func process(satp: UInt64, hart: UInt64) -> Process? {
    let root = satp.rootTable
    let current = current(on: hart)
    if let current, current.pagetable == root { return current }
    return first { number(layout.pagetable, of: $0) == root } ?? current
  }

  /// All processes that exist now.
  package var all: [Process] {
    (0..<layout.count).compactMap { process(at: layout.table &+ $0 &* layout.stride) }
  }

  package func process(pid: Int32) -> Process? { first { self.pid(of: $0) == pid } }

  /// The pid of the parent of `process`; 0 if it has no parent.
  package func parent(of process: Process) -> Int32 {
    guard let member = layout.parent else { return 0 }
    return self.process(at: number(member, of: process.address)).map(\.pid) ?? 0
  }

  private func first(where matches: (UInt64) -> Bool) -> Process? {
    for index in 0..<layout.count {
      let address = layout.table &+ index &* layout.stride
      if matches(address) { return process(at: address) }
    }
    return nil
  }

  /// The process for a `struct proc *` of the kernel; nil if `address` does not point to one.
  private func process(at address: UInt64) -> Process? {
    let offset = address &- layout.table
    guard offset % layout.stride == 0, offset / layout.stride < layout.count else { return nil }
    let pid = pid(of: address)
    guard pid > 0 else { return nil }
    return Process(
      address: address, pid: pid, name: layout.name.map { name($0, of: address) } ?? "",
      size: number(layout.sz, of: address), pagetable: number(layout.pagetable, of: address))
  }

  private func pid(of address: UInt64) -> Int32 {
    Int32(truncatingIfNeeded: number(layout.pid, of: address))
  }

  private func number(_ member: ProcessLayout.Member, of address: UInt64) -> UInt64 {
    let value = memory.load64(address &+ member.offset)
    return member.size >= 8 ? value : value & (1 << (8 * member.size) - 1)
  }

  private func name(_ member: ProcessLayout.Member, of address: UInt64) -> String {
    memory.string(at: address &+ member.offset, limit: min(member.size, Self.longestName))
  }
}

extension PhysicalMemory {
  /// The C string at physical `address`, or its first `limit` bytes.
  fileprivate func string(at address: UInt64, limit: UInt64) -> String {
    let bytes = (0..<limit).lazy.map { self.load8(address &+ $0) }.prefix { $0 != 0 }
    return String(decoding: Array(bytes), as: UTF8.self)
  }
}
