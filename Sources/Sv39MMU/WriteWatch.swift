/// Which parts of RAM must be watched for writes: decoded code, and page tables from which translations are
/// cached.
///
/// All code that writes to RAM calls `noteWrite` first. The exception: a hart's stores through a cached
/// translation that is not `watched`, because the page is then known to be unwatched. When a page becomes
/// watched, the log gets a notice, and harts drop their cached translations for stores to it.
public struct WriteWatch: @unchecked Sendable {
  public let code: CodeMarks
  public let tables: TableMarks
  public let log: WatchLog
  private let bytes: UnsafeMutableRawPointer

  /// Nil if the host has not enough memory.
  init?(pages: Int, bytes: UnsafeMutableRawPointer) {
    guard let code = CodeMarks(pages: pages) else { return nil }
    guard let tables = TableMarks(pages: pages) else {
      code.deallocate()
      return nil
    }
    self.code = code
    self.tables = tables
    self.bytes = bytes
    log = WatchLog()
  }

  func deallocate() {
    code.deallocate()
    tables.deallocate()
    log.deallocate()
  }

  /// Whether writes to the page that holds the RAM byte at `offset` must be noted.
  @inlinable public func isWatched(offset: UInt64) -> Bool {
    code.holdsCode(offset: offset) || tables.holdsEntries(offset: offset)
  }

  /// Must be called before every write to RAM: `count` bytes at `offset` from its start, all of them in RAM.
  @inlinable func noteWrite(offset: UInt64, count: Int) {
    guard count > 0 else { return }
    let last = (offset &+ UInt64(count) &- 1) >> 12
    if last == offset >> 12 {
      if isWatched(offset: offset) { noteWatchedWrite(offset: offset, count: count) }
    } else {
      noteLongWrite(offset: offset, count: count)
    }
  }

  @usableFromInline func noteLongWrite(offset: UInt64, count: Int) {
    var from = offset
    let end = offset &+ UInt64(count)
    while from < end {
      let to = min(end, (from | 4095) &+ 1)
      if isWatched(offset: from) { noteWatchedWrite(offset: from, count: Int(to &- from)) }
      from = to
    }
  }

  /// Must be called before `count` bytes (1...4096) at `offset`, all in one watched page, are written.
  @usableFromInline func noteWatchedWrite(offset: UInt64, count: Int) {
    if code.holdsCode(offset: offset) { code.noteWrite(offset: offset, count: count) }
    if tables.holdsEntries(offset: offset) {
      let isEntry = count == 8 && offset & 7 == 0
      let old = isEntry ? UInt64(littleEndian: (bytes + Int(offset)).load(as: UInt64.self)) : nil
      tables.noteWrite(offset: offset, old: old, log: log)
    }
  }

  /// Notes that `count` bytes at `offset`, all in one page, have been decoded.
  package func markDecoded(offset: UInt64, count: Int) {
    if code.markDecoded(offset: offset, count: count) { log.append(.watched(page: offset >> 12)) }
  }

  /// Notes that a translation of `va` is cached. It came from the table in page `page`, read at `level`, and
  /// from the root table in page `root`. Pages count from the start of RAM.
  package func markTable(page: UInt64, root: UInt64, level: Int, va: UInt64) {
    if tables.mark(page: page, root: root, level: level, va: va) { log.append(.watched(page: page)) }
  }
}
