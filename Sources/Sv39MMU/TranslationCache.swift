/// One cached translation: the guest's virtual page, and what to add to a virtual address to get the host's.
@frozen public struct CachedTranslation {
  /// The virtual address of the page, or `empty`. Its low 12 bits are zero, so that comparing it with
  /// an address masked by `~4095 | (size - 1)` also tells a misaligned access, which then takes the slow path;
  /// an aligned access never crosses a page.
  public var tag: UInt64
  /// host address = `addend &+ virtual address`
  public var addend: UInt64

  /// How many translations of each kind a cache holds, a power of two.
  @inlinable public static var count: Int { 256 }

  /// Where in its cache the translation of `va` stands.
  @inlinable public static func index(_ va: UInt64) -> Int { Int(truncatingIfNeeded: va &>> 12) & 255 }

  /// Set in the tag of a page whose stores must be seen, because something is derived from it: no masked address has this
  /// bit, so that they take the slow path, which finds the translation here nevertheless.
  @inlinable public static var watched: UInt64 { 1 << 10 }

  /// A tag that no masked address equals.
  @inlinable public static var empty: UInt64 { 1 << 11 }
}

/// The recent translations of one privilege mode in one address space: direct-mapped, fetches, loads and stores apart, so
/// that an entry says by its place that the access is allowed.
///
/// Its entries always agree with the page tables in memory: `TableMarks` tells whoever holds it of each change.
/// It is flushed when anything else changes that they were derived from: `SUM`, `MXR`, protection. Entries for stores
/// to pages whose writes must be heard of are `watched`: see `WriteWatch`.
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

  /// Forgets everything; costs what has been remembered since the last time.
  package mutating func flush() {
    if used.overflowed {
      fetches.update(repeating: Self.nothing, count: 3 * CachedTranslation.count)
    } else {
      for i in 0..<used.count { fetches[used[i]] = Self.nothing }
    }
    used.clear()
  }

  /// Forgets what is known of the page of `va`.
  package func forget(_ va: UInt64) {
    let page = va & ~4095
    for kind in 0..<3 {
      let entry = fetches + kind * CachedTranslation.count + CachedTranslation.index(va)
      if entry.pointee.tag & ~CachedTranslation.watched == page { entry.pointee = Self.nothing }
    }
  }

  /// Forgets every way for stores to get to the host's page at `page`, which has become watched.
  package func forgetStores(to page: UnsafeMutableRawPointer) {
    guard used.count > 0 else { return }
    let host = UInt64(UInt(bitPattern: page))
    for i in 0..<CachedTranslation.count where stores[i].addend &+ (stores[i].tag & ~4095) == host {
      stores[i] = Self.nothing
    }
  }

  /// Remembers that `access` to the page of `va` is allowed and leads to the host's page at `page`.
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
