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

  /// Set in the tag of a page whose stores must be seen, because it holds decoded code: no masked address has this
  /// bit, so that they take the slow path, which finds the translation here nevertheless.
  @inlinable public static var watched: UInt64 { 1 << 10 }

  /// A tag that no masked address equals.
  @inlinable public static var empty: UInt64 { 1 << 11 }
}

/// The recent translations of one privilege mode: direct-mapped, fetches, loads and stores apart, so that an entry says
/// by its place that the access is allowed.
///
/// Whoever holds it keeps one for each privilege mode and flushes it when anything that its entries were derived from
/// changes: page tables (`sfence.vma`), `satp`, `SUM`, `MXR`. Entries for stores to pages with decoded code
/// are `watched`: see `CodeMarks`.
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

  /// Forgets where stores may go, because a page has become code.
  package mutating func flushStores() {
    if used.overflowed {
      stores.update(repeating: Self.nothing, count: CachedTranslation.count)
    } else {
      for i in 0..<used.count where used[i] >= 2 * CachedTranslation.count { fetches[used[i]] = Self.nothing }
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
