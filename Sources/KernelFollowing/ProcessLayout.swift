import ObjectFile

/// How an xv6 kernel keeps its processes in memory. The debug information tells it.
package struct ProcessLayout: Sendable, Equatable {
  /// A member of a structure: its offset and its size in bytes.
  struct Member: Sendable, Equatable {
    package var offset: UInt64
    package var size: UInt64
  }

  /// `proc[]`.
  package let table: UInt64
  package let count: UInt64
  package let stride: UInt64
  /// `cpus[]`, and the offset in each element of the pointer to the process that runs there.
  let cpus: UInt64
  let cpuStride: UInt64
  let cpuProcess: UInt64
  let pid, sz, pagetable: Member
  let name, parent: Member?

  /// Limits above those of any kernel: the number of processes, and the bytes of each.
  private static let most: UInt64 = 4096
  private static let largest: UInt64 = 1 << 20

  /// Nil if a necessary part is missing, or is different from every xv6.
  package init?(_ info: DebugInfo) {
    guard let proc = info.global(named: "proc"), case .array(let element, let count?) = proc.type.shape,
      let size = element.size, let layout = info.layout(of: element),
      let cpus = info.global(named: "cpus"), case .array(let cpu, _) = cpus.type.shape,
      let cpuSize = cpu.size, let running = info.layout(of: cpu)?["proc"],
      1...Self.most ~= count, 1...Self.largest ~= size, 1...Self.largest ~= cpuSize
    else { return nil }
    func member(_ name: String) -> Member? {
      guard let member = layout[name], let bytes = member.size, member.offset < size, bytes <= size else {
        return nil
      }
      return Member(offset: member.offset, size: bytes)
    }
    guard let pid = member("pid"), let sz = member("sz"), let pagetable = member("pagetable") else {
      return nil
    }
    table = proc.address
    self.count = count
    stride = size
    self.cpus = cpus.address
    cpuStride = cpuSize
    cpuProcess = running.offset
    self.pid = pid
    self.sz = sz
    self.pagetable = pagetable
    name = member("name")
    parent = member("parent")
  }
}
