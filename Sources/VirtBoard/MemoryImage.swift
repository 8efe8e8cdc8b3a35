import Sv39MMU

/// A copy of RAM. Pages whose bytes are all alike, which most of xv6's are, take a byte each.
struct MemoryImage: Equatable, Sendable {
  let base: UInt64
  let size: UInt64
  /// For each page, the byte that it is full of; `.max` where it is in `contents`, in order.
  private var fills: [UInt16] = []
  private var contents: [UInt8] = []

  init(_ memory: PhysicalMemory) {
    base = memory.base
    size = memory.size
    fills.reserveCapacity(Int(size / PGSIZE))
    for offset in stride(from: 0, to: size, by: Int(PGSIZE)) {
      guard let page = memory.pointer(base + offset, count: Int(PGSIZE)) else { continue }
      let bytes = UnsafeRawBufferPointer(start: page, count: Int(PGSIZE))
      if Self.isUniform(bytes) {
        fills.append(UInt16(bytes[0]))
      } else {
        fills.append(.max)
        contents.append(contentsOf: bytes)
      }
    }
  }

  private static func isUniform(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let first = UInt64(bytes[0]) &* 0x0101_0101_0101_0101
    return bytes.bindMemory(to: UInt64.self).allSatisfy { $0 == first }
  }

  /// Writes the copy to RAM of the same base and size; `isNew` says that RAM is zero.
  func restore(to memory: PhysicalMemory, isNew: Bool) {
    var at = 0
    for (page, fill) in fills.enumerated() {
      let address = base + UInt64(page) * PGSIZE
      if fill == .max {
        contents.withUnsafeBytes {
          _ = memory.write(address, from: .init(rebasing: $0[at..<(at + Int(PGSIZE))]))
        }
        at += Int(PGSIZE)
      } else if fill != 0 || !isNew {
        memory.fill(address, count: Int(PGSIZE), with: UInt8(truncatingIfNeeded: fill))
      }
    }
  }
}
