/// One cached translation: the guest's virtual page, and what to add to a virtual address to get the host's.
@frozen public struct CachedTranslation {
  /// The virtual address of the page, or `empty`. Its low 12 bits are zero, so that comparing it with
  /// an address masked by `~4095 | (size - 1)` also tells a misaligned access, which then takes the slow path;
  /// an aligned access never crosses a page.
  public var tag: UInt64
  /// host address = `addend &+ virtual address`
  public var addend: UInt64

  /// A tag that no masked address equals.
  @inlinable public static var empty: UInt64 { 1 << 11 }
}

/// The recent translations of one privilege mode: direct-mapped, fetches, loads and stores apart, so that an entry says
/// by its place that the access is allowed.
///
/// Whoever holds it keeps one for each privilege mode and flushes it when anything that its entries were derived from
/// changes: page tables (`sfence.vma`), `satp`, `SUM`, `MXR`. Entries for stores lead to pages without
/// decoded code only: see `CodeMarks`.
package struct TranslationCache: ~Copyable {
  /// Entries for each kind of access, a power of two.
  package static let entries = 256

  package let fetches: UnsafeMutablePointer<CachedTranslation>
  package let loads: UnsafeMutablePointer<CachedTranslation>
  package let stores: UnsafeMutablePointer<CachedTranslation>
  private var used = true

  package init() {
    fetches = .allocate(capacity: 3 * Self.entries)
    loads = fetches + Self.entries
    stores = loads + Self.entries
    flush()
  }

  deinit { fetches.deallocate() }

  /// Forgets everything. Costs nothing where nothing has been cached since the last time.
  package mutating func flush() {
    guard used else { return }
    used = false
    fetches.update(
      repeating: CachedTranslation(tag: CachedTranslation.empty, addend: 0), count: 3 * Self.entries)
  }

  /// Forgets where stores may go, because a page has become code.
  package mutating func flushStores() {
    guard used else { return }
    stores.update(repeating: CachedTranslation(tag: CachedTranslation.empty, addend: 0), count: Self.entries)
  }

  /// Remembers that `access` to the page of `va` is allowed and leads to the host's page at `page`.
  package mutating func remember(_ access: Access, va: UInt64, page: UnsafeMutableRawPointer) {
    used = true
    let tag = va & ~4095
    let entry = CachedTranslation(tag: tag, addend: UInt64(UInt(bitPattern: page)) &- tag)
    let index = Int(va >> 12) & (Self.entries - 1)
    switch access {
    case .fetch: fetches[index] = entry
    case .load: loads[index] = entry
    case .store: stores[index] = entry
    }
  }
}
