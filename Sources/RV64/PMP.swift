import Sv39MMU

/// Physical memory protection (privileged specification, "Physical Memory Protection"): 16 entries whose
/// granularity is a page, so that every access within a page has the same answer, and NA4 does not exist.
struct PMP: Equatable {
  static var entries: Int { 16 }
  private static var grain: UInt64 { 10 }

  // The bits of an entry's configuration.
  private static var read: UInt8 { 1 }
  private static var write: UInt8 { 2 }
  private static var execute: UInt8 { 4 }
  private static var modeMask: UInt8 { 3 << 3 }
  private static var topOfRange: UInt8 { 1 << 3 }
  private static var naturallyAligned4: UInt8 { 2 << 3 }
  private static var naturallyAligned: UInt8 { 3 << 3 }
  private static var locked: UInt8 { 1 << 7 }

  private var configurations = [UInt8](repeating: 0, count: entries)
  private var addresses = [UInt64](repeating: 0, count: entries)

  /// No entry is on: nothing has been said about any memory.
  private(set) var isOff = true
  /// Below this address the first entry permits everything to everybody, as kernels have it that protect nothing.
  private(set) var openBelow: UInt64 = 0

  /// Whether the page at physical address `page` permits the access in `mode`. The first entry that
  /// matches decides; M mode is bound by locked ones only. What no entry matches is M mode's alone.
  func allows(_ access: Access, page: UInt64, mode: PrivilegeMode) -> Bool {
    for i in 0..<Self.entries where matches(i, page >> 2) {
      let configuration = configurations[i]
      if mode == .machine && configuration & Self.locked == 0 { return true }
      switch access {
      case .fetch: return configuration & Self.execute != 0
      case .load: return configuration & Self.read != 0
      case .store: return configuration & Self.write != 0
      }
    }
    return mode == .machine
  }

  /// Whether entry `i` covers the page at `address`, in units of 4 bytes as the address registers are.
  private func matches(_ i: Int, _ address: UInt64) -> Bool {
    switch configurations[i] & Self.modeMask {
    case Self.topOfRange:
      let bottom = i == 0 ? 0 : aligned(addresses[i - 1])
      return bottom <= address && address < aligned(addresses[i])
    case Self.naturallyAligned:
      // The trailing ones give the size: 2^(ones + 1) units, at least a page.
      let register = addresses[i] | (1 << (Self.grain - 1) - 1)
      let range = register ^ (register &+ 1)
      return (address ^ register) & ~range == 0
    default:
      return false
    }
  }

  private func aligned(_ address: UInt64) -> UInt64 { address & ~(1 << Self.grain - 1) }

  /// `pmpaddr<i>`: the bits below the granularity read as the mode says.
  func address(_ i: Int) -> UInt64 {
    configurations[i] & Self.naturallyAligned4 != 0
      ? addresses[i] | (1 << (Self.grain - 1) - 1) : aligned(addresses[i])
  }

  /// Writes `pmpaddr<i>`, unless it is locked, by itself or as the bottom of a locked range.
  mutating func setAddress(_ i: Int, _ value: UInt64) {
    let next = i + 1 < Self.entries ? configurations[i + 1] : 0
    let nextLocked = next & Self.locked != 0 && next & Self.modeMask == Self.topOfRange
    guard configurations[i] & Self.locked == 0, !nextLocked else { return }
    addresses[i] = value & (1 << 54 - 1)
    findOpen()
  }

  /// The configurations of eight entries from `first` on, a byte each, as `pmpcfg0` and `pmpcfg2` hold them.
  func configuration(from first: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(configurations[first + $1]) << UInt64(8 * $1) }
  }

  /// Writes eight configurations. A locked one stays; W without R, which is reserved, becomes neither; the mode
  /// NA4 is not taken.
  mutating func setConfiguration(from first: Int, _ value: UInt64) {
    for n in 0..<8 where configurations[first + n] & Self.locked == 0 {
      var new = UInt8(truncatingIfNeeded: value >> UInt64(8 * n)) & ~(3 << 5)
      if new & (Self.read | Self.write) == Self.write { new &= ~Self.write }
      if new & Self.modeMask == Self.naturallyAligned4 {
        new = new & ~Self.modeMask | configurations[first + n] & Self.modeMask
      }
      configurations[first + n] = new
    }
    isOff = configurations.allSatisfy { $0 & Self.modeMask == 0 }
    findOpen()
  }

  private mutating func findOpen() {
    let everything = Self.read | Self.write | Self.execute
    openBelow = 0
    guard configurations[0] & everything == everything else { return }
    switch configurations[0] & Self.modeMask {
    case Self.topOfRange: openBelow = aligned(addresses[0]) << 2
    case Self.naturallyAligned where addresses[0] == 1 << 54 - 1: openBelow = .max
    default: break
    }
  }
}
