/// The core local interruptor: software and timer interrupts of M mode.
///
///     0x0000 + 4 h   msip       bit 0: MSIP of hart h
///     0x4000 + 8 h   mtimecmp   MTIP of hart h is up from this time on
///     0xBFF8         mtime      the time in ticks of 10 MHz
///
/// Registers of harts that do not exist read as zero. Writes to `mtime` are ignored: the time is the
/// machine's.
struct Clint: Equatable, Sendable {
  static let base: UInt64 = 0x0200_0000
  static let size: UInt64 = 0x1_0000
  /// Ticks in a second.
  static let frequency: UInt64 = 10_000_000

  private(set) var softwarePending: [Bool]
  private(set) var timerCompare: [UInt64]

  init(harts: Int) {
    softwarePending = Array(repeating: false, count: harts)
    timerCompare = Array(repeating: .max, count: harts)
  }

  /// The doubleword register that contains `offset`.
  private func doubleword(_ offset: UInt64, time: UInt64) -> UInt64 {
    if offset & ~7 == 0xBFF8 { return time }
    let index = Int((offset &- 0x4000) >> 3)
    return offset >= 0x4000 && index < timerCompare.count ? timerCompare[index] : 0
  }

  func read(_ offset: UInt64, size: Int, time: UInt64) -> UInt64? {
    guard size >= 4, offset < Self.size else { return nil }
    if offset < 0x4000 {
      func bit(_ offset: UInt64) -> UInt64 {
        let index = Int(offset >> 2)
        return index < softwarePending.count && softwarePending[index] ? 1 : 0
      }
      return size == 8 ? bit(offset) | bit(offset + 4) << 32 : bit(offset)
    }
    let value = doubleword(offset, time: time)
    return size == 8 ? value : value >> (8 * (offset & 4)) & 0xFFFF_FFFF
  }

  mutating func write(_ offset: UInt64, size: Int, _ value: UInt64) -> Bool {
    guard size >= 4, offset < Self.size else { return false }
    if offset < 0x4000 {
      for half in 0..<UInt64(size / 4) {
        let index = Int(offset >> 2) + Int(half)
        if index < softwarePending.count { softwarePending[index] = value >> (32 * half) & 1 != 0 }
      }
      return true
    }
    let index = Int((offset &- 0x4000) >> 3)
    guard index < timerCompare.count else { return true }
    if size == 8 {
      timerCompare[index] = value
    } else {
      let shift = 8 * (offset & 4)
      timerCompare[index] = timerCompare[index] & ~(0xFFFF_FFFF << shift) | value << shift
    }
    return true
  }
}
