import ObjectFile
import Sv39MMU

/// The process table of a real kernel, found by its debug information.
struct KernelProcesses {
  /// The address of `proc[0]`; the kernel maps its own data where it lies.
  private let address: UInt64
  private let stride: UInt64
  private let count: UInt64
  /// Where the fields lie in a `struct proc`.
  private let pid: UInt64
  private let size: UInt64
  private let pagetable: UInt64
  private let name: UInt64

  /// More processes than any kernel has place for.
  private static let most: UInt64 = 4096

  /// Nil where the kernel's debug information does not tell.
  init?(_ kernel: ELF) {
    guard let info = CodeMap(kernel).debugInfo, let table = info.global(named: "proc"),
      let layout = info.layout(ofStruct: "proc"), layout.size > 0, let bytes = table.type.size,
      let pid = layout["pid"], let size = layout["sz"], let pagetable = layout["pagetable"],
      let name = layout["name"]
    else { return nil }
    address = table.address
    stride = layout.size
    count = min(bytes / layout.size, Self.most)
    self.pid = pid.offset
    self.size = size.offset
    self.pagetable = pagetable.offset
    self.name = name.offset
  }

  /// The process whose page table has its root at `root`; nil where there is none.
  func process(withPagetable root: UInt64, in memory: PhysicalMemory) -> (
    pid: Int32, name: String, size: UInt64
  )? {
    for index in 0..<count {
      let p = address &+ index &* stride
      guard memory.load64(p &+ pagetable) == root else { continue }
      return (
        Int32(truncatingIfNeeded: integer(Self.bytes(4, at: p &+ pid, in: memory))),
        String(decoding: Self.bytes(16, at: p &+ name, in: memory).prefix { $0 != 0 }, as: UTF8.self),
        memory.load64(p &+ size)
      )
    }
    return nil
  }

  private static func bytes(_ count: Int, at address: UInt64, in memory: PhysicalMemory) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { _ = memory.read(address, into: $0) }
    return bytes
  }

  private func integer(_ bytes: [UInt8]) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}
