/// RAM pages with one repeated byte, which use no host memory. Their first and last words may be different.
///
/// xv6 fills each page that it frees with junk, and puts the link of its free list into the first word. A
/// free page stays like that until it is used, and nearly all of RAM is free from boot to the end. All RAM
/// begins as *filled* pages of zeros. A page stays filled if it is filled again, or after a few single loads
/// and stores. Everything else needs the page's bytes: they are *written out* to the host's memory, and stay
/// there. The guest sees no difference.
///
/// A translation cache holds no filled pages, so every access to one comes here. A guest's loop may fill a
/// page in several pieces, because a hart's turn may end in the middle; the page stays filled in between. The
/// last word is separate because `ByteLoop`, which runs such a loop in large steps, leaves the last byte to
/// the interpreter.
public struct FilledPages: @unchecked Sendable {
  /// For each page: how many single accesses it has had while it was filled, or `writtenOut`.
  @usableFromInline let states: UnsafeMutablePointer<UInt8>
  private let contents: UnsafeMutablePointer<FilledPage>
  private let bytes: UnsafeMutableRawPointer
  let pages: Int

  @usableFromInline static var writtenOut: UInt8 { .max }
  /// After this many single accesses a page is in use, and is written out to the host's memory.
  private static var patience: UInt8 { 32 }

  /// How many bytes the table needs for this number of pages, a multiple of the page size. A table of zeros
  /// means pages of zeros.
  static func size(pages: Int) -> Int {
    let size = pages * (MemoryLayout<FilledPage>.stride + 1)
    return (size + Int(PGSIZE) - 1) / Int(PGSIZE) * Int(PGSIZE)
  }

  /// The pages of the RAM at `bytes`. Their table is the `size(pages:)` bytes at `table`.
  init(pages: Int, table: UnsafeMutableRawPointer, bytes: UnsafeMutableRawPointer) {
    self.pages = pages
    self.bytes = bytes
    contents = table.bindMemory(to: FilledPage.self, capacity: pages)
    states = (table + pages * MemoryLayout<FilledPage>.stride).bindMemory(to: UInt8.self, capacity: pages)
  }

  /// Whether the page that holds the RAM byte at `offset` is filled.
  @inlinable public func isFilled(offset: UInt64) -> Bool { states[Int(offset >> 12)] != Self.writtenOut }

  /// The contents of the page that holds the RAM byte at `offset`, written out or not. Nil if its bytes are
  /// not all the same.
  func contents(offset: UInt64) -> FilledPage? {
    let page = Int(offset >> 12)
    guard states[page] != Self.writtenOut else { return FilledPage(of: bytes + page * Int(PGSIZE)) }
    return contents[page].isWhole ? contents[page] : nil
  }

  /// Writes out those pages of the `count` bytes (at least 1) at `offset` that are filled.
  @usableFromInline func writeOut(offset: UInt64, count: Int) {
    for page in Int(offset >> 12)...Int((offset &+ UInt64(count) &- 1) >> 12)
    where states[page] != Self.writtenOut {
      states[page] = Self.writtenOut
      // The host's memory is zero if it was never written.
      if contents[page] != FilledPage() { contents[page].write(to: bytes + page * Int(PGSIZE)) }
    }
  }

  /// The `count` bytes (1...8) at `offset`, in a filled page. Nil if the page had to be written out.
  @usableFromInline func load(offset: UInt64, count: Int) -> UInt64? {
    let page = Int(offset >> 12)
    if bears(page), let value = contents[page].load(Int(offset & 4095), count) { return value }
    writeOut(offset: offset, count: 1)
    return nil
  }

  /// Stores the low `count` bytes (1...8) of `value` at `offset`, in a filled page. False, and nothing is
  /// stored, if the page had to be written out.
  @usableFromInline func store(offset: UInt64, _ value: UInt64, count: Int) -> Bool {
    let page = Int(offset >> 12)
    if bears(page), contents[page].store(Int(offset & 4095), value, count) { return true }
    writeOut(offset: offset, count: 1)
    return false
  }

  /// Fills `count` bytes from `offset` on, all in one filled page. False, and nothing is filled, if the page
  /// had to be written out.
  @usableFromInline func fill(offset: UInt64, count: Int, with byte: UInt8) -> Bool {
    let first = Int(offset & 4095)
    if contents[Int(offset >> 12)].fill(first..<first + count, with: byte) { return true }
    writeOut(offset: offset, count: 1)
    return false
  }

  /// Replaces the filled page that holds the RAM byte at `offset`.
  func replace(offset: UInt64, by page: FilledPage) { contents[Int(offset >> 12)] = page }

  /// Counts a single access to a filled page. False if there were too many.
  private func bears(_ page: Int) -> Bool {
    guard states[page] < Self.patience else { return false }
    states[page] += 1
    return true
  }
}
