/// What has happened to watched memory. Each hart reads it when it needs to.
///
/// A reader of the log caches something that was derived from memory, as a hart caches translations. It keeps
/// the `count` up to which it has read, and reads the rest before it uses its cache again: a running hart
/// right after its own store to a watched page, another hart before its next turn. The log is a ring: a
/// reader that is more than `capacity` notices behind must assume that everything has changed.
public struct WatchLog: @unchecked Sendable {
  /// How many notices are kept, a power of two.
  static let capacity = 512
  /// `words[0]`: how many notices there were; then the ring.
  @usableFromInline let words: UnsafeMutablePointer<UInt64>

  init() {
    words = .allocate(capacity: 1 + Self.capacity)
    words.initialize(repeating: 0, count: 1 + Self.capacity)
  }

  func deallocate() { words.deallocate() }

  /// How many notices there have been.
  @inlinable public var count: UInt64 { words[0] }

  /// One thing that has happened.
  package enum Notice: Equatable, Sendable {
    /// A valid entry of a level-0 table has been overwritten. The translation of page `vpn` (27 bits) may
    /// have changed, in the address space whose root table is at `root` (in pages from the start of RAM).
    case page(root: UInt64, vpn: UInt64, wasExecutable: Bool)
    /// Anything in the address space with this root table may have changed.
    case space(root: UInt64)
    /// Stores to this page of RAM must be seen from now on.
    case watched(page: UInt64)
    /// Any translation may have changed.
    case everything
  }

  package func append(_ notice: Notice) {
    words[1 + Int(words[0]) & (Self.capacity - 1)] = notice.word
    words[0] &+= 1
  }

  /// Notice `number`, or `.everything` if it is no longer kept. `number` is less than `count`.
  package func notice(_ number: UInt64) -> Notice {
    count &- number > UInt64(Self.capacity)
      ? .everything : Notice(word: words[1 + Int(truncatingIfNeeded: number) & (Self.capacity - 1)])
  }
}

extension WatchLog.Notice {
  private static let kindShift: UInt64 = 62
  private static let executable: UInt64 = 1 << 61
  private static let vpnShift: UInt64 = 32
  private static let low: UInt64 = 1 << 32 - 1
  private static let vpnMask: UInt64 = 1 << 27 - 1

  fileprivate var word: UInt64 {
    switch self {
    case .page(let root, let vpn, let wasExecutable):
      root & Self.low | vpn << Self.vpnShift | (wasExecutable ? Self.executable : 0)
    case .space(let root): 1 << Self.kindShift | root
    case .watched(let page): 2 << Self.kindShift | page
    case .everything: 3 << Self.kindShift
    }
  }

  fileprivate init(word: UInt64) {
    switch word >> Self.kindShift {
    case 0:
      self = .page(
        root: word & Self.low, vpn: word >> Self.vpnShift & Self.vpnMask,
        wasExecutable: word & Self.executable != 0)
    case 1: self = .space(root: word & ~(3 << Self.kindShift))
    case 2: self = .watched(page: word & ~(3 << Self.kindShift))
    default: self = .everything
    }
  }
}
