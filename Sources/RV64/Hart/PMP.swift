import Sv39MMU

/// Physical memory protection (privileged specification, "Physical Memory Protection"): 16 entries with a
/// granularity of four bytes, the finest that there is.
struct PMP: Equatable {
  static var entries: Int { 16 }

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

  /// The memory that an active entry covers: physical addresses from `start` to below `end`.
  private struct Region: Equatable {
    var start, end: UInt64
    var configuration: UInt8
  }

  /// The active entries that cover any memory, in their order.
  private var regions: [Region] = []
  /// The pages in which a region begins or ends.
  private var dividedPages: [UInt64] = []

  /// No entry is active: nothing has been said about any memory.
  private(set) var isOff = true
  /// Below this address the first entry permits everything to everybody. Kernels that protect nothing set it
  /// so.
  private(set) var openBelow: UInt64 = 0

  /// Whether the `count` (1...8) bytes at physical `address` permit the access in `mode`. The first entry
  /// that matches any of the bytes decides, and refuses if it does not match all of them. M mode is bound by
  /// locked entries only. Memory that no entry matches belongs to M mode alone.
  func allows(_ access: Access, _ address: UInt64, count: Int, mode: PrivilegeMode) -> Bool {
    let last = address &+ UInt64(count - 1)
    for region in regions where region.start <= last && address < region.end {
      guard region.start <= address && last < region.end else { return false }
      if mode == .machine && region.configuration & Self.locked == 0 { return true }
      switch access {
      case .fetch: return region.configuration & Self.execute != 0
      case .load: return region.configuration & Self.read != 0
      case .store: return region.configuration & Self.write != 0
      }
    }
    return mode == .machine
  }

  /// Whether different accesses within the page at physical address `page` may have different answers.
  func divides(page: UInt64) -> Bool { dividedPages.contains(page) }

  /// The memory that entry `i` covers; nil if it covers none.
  private func region(_ i: Int) -> Region? {
    let address = addresses[i] << 2
    let range: (start: UInt64, end: UInt64)
    switch configurations[i] & Self.modeMask {
    case Self.topOfRange:
      range = (i == 0 ? 0 : addresses[i - 1] << 2, address)
    case Self.naturallyAligned4:
      range = (address, address + 4)
    case Self.naturallyAligned:
      // n trailing ones: 2^(n + 3) bytes.
      let ones = addresses[i] ^ (addresses[i] + 1)
      let start = (addresses[i] & ~ones) << 2
      range = (start, start + (ones + 1) << 2)
    default:
      return nil
    }
    guard range.start < range.end else { return nil }
    return Region(start: range.start, end: range.end, configuration: configurations[i])
  }

  private mutating func update() {
    isOff = configurations.allSatisfy { $0 & Self.modeMask == 0 }
    regions = (0..<Self.entries).compactMap(region)
    dividedPages = regions.flatMap { [$0.start, $0.end] }.filter { $0 % PGSIZE != 0 }.map { PGROUNDDOWN($0) }
    let everything = Self.read | Self.write | Self.execute
    openBelow = 0
    if let first = regions.first, first.start == 0, first.configuration & everything == everything {
      openBelow = first.end
    }
  }

  /// `pmpaddr<i>`.
  func address(_ i: Int) -> UInt64 { addresses[i] }

  /// Writes `pmpaddr<i>`, unless it is locked, either itself or as the bottom of a locked range.
  mutating func setAddress(_ i: Int, _ value: UInt64) {
    let next = i + 1 < Self.entries ? configurations[i + 1] : 0
    let nextLocked = next & Self.locked != 0 && next & Self.modeMask == Self.topOfRange
    guard configurations[i] & Self.locked == 0, !nextLocked else { return }
    addresses[i] = value & (1 << 54 - 1)
    update()
  }

  /// The configurations of eight entries from `first` on, a byte each, as `pmpcfg0` and `pmpcfg2` hold them.
  func configuration(from first: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(configurations[first + $1]) << UInt64(8 * $1) }
  }

  /// Writes eight configurations. A locked one stays; W without R, which is reserved, becomes neither.
  mutating func setConfiguration(from first: Int, _ value: UInt64) {
    for n in 0..<8 where configurations[first + n] & Self.locked == 0 {
      var new = UInt8(truncatingIfNeeded: value >> UInt64(8 * n)) & ~(3 << 5)
      if new & (Self.read | Self.write) == Self.write { new &= ~Self.write }
      configurations[first + n] = new
    }
    update()
  }
}
