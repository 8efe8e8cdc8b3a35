#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// RAM as it was at one moment. Any number of memories go on from there, sharing its pages until they write them: each
/// costs what it makes different.
///
/// The pages lie in a file without a name, which every one of those memories maps for itself; where the host has no
/// such file, in a copy that each of them copies again.
package final class FrozenMemory: Sendable {
  package let base: UInt64
  package let size: UInt64
  private let pages: Pages

  private enum Pages: Sendable {
    case file(Int32)
    case copy([UInt8])
  }

  /// Freezes what is in `memory`, which from now on shares it, too. It must not be written meanwhile.
  ///
  /// - `inFile`: false keeps a copy instead, as where the host has no files for this.
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

  /// A mapping for one memory more, of its bytes and of what is known of its filled pages; nil where the host refuses. It is
  /// the caller's to release.
  func map() -> UnsafeMutableRawPointer? {
    switch pages {
    case .file(let file): return HostMemory.mapCopy(of: file, PhysicalMemory.hostSize(size))
    case .copy(let bytes):
      let start = HostMemory.reserve(bytes.count)
      start?.copyMemory(from: bytes, byteCount: bytes.count)
      return start
    }
  }

  /// Bytes that are written, and given back by `memory`, at a time: so much is there twice.
  private static let piece = 2 << 20

  /// Writes what is in `memory` to a new file and puts the file's pages in the place of the memory's own. Pages of zeros
  /// take no room, nor do filled ones. Nil where the host refuses.
  private static func file(of memory: PhysicalMemory) -> Int32? {
    let size = PhysicalMemory.hostSize(memory.size)
    guard let file = HostMemory.openFile(size) else { return nil }
    for offset in stride(from: 0, to: size, by: piece) {
      let count = min(piece, size - offset)
      guard write(memory, offset..<offset + count, to: file) else {
        HostMemory.closeFile(file)
        return nil
      }
      // A host that refuses leaves the memory its own pages: the same bytes.
      _ = HostMemory.mapCopy(of: file, count, from: offset, at: memory.bytes + offset)
    }
    return file
  }

  /// Writes the pages among `range` that are not zero, neighbours at once.
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

  /// Whether the page holds nothing but zeros: its first word does, and each word is as the one before it.
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
