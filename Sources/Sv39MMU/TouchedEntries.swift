/// Which entries of a table have been written since it was last empty, as long as they are few. xv6 flushes
/// its translations twice for each trap; to empty the table then should not take longer than it took to fill
/// it.
package struct TouchedEntries: ~Copyable {
  private static var capacity: Int { 256 }
  private let indices: UnsafeMutablePointer<UInt16>
  /// How many entries are kept. Some may be there more than once.
  package private(set) var count = 0
  /// There were more entries than can be kept: all of the table counts as written.
  package private(set) var overflowed = false

  package init() { indices = .allocate(capacity: Self.capacity) }

  deinit { indices.deallocate() }

  /// The index of an entry that was written. `i` is less than `count`.
  package subscript(i: Int) -> Int { Int(indices[i]) }

  /// Notes that entry `index`, less than 65,536, has been written.
  package mutating func note(_ index: Int) {
    guard count < Self.capacity else {
      overflowed = true
      return
    }
    indices[count] = UInt16(truncatingIfNeeded: index)
    count += 1
  }

  package mutating func clear() {
    count = 0
    overflowed = false
  }
}
