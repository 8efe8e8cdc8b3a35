/// The platform-level interrupt controller, with the layout of QEMU's `virt`: context 2h is hart h's M mode,
/// 2h + 1 its S mode.
///
///     0x000000 + 4 s             priority of source s, 0...7; 0 never interrupts
///     0x001000 + 4 w             pending bits of sources 32w...32w + 31, read-only
///     0x002000 + 0x80 c + 4 w    enable bits of context c
///     0x200000 + 0x1000 c        threshold of context c: sources of a priority above it interrupt
///     0x200004 + 0x1000 c        read: claim; write: complete
///
/// A source becomes pending each time its device reports that its line is up. It does not stay pending as
/// long as the line is up. This is as in QEMU, and not a strict reading of the PLIC's specification. The
/// reason is xv6 up to 2020: it never lowers the UART's line, and would otherwise take its interrupt again
/// and again.
struct Plic: Equatable, Sendable {
  static let base: UInt64 = 0x0C00_0000
  static let size: UInt64 = 0x0060_0000
  /// The number of sources: 1...95, and 0, which does not exist.
  static let sources = 96
  private static let words = sources / 32

  private var priorities = [UInt32](repeating: 0, count: sources)
  private var pending = [UInt32](repeating: 0, count: words)
  private var claimed = [UInt32](repeating: 0, count: words)
  /// Enable bits, ordered by context, then by word.
  private var enabled: [UInt32]
  private var thresholds: [UInt32]

  init(harts: Int) {
    enabled = Array(repeating: 0, count: 2 * harts * Self.words)
    thresholds = Array(repeating: 0, count: 2 * harts)
  }

  private var contexts: Int { thresholds.count }

  /// A device reports the level of its line.
  mutating func setLine(_ source: Int, _ up: Bool) {
    let bit: UInt32 = 1 << UInt32(source & 31)
    if up { pending[source >> 5] |= bit } else { pending[source >> 5] &= ~bit }
  }

  /// The pending source of the highest priority that interrupts `context`. Of equal priorities, the lowest
  /// number wins. 0 if there is none.
  func best(for context: Int) -> Int {
    var best = 0
    var bestPriority = thresholds[context]
    for word in 0..<Self.words {
      var bits = pending[word] & ~claimed[word] & enabled[context * Self.words + word]
      while bits != 0 {
        let source = word * 32 + bits.trailingZeroBitCount
        bits &= bits - 1
        if priorities[source] > bestPriority { (best, bestPriority) = (source, priorities[source]) }
      }
    }
    return best
  }

  func interrupts(_ context: Int) -> Bool { best(for: context) != 0 }

  /// Whether `source` would interrupt any context if its line went up.
  func listens(to source: Int) -> Bool {
    (0..<contexts).contains {
      enabled[$0 * Self.words + source >> 5] >> UInt32(source & 31) & 1 != 0
        && priorities[source] > thresholds[$0]
    }
  }

  mutating func read(_ offset: UInt64, size: Int) -> UInt64? {
    guard size == 4, offset < Self.size else { return nil }
    let index = Int(offset >> 2)
    switch offset {
    case 0..<0x1000: return UInt64(index < Self.sources ? priorities[index] : 0)
    case 0x1000..<0x2000:
      let word = index - 0x400
      return UInt64(word < Self.words ? pending[word] : 0)
    case 0x2000..<0x20_0000:
      let (context, word) = Self.enablePlace(offset)
      return UInt64(context < contexts && word < Self.words ? enabled[context * Self.words + word] : 0)
    default:
      let context = Int((offset - 0x20_0000) >> 12)
      guard context < contexts else { return 0 }
      switch offset & 0xFFF {
      case 0: return UInt64(thresholds[context])
      case 4:
        let source = best(for: context)
        pending[source >> 5] &= ~(1 << UInt32(source & 31))
        if source != 0 { claimed[source >> 5] |= 1 << UInt32(source & 31) }
        return UInt64(source)
      default: return 0
      }
    }
  }

  mutating func write(_ offset: UInt64, size: Int, _ value: UInt64) -> Bool {
    guard size == 4, offset < Self.size else { return false }
    let value = UInt32(truncatingIfNeeded: value)
    let index = Int(offset >> 2)
    switch offset {
    case 0..<0x1000:
      if index > 0 && index < Self.sources { priorities[index] = value & 7 }
    case 0x1000..<0x2000: break
    case 0x2000..<0x20_0000:
      let (context, word) = Self.enablePlace(offset)
      if context < contexts && word < Self.words {
        enabled[context * Self.words + word] = word == 0 ? value & ~1 : value
      }
    default:
      let context = Int((offset - 0x20_0000) >> 12)
      guard context < contexts else { return true }
      switch offset & 0xFFF {
      case 0: thresholds[context] = value & 7
      case 4:
        if value > 0 && value < UInt32(Self.sources) { claimed[Int(value >> 5)] &= ~(1 << (value & 31)) }
      default: break
      }
    }
    return true
  }

  private static func enablePlace(_ offset: UInt64) -> (context: Int, word: Int) {
    (Int((offset - 0x2000) >> 7), Int((offset & 0x7F) >> 2))
  }
}
