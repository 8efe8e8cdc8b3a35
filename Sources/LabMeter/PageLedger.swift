import Sv39MMU

/// Follows the pages that a kernel handed out since the ledger was opened, as far as the kernel's events
/// tell.
///
/// A page becomes a *user page* when it is mapped below the trapframe in a process's page table. It stays
/// one until it is freed. A *table page* is a page that was filled with zeroes and did not become a user
/// page: a kernel zeroes no other pages. The kernel zeroes a page before it maps it, and may zero new page
/// tables in between. So the next mapping decides: if it maps one of the zeroed pages for a process, that
/// page is a user page, and all other zeroed pages are tables.
struct PageLedger {
  private enum Use { case plain, zeroed, user, table }

  private var uses: [UInt64: Use] = [:]
  /// Pages whose use is still `zeroed`.
  private var unsettled: [UInt64] = []

  private(set) var handedOut = 0
  private(set) var zeroed = 0
  private(set) var copied = 0
  /// The pages that are held now, and the most table pages that were held at once.
  private(set) var userPages = 0
  private(set) var tablePages = 0
  private(set) var peakTablePages = 0

  mutating func allocated(_ page: UInt64) {
    handedOut += 1
    uses[page] = .plain
  }

  mutating func freed(_ page: UInt64) {
    switch uses.removeValue(forKey: page) {
    case .user: userPages -= 1
    case .table: tablePages -= 1
    case .zeroed: unsettled.removeAll { $0 == page }
    case .plain, nil: break
    }
  }

  mutating func filled(_ page: UInt64, _ byte: UInt8) {
    guard byte == 0 else { return }
    zeroed += 1
    if uses[page] == .plain {
      uses[page] = .zeroed
      unsettled.append(page)
    }
  }

  mutating func wasCopied() { copied += 1 }

  /// The page at `page` was mapped. `isUser` says that it is memory of a process. Returns whether the
  /// number of user pages has changed.
  mutating func mapped(_ page: UInt64, isUser: Bool) -> Bool {
    for table in unsettled where table != page || !isUser {
      uses[table] = .table
      tablePages += 1
    }
    unsettled.removeAll(keepingCapacity: true)
    peakTablePages = max(peakTablePages, tablePages)
    guard isUser, let use = uses[page], use != .user else { return false }
    if use == .table { tablePages -= 1 }
    uses[page] = .user
    userPages += 1
    return true
  }
}
