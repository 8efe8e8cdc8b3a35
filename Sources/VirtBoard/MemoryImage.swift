import Sv39MMU

/// RAM as it was: what a snapshot keeps of it.
enum MemoryImage: Equatable, Sendable {
  /// For a moment: quickly taken, nothing shared.
  case packed(PackedMemory)
  /// For many to go on from.
  case frozen(FrozenMemory)

  /// What is in `memory`, packed.
  init(_ memory: PhysicalMemory) { self = .packed(PackedMemory(memory)) }

  /// The frozen memory from which a new board's RAM begins.
  var frozen: FrozenMemory? {
    if case .frozen(let memory) = self { memory } else { nil }
  }
}

/// A copy of RAM. Pages that are fills, as nearly all of xv6's are, take some words each.
struct PackedMemory: Equatable, Sendable {
  private let base: UInt64
  /// Each page, in order; nil where it is in `contents`, in order.
  private var pages: [FilledPage?] = []
  private var contents: [UInt8] = []

  init(_ memory: PhysicalMemory) {
    base = memory.base
    pages.reserveCapacity(Int(memory.size / PGSIZE))
    for address in stride(from: base, to: base + memory.size, by: Int(PGSIZE)) {
      let page = memory.filledPage(address)
      pages.append(page)
      if page == nil, let bytes = memory.pointer(address, count: Int(PGSIZE)) {
        contents.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(PGSIZE)))
      }
    }
  }

  /// Writes the copy back to the RAM that it is of.
  func restore(to memory: PhysicalMemory) {
    var content = 0
    for (n, page) in pages.enumerated() {
      let address = base + UInt64(n) * PGSIZE
      if let page {
        memory.replace(address, by: page)
      } else {
        contents.withUnsafeBytes {
          _ = memory.write(address, from: .init(rebasing: $0[content..<(content + Int(PGSIZE))]))
        }
        content += Int(PGSIZE)
      }
    }
  }
}
