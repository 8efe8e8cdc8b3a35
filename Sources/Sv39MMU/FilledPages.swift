/// Pages of RAM that take no memory of the host's: one byte over and over, but for the first word and the last.
///
/// xv6 fills each page that it frees with junk, and puts the link of its list of free pages into the first word. As long
/// as nobody uses it, a page is nothing more, and nearly all of RAM is so from boot to the end. All RAM begins as *filled*
/// pages of zeros. Filling such a page anew, and a few single loads and stores, leave it filled; whatever else is done to
/// it needs its bytes: they are *written out*, to the host's memory, and stay there. The guest sees no difference.
///
/// A translation cache holds no filled page, so whoever accesses one comes by here. A page stays filled while it is being
/// filled anew by a guest's loop in several pieces, as a hart's turn may end in the middle of one. The last word is kept
/// apart, too, because such a loop, done in strides by `ByteLoop`, does its last byte by itself.
public struct FilledPages: @unchecked Sendable {
  /// For each page how many single accesses it has had while it was filled, or `writtenOut`.
  @usableFromInline let states: UnsafeMutablePointer<UInt8>
  private let contents: UnsafeMutablePointer<FilledPage>
  private let bytes: UnsafeMutableRawPointer
  let pages: Int

  @usableFromInline static var writtenOut: UInt8 { .max }
  /// Single accesses after which a page is in use, and better off in the host's memory.
  private static var patience: UInt8 { 32 }

  /// Bytes that this takes for so many pages, a multiple of the page size. Zeros there are pages of zeros.
  static func size(pages: Int) -> Int {
    let size = pages * (MemoryLayout<FilledPage>.stride + 1)
    return (size + Int(PGSIZE) - 1) / Int(PGSIZE) * Int(PGSIZE)
  }

  /// The pages of the RAM at `bytes`, as the `size(pages:)` bytes at `table` tell of them.
  init(pages: Int, table: UnsafeMutableRawPointer, bytes: UnsafeMutableRawPointer) {
    self.pages = pages
    self.bytes = bytes
    contents = table.bindMemory(to: FilledPage.self, capacity: pages)
    states = (table + pages * MemoryLayout<FilledPage>.stride).bindMemory(to: UInt8.self, capacity: pages)
  }

  /// Whether the page that holds the RAM byte at `offset` is filled.
  @inlinable public func isFilled(offset: UInt64) -> Bool { states[Int(offset >> 12)] != Self.writtenOut }

  /// What is in the page that holds the RAM byte at `offset`, written out or not; nil where it is not one byte over and over.
  func contents(offset: UInt64) -> FilledPage? {
    let page = Int(offset >> 12)
    guard states[page] != Self.writtenOut else { return FilledPage(of: bytes + page * Int(PGSIZE)) }
    return contents[page].isWhole ? contents[page] : nil
  }

  /// Writes out the pages of `count` bytes (at least 1) at `offset`, where they are filled.
  @usableFromInline func writeOut(offset: UInt64, count: Int) {
    for page in Int(offset >> 12)...Int((offset &+ UInt64(count) &- 1) >> 12)
    where states[page] != Self.writtenOut {
      states[page] = Self.writtenOut
      // The host's memory is zero where nothing was ever written.
      if contents[page] != FilledPage() { contents[page].write(to: bytes + page * Int(PGSIZE)) }
    }
  }

  /// The `count` bytes (1...8) at `offset`, in a filled page; nil where that has been written out for it.
  @usableFromInline func load(offset: UInt64, count: Int) -> UInt64? {
    let page = Int(offset >> 12)
    if bears(page), let value = contents[page].load(Int(offset & 4095), count) { return value }
    writeOut(offset: offset, count: 1)
    return nil
  }

  /// Stores the low `count` bytes (1...8) of `value` at `offset`, in a filled page; false, and nothing done, where that has
  /// been written out for it.
  @usableFromInline func store(offset: UInt64, _ value: UInt64, count: Int) -> Bool {
    let page = Int(offset >> 12)
    if bears(page), contents[page].store(Int(offset & 4095), value, count) { return true }
    writeOut(offset: offset, count: 1)
    return false
  }

  /// Fills `count` bytes from `offset` on, all in one filled page; false, and nothing done, where that has been written out
  /// for it.
  @usableFromInline func fill(offset: UInt64, count: Int, with byte: UInt8) -> Bool {
    let first = Int(offset & 4095)
    if contents[Int(offset >> 12)].fill(first..<first + count, with: byte) { return true }
    writeOut(offset: offset, count: 1)
    return false
  }

  /// Replaces the filled page that holds the RAM byte at `offset`.
  func replace(offset: UInt64, by page: FilledPage) { contents[Int(offset >> 12)] = page }

  /// Counts a single access to a filled page; false where it has had enough of them.
  private func bears(_ page: Int) -> Bool {
    guard states[page] < Self.patience else { return false }
    states[page] += 1
    return true
  }
}
