import Sv39MMU

/// What a hart has cached for one privilege mode in one address space.
struct ModeCaches: ~Copyable {
  var translations = TranslationCache()
  var jumps = JumpTable()

  mutating func flush() {
    translations.flush()
    jumps.forget()
  }
}

/// The caches of the address spaces that a hart used most recently, by `satp`. A write to `satp` only changes
/// pointers.
///
/// They always agree with the page tables in memory (`TableMarks`), so neither `satp` nor `sfence.vma` makes
/// anything in them wrong. xv6 changes both twice in every trap from user mode.
struct SpaceCaches: ~Copyable {
  private static var limit: Int { 16 }

  /// The caches of M mode, which has no address spaces; then those of U mode and S mode for each space.
  private let modes: UnsafeMutablePointer<ModeCaches>
  /// The `satp` of each space, and when it was last selected.
  private let satps: UnsafeMutablePointer<UInt64>
  private let uses: UnsafeMutablePointer<UInt64>
  private var count = 1
  private var current = 0
  private var clock: UInt64 = 0

  /// One space, without translation (`satp` zero).
  init() {
    modes = .allocate(capacity: 1 + 2 * Self.limit)
    for n in 0..<3 { (modes + n).initialize(to: ModeCaches()) }
    satps = .allocate(capacity: Self.limit)
    satps.initialize(repeating: 0, count: Self.limit)
    uses = .allocate(capacity: Self.limit)
    uses.initialize(repeating: 0, count: Self.limit)
  }

  deinit {
    modes.deinitialize(count: 1 + 2 * count)
    modes.deallocate()
    satps.deallocate()
    uses.deallocate()
  }

  /// The caches of a mode in the present space.
  func caches(_ mode: PrivilegeMode) -> UnsafeMutablePointer<ModeCaches> {
    switch mode {
    case .machine: modes
    case .user: modes + (1 + 2 * current)
    case .supervisor: modes + (2 + 2 * current)
    }
  }

  /// Selects the space of `satp`. A new space, or one that takes the place of the space unused for longest,
  /// is empty.
  mutating func select(_ satp: UInt64) {
    clock &+= 1
    var oldest = 0
    for n in 0..<count {
      if satps[n] == satp {
        uses[n] = clock
        current = n
        return
      }
      if uses[n] < uses[oldest] { oldest = n }
    }
    if count < Self.limit {
      current = count
      count += 1
      (modes + 1 + 2 * current).initialize(to: ModeCaches())
      (modes + 2 + 2 * current).initialize(to: ModeCaches())
    } else {
      current = oldest
      flush(space: oldest)
    }
    satps[current] = satp
    uses[current] = clock
  }

  private func flush(space: Int) {
    (modes + 1 + 2 * space).pointee.flush()
    (modes + 2 + 2 * space).pointee.flush()
  }

  /// Forgets everything of S and U mode.
  func flush() { for n in 0..<count { flush(space: n) } }

  /// Forgets the translations of loads and stores in S and U mode.
  func flushTranslations() { for n in 1..<(1 + 2 * count) { (modes + n).pointee.translations.flush() } }

  /// Forgets everything of M mode.
  func flushMachine() { modes.pointee.flush() }

  /// Forgets which block each pc leads to.
  func forgetJumps() { for n in 0..<(1 + 2 * count) { (modes + n).pointee.jumps.forget() } }

  /// Makes every store to the page at `page` in host memory take the slow path.
  func forgetStores(to page: UnsafeMutableRawPointer) {
    for n in 0..<(1 + 2 * count) { (modes + n).pointee.translations.forgetStores(to: page) }
  }

  /// The meaning of a page has changed in the address space with this `satp`.
  func forget(satp: UInt64, va: UInt64, wasExecutable: Bool) {
    for n in 0..<count where satps[n] == satp {
      for mode in 0..<2 {
        let caches = modes + (1 + 2 * n + mode)
        caches.pointee.translations.forget(va)
        if wasExecutable { caches.pointee.jumps.forget() }
      }
    }
  }

  /// Anything in the address space with this `satp` may have changed.
  func forget(satp: UInt64) { for n in 0..<count where satps[n] == satp { flush(space: n) } }
}
