import Sv39MMU

/// The state of RAM that a snapshot keeps.
enum MemoryImage: Equatable, Sendable {
  /// For short use: quick to take, shares nothing.
  case packed(PackedMemory)
  /// For many boards that go on from it.
  case frozen(FrozenMemory)

  /// A packed copy of `memory`.
  init(_ memory: PhysicalMemory) { self = .packed(PackedMemory(memory)) }

  /// The frozen memory, if this is one. A new board's RAM begins from it.
  var frozen: FrozenMemory? {
    if case .frozen(let memory) = self { memory } else { nil }
  }
}

/// A copy of RAM. A page that repeats one value needs only a few words; nearly all pages of xv6 are so.
struct PackedMemory: Equatable, Sendable {
  private let base: UInt64
  /// Each page in order. Nil if the bytes of the page are in `contents`; those pages are in the same order.
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

  /// Writes the copy back to the RAM from which it was made.
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
