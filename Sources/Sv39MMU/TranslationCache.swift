/// One cached translation: the guest's virtual page, and the number to add to a virtual address to get the
/// host's address.
@frozen public struct CachedTranslation {
  /// The virtual address of the page, or `empty`. Its low 12 bits are zero. An access compares it with its
  /// address, masked by `~4095 | (size - 1)`: so a misaligned access differs too, and takes the slow path. An
  /// aligned access never crosses a page.
  public var tag: UInt64
  /// host address = `addend &+ virtual address`
  public var addend: UInt64

  /// How many translations of each kind a cache holds, a power of two.
  @inlinable public static var count: Int { 256 }

  /// The index in the cache of the translation of `va`.
  @inlinable public static func index(_ va: UInt64) -> Int { Int(truncatingIfNeeded: va &>> 12) & 255 }

  /// Set in the tag of a page whose stores must be seen, because something was derived from its contents. No
  /// masked address has this bit, so stores to the page take the slow path, which then finds the translation
  /// here.
  @inlinable public static var watched: UInt64 { 1 << 10 }

  /// A tag that is different from every masked address.
  @inlinable public static var empty: UInt64 { 1 << 11 }
}

/// The recent translations of one privilege mode in one address space. The cache is direct-mapped. Fetches,
/// loads and stores have separate entries, so that an entry in its place means that the access is allowed.
///
/// Its entries always agree with the page tables in memory: the hart hears of each change through
/// `TableMarks`. It is flushed when something else changes on which they depend: `SUM`, `MXR`, protection.
/// Entries for stores to pages whose writes must be seen are `watched`: see `WriteWatch`.
package struct TranslationCache: ~Copyable {
  package let fetches: UnsafeMutablePointer<CachedTranslation>
  package let loads: UnsafeMutablePointer<CachedTranslation>
  package let stores: UnsafeMutablePointer<CachedTranslation>
  private var used: TouchedEntries

  package init() {
    let total = 3 * CachedTranslation.count
    fetches = .allocate(capacity: total)
    fetches.initialize(repeating: Self.nothing, count: total)
    loads = fetches + CachedTranslation.count
    stores = loads + CachedTranslation.count
    used = TouchedEntries()
  }

  deinit { fetches.deallocate() }

  private static var nothing: CachedTranslation { CachedTranslation(tag: CachedTranslation.empty, addend: 0) }

  /// Forgets everything. The time depends on how much was added since the last time.
  package mutating func flush() {
    if used.overflowed {
      fetches.update(repeating: Self.nothing, count: 3 * CachedTranslation.count)
    } else {
      for i in 0..<used.count { fetches[used[i]] = Self.nothing }
    }
    used.clear()
  }

  /// Forgets the translations of the page of `va`.
  package func forget(_ va: UInt64) {
    let page = va & ~4095
    for kind in 0..<3 {
      let entry = fetches + kind * CachedTranslation.count + CachedTranslation.index(va)
      if entry.pointee.tag & ~CachedTranslation.watched == page { entry.pointee = Self.nothing }
    }
  }

  /// Forgets all translations of stores to the host's page at `page`, which has become watched.
  package func forgetStores(to page: UnsafeMutableRawPointer) {
    guard used.count > 0 else { return }
    let host = UInt64(UInt(bitPattern: page))
    for i in 0..<CachedTranslation.count where stores[i].addend &+ (stores[i].tag & ~4095) == host {
      stores[i] = Self.nothing
    }
  }

  /// Adds a translation: `access` to the page of `va` is allowed, and means the host's page at `page`.
  package mutating func remember(
    _ access: Access, va: UInt64, page: UnsafeMutableRawPointer, watched: Bool = false
  ) {
    let tag = va & ~4095
    let kind =
      switch access {
      case .fetch: 0
      case .load: 1
      case .store: 2
      }
    let index = kind * CachedTranslation.count + CachedTranslation.index(va)
    fetches[index] = CachedTranslation(
      tag: watched ? tag | CachedTranslation.watched : tag, addend: UInt64(UInt(bitPattern: page)) &- tag)
    used.note(index)
  }
}
