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

/// A copy of RAM. A page takes a few bytes where all but its first word is the same byte, over and over: so are xv6's free
/// pages, nearly all of RAM.
struct PackedMemory: Equatable, Sendable {
  private let base: UInt64
  /// For each page, the byte that it is full of; `.max` where it is in `contents`, in order.
  private var fills: [UInt16] = []
  /// For each page that has a fill, its first word.
  private var heads: [UInt64] = []
  private var contents: [UInt8] = []

  init(_ memory: PhysicalMemory) {
    base = memory.base
    let count = Int(memory.size / PGSIZE)
    fills.reserveCapacity(count)
    heads.reserveCapacity(count)
    for offset in stride(from: 0, to: memory.size, by: Int(PGSIZE)) {
      guard let page = memory.pointer(base + offset, count: Int(PGSIZE)) else { continue }
      let last = page.load(fromByteOffset: Int(PGSIZE) - 1, as: UInt8.self)
      if Self.isUniform(page, last) {
        fills.append(UInt16(last))
        heads.append(page.load(as: UInt64.self))
      } else {
        fills.append(.max)
        contents.append(contentsOf: UnsafeRawBufferPointer(start: page, count: Int(PGSIZE)))
      }
    }
  }

  /// Whether every word of the page but its first consists of `byte`.
  private static func isUniform(_ page: UnsafeRawPointer, _ byte: UInt8) -> Bool {
    let words = UnsafeRawBufferPointer(start: page, count: Int(PGSIZE)).bindMemory(to: UInt64.self)
    let word = UInt64(byte) &* 0x0101_0101_0101_0101
    var difference: UInt64 = 0
    for n in 1..<words.count { difference |= words[n] ^ word }
    return difference == 0
  }

  /// Writes the copy back to the RAM that it is of.
  func restore(to memory: PhysicalMemory) {
    var content = 0
    var head = 0
    for (page, fill) in fills.enumerated() {
      let address = base + UInt64(page) * PGSIZE
      if fill == .max {
        contents.withUnsafeBytes {
          _ = memory.write(address, from: .init(rebasing: $0[content..<(content + Int(PGSIZE))]))
        }
        content += Int(PGSIZE)
      } else {
        memory.fill(address, count: Int(PGSIZE), with: UInt8(truncatingIfNeeded: fill))
        memory.store64(address, UInt64(littleEndian: heads[head]))
        head += 1
      }
    }
  }
}
