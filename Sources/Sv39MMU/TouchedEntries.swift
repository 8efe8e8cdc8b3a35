/// Which entries of a table have been written since it was last empty, as long as they are few: xv6 flushes its
/// translations twice a trap, and a table should then be emptied in the time that it took to fill.
package struct TouchedEntries: ~Copyable {
  private static var capacity: Int { 256 }
  private let indices: UnsafeMutablePointer<UInt16>
  /// How many there are, some perhaps more than once.
  package private(set) var count = 0
  /// More than are kept: the whole table must be taken as written.
  package private(set) var overflowed = false

  package init() { indices = .allocate(capacity: Self.capacity) }

  deinit { indices.deallocate() }

  /// The index of an entry that was written; `i` less than `count`.
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
