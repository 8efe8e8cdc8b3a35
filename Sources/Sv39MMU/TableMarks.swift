/// Which pages of RAM have page-table entries from which cached translations were made, so that a store to
/// such an entry takes effect at once.
///
/// A hart that caches a translation marks the tables that led to it (`mark`), each with its *use*: the root
/// table, the level, and the virtual addresses that it serves. A write to a marked page is then seen, like a
/// write to decoded code (`CodeMarks`), and `WatchLog` gets a notice about what depends on the entry:
///
/// - An aligned doubleword counts as an entry. If V was clear in the old entry, nothing depends on it,
///   because no cache keeps pages that are not mapped. So a kernel that maps pages one by one causes no
///   notices. A valid entry at level 0 concerns one page; a higher one concerns its whole address space.
/// - After any other write (a byte, a whole page, a disk transfer) the page is no longer a table: its address
///   space is forgotten, and its mark is removed.
///
/// So cached translations always agree with the tables in memory, as if there were no cache. `sfence.vma` and
/// a write to `satp` need not forget anything (privileged specification, "Supervisor Memory-Management Fence
/// Instruction": an implementation may always see stores early).
///
/// A table may be used in two ways: shared by two address spaces, or used at two levels. It is then marked as
/// shared, and a change of a valid entry in it concerns everything.
public struct TableMarks: @unchecked Sendable {
  /// What each page is used for; zero if it holds no entries.
  @usableFromInline let uses: UnsafeMutablePointer<UInt64>
  let pages: Int

  /// Nil if the host has not enough memory.
  init?(pages: Int) {
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: 8)
    guard !overflow, let start = HostMemory.reserve(bytes) else { return nil }
    self.pages = pages
    uses = start.bindMemory(to: UInt64.self, capacity: pages)
  }

  func deallocate() { HostMemory.release(UnsafeMutableRawPointer(uses), pages * 8) }

  /// Whether the page that holds the RAM byte at `offset` holds entries.
  @inlinable public func holdsEntries(offset: UInt64) -> Bool { uses[Int(offset >> 12)] != 0 }

  // A use: level + 1 in bits 1-0, the root's page in bits 31-2, the virtual page number of the first page
  // that the table serves from bit 32 on.
  private static let shared = UInt64.max
  private static let rootShift: UInt64 = 2
  private static let rootMask: UInt64 = 1 << 30 - 1
  private static let vpnShift: UInt64 = 32

  private static func use(root: UInt64, level: Int, va: UInt64) -> UInt64 {
    guard root <= rootMask else { return shared }
    let served = Sv39.span(level: level) << 9
    let vpn = (va & (1 << 39 - 1) & ~(served - 1)) >> PGSHIFT
    return UInt64(level + 1) | root << rootShift | vpn << vpnShift
  }

  /// Notes that the table in `page` was read at `level` on the way from the table in page `root` to `va`.
  /// Pages count from the start of RAM. True if the page was not marked before.
  package func mark(page: UInt64, root: UInt64, level: Int, va: UInt64) -> Bool {
    let use = Self.use(root: root, level: level, va: va)
    let old = uses[Int(page)]
    if old == use { return false }
    uses[Int(page)] = old == 0 ? use : Self.shared
    return old == 0
  }

  /// Must be called before a write of `count` bytes to a marked page, at `offset` from the start of RAM, all
  /// in that page. `old` is the doubleword at `offset` if the write is an aligned doubleword, otherwise nil.
  @usableFromInline func noteWrite(offset: UInt64, old: UInt64?, log: WatchLog) {
    let page = Int(offset >> 12)
    let use = uses[page]
    let level = Int(use & 3) - 1
    let root = use >> Self.rootShift & Self.rootMask
    if let old {
      let entry = PTE(rawValue: old)
      guard entry.v else { return }
      if use != Self.shared && level == 0 {
        let vpn = use >> Self.vpnShift + (offset & 4095) >> 3
        return log.append(.page(root: root, vpn: vpn, wasExecutable: entry.x))
      }
    } else {
      uses[page] = 0
    }
    log.append(use == Self.shared ? .everything : .space(root: root))
  }
}
