import Sv39MMU

/// The block that a virtual pc was last found to lead to.
struct Jump {
  var pc: UInt64
  var block: Block?

  /// A pc that no instruction has.
  static var empty: Jump { Jump(pc: 1, block: nil) }
}

/// From virtual pc to block, in one address space and privilege mode. It is emptied whenever the meaning of
/// an executable page has changed, or decoded code has been overwritten.
struct JumpTable: ~Copyable {
  /// A power of two.
  private static var capacity: Int { 1024 }

  let entries: UnsafeMutablePointer<Jump>
  private var used = TouchedEntries()

  init() {
    entries = .allocate(capacity: Self.capacity)
    entries.initialize(repeating: .empty, count: Self.capacity)
  }

  deinit { entries.deallocate() }

  @inline(__always) static func index(_ pc: UInt64) -> Int {
    Int(truncatingIfNeeded: pc &>> 1) & (capacity - 1)
  }

  /// Remembers that `pc` leads to `block`.
  mutating func remember(_ block: Block, at pc: UInt64) {
    let index = Self.index(pc)
    entries[index] = Jump(pc: pc, block: block)
    used.note(index)
  }

  mutating func forget() {
    if used.overflowed {
      entries.update(repeating: .empty, count: Self.capacity)
    } else {
      for i in 0..<used.count { entries[used[i]] = .empty }
    }
    used.clear()
  }
}
