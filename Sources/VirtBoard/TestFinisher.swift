/// The test finisher: one word at 0x100000 that ends the machine.
///
///     0x5555             power off
///     0x3333 | n << 16   power off, status n
///     0x7777             reset
///
/// Anything else is ignored.
enum TestFinisher {
  static let base: UInt64 = 0x10_0000
  static let size: UInt64 = 0x1000

  /// What the guest asked for.
  enum Request: Equatable, Sendable {
    case powerOff(status: UInt16)
    case reset
  }

  static func request(_ offset: UInt64, _ value: UInt64) -> Request? {
    guard offset == 0 else { return nil }
    switch value & 0xFFFF {
    case 0x5555: return .powerOff(status: 0)
    case 0x3333: return .powerOff(status: UInt16(truncatingIfNeeded: value >> 16))
    case 0x7777: return .reset
    default: return nil
    }
  }
}
