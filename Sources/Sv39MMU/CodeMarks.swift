/// Which parts of RAM have been decoded into blocks, so that every store can tell whether it changes code.
///
/// xv6 executes no `fence.i` after `exec` has written a program's text, so decoded code must follow stores at
/// once. Two questions are answered cheaply:
///
/// - A store asks whether its *page* holds decoded code (`lines[page] != 0`). Translation caches do not let
///   such stores pass unseen.
/// - Within such a page, one bit for each 64-byte *line* says whether the store really changes decoded bytes.
///   Some programs (xv6's, for example) have text and data in one page: they can change their variables and
///   keep their decoded code.
///
/// After a store to a decoded line, the whole page is forgotten: its bits are cleared, its version grows, and
/// `invalidations` grows. A block is valid as long as the version of its page has not changed since it was
/// decoded.
public struct CodeMarks: @unchecked Sendable {
  /// One bit for each 64-byte line of a page, bit 0 the lowest addresses.
  @usableFromInline let lines: UnsafeMutablePointer<UInt64>
  @usableFromInline let versions: UnsafeMutablePointer<UInt32>
  /// `counters[0]`: invalidations.
  @usableFromInline let counters: UnsafeMutablePointer<UInt64>
  @usableFromInline let pages: Int

  /// Nil if the host has not enough memory. As with RAM itself, the host allocates a page only when it is
  /// touched.
  init?(pages: Int) {
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: Self.bytesPerPage)
    guard !overflow, bytes <= Int.max - Self.countersSize,
      let start = HostMemory.reserve(bytes + Self.countersSize)
    else { return nil }
    self.pages = pages
    counters = start.bindMemory(to: UInt64.self, capacity: 1)
    lines = (start + Self.countersSize).bindMemory(to: UInt64.self, capacity: pages)
    versions = (start + Self.countersSize + pages * 8).bindMemory(to: UInt32.self, capacity: pages)
  }

  /// A line mask and a version.
  private static let bytesPerPage = 8 + 4
  private static let countersSize = 8

  func deallocate() {
    HostMemory.release(UnsafeMutableRawPointer(counters), Self.countersSize + pages * Self.bytesPerPage)
  }

  /// How often decoded code has been overwritten. While it stays the same, every decoded block is valid.
  @inlinable public var invalidations: UInt64 { counters[0] }

  /// Whether the page that holds the RAM byte at `offset` from the start of RAM holds decoded code.
  @inlinable public func holdsCode(offset: UInt64) -> Bool { lines[Int(offset >> 12)] != 0 }

  /// The version of the page that holds the RAM byte at `offset`: it changes when decoded code there is
  /// overwritten.
  @inlinable public func version(offset: UInt64) -> UInt32 { versions[Int(offset >> 12)] }

  /// Notes that the `count` bytes at `offset`, all in one page, have been decoded. True if the page held no
  /// decoded code before.
  package func markDecoded(offset: UInt64, count: Int) -> Bool {
    guard count > 0 else { return false }
    let page = Int(offset >> 12)
    let isNew = lines[page] == 0
    lines[page] |= Self.lineMask(from: Int(offset & 4095), count: count)
    return isNew
  }

  /// Whether any of the `count` bytes (1...4096) at `offset`, all in one page, lie in a decoded line.
  package func isDecoded(offset: UInt64, count: Int) -> Bool {
    lines[Int(offset >> 12)] & Self.lineMask(from: Int(offset & 4095), count: count) != 0
  }

  /// Must be called before `count` bytes (1...4096) at `offset` are written, all in one page with decoded
  /// code.
  func noteWrite(offset: UInt64, count: Int) {
    guard isDecoded(offset: offset, count: count) else { return }
    let page = Int(offset >> 12)
    lines[page] = 0
    versions[page] &+= 1
    counters[0] &+= 1
  }

  /// The bits of the lines in which `count` bytes (1...4096) at `from` in a page lie.
  static func lineMask(from: Int, count: Int) -> UInt64 {
    let first = from >> 6
    let last = (from + count - 1) >> 6
    return (UInt64.max &<< UInt64(first)) & (UInt64.max &>> UInt64(63 - last))
  }
}
