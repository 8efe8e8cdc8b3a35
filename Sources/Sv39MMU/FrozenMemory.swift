#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// RAM as it was at one moment. Any number of memories can start from it. They share its pages until they
/// write them, so each memory costs only the pages that it changes.
///
/// The pages are in a file without a name, which each of those memories maps. If the host has no such files,
/// they are in a copy, which each memory copies again.
package final class FrozenMemory: Sendable {
  package let base: UInt64
  package let size: UInt64
  private let pages: Pages

  private enum Pages: Sendable {
    case file(Int32)
    case copy([UInt8])
  }

  /// Freezes the contents of `memory`, which shares them too from now on. `memory` must not be written in the
  /// meantime.
  ///
  /// - `inFile`: false makes a copy instead, as if the host had no such files.
  package init(_ memory: PhysicalMemory, inFile: Bool = true) {
    base = memory.base
    size = memory.size
    if inFile, let file = Self.file(of: memory) {
      pages = .file(file)
    } else {
      pages = .copy(
        Array(UnsafeRawBufferPointer(start: memory.bytes, count: PhysicalMemory.hostSize(memory.size))))
    }
  }

  deinit { if case .file(let file) = pages { HostMemory.closeFile(file) } }

  /// A mapping for one more memory: its bytes and the table of its filled pages. Nil if the host refuses. The
  /// caller must release it.
  func map() -> UnsafeMutableRawPointer? {
    switch pages {
    case .file(let file): return HostMemory.mapCopy(of: file, PhysicalMemory.hostSize(size))
    case .copy(let bytes):
      let start = HostMemory.reserve(bytes.count)
      start?.copyMemory(from: bytes, byteCount: bytes.count)
      return start
    }
  }

  /// How many bytes are written, and then given back by `memory`, at a time. Only this much exists twice.
  private static let piece = 2 << 20

  /// Writes the contents of `memory` to a new file, and replaces the memory's own pages with the file's.
  /// Pages of zeros and filled pages take no room. Nil if the host refuses.
  private static func file(of memory: PhysicalMemory) -> Int32? {
    let size = PhysicalMemory.hostSize(memory.size)
    guard let file = HostMemory.openFile(size) else { return nil }
    for offset in stride(from: 0, to: size, by: piece) {
      let count = min(piece, size - offset)
      guard write(memory, offset..<offset + count, to: file) else {
        HostMemory.closeFile(file)
        return nil
      }
      // If the host refuses, the memory keeps its own pages, which have the same bytes.
      _ = HostMemory.mapCopy(of: file, count, from: offset, at: memory.bytes + offset)
    }
    return file
  }

  /// Writes the pages in `range` that are not zero, neighbours together.
  private static func write(_ memory: PhysicalMemory, _ range: Range<Int>, to file: Int32) -> Bool {
    func isZero(_ offset: Int) -> Bool {
      offset < Int(memory.size) && memory.filled.isFilled(offset: UInt64(offset))
        || Self.isZero(memory.bytes + offset)
    }
    let page = Int(PGSIZE)
    var next = range.lowerBound
    while next < range.upperBound {
      var end = next
      while end < range.upperBound, !isZero(end) { end += page }
      if end > next, !HostMemory.write(memory.bytes + next, end - next, to: file, at: next) { return false }
      next = end + page
    }
    return true
  }

  /// Whether the page has only zeros: its first word is zero, and each word equals the one before it.
  private static func isZero(_ page: UnsafeRawPointer) -> Bool {
    page.load(as: UInt64.self) == 0 && memcmp(page, page + 8, Int(PGSIZE) - 8) == 0
  }
}

extension FrozenMemory: Equatable {
  /// Whether both hold the same bytes at the same addresses.
  package static func == (a: FrozenMemory, b: FrozenMemory) -> Bool {
    guard a.base == b.base, a.size == b.size else { return false }
    if a === b { return true }
    guard let mine = try? PhysicalMemory(sharing: a), let other = try? PhysicalMemory(sharing: b) else {
      return false
    }
    return mine.holdsTheSame(as: other)
  }
}
