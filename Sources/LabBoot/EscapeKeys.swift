import HostSupport

/// The same escape keys as in QEMU: `ctrl-a x` leaves, `ctrl-a h` shows a help text, and `ctrl-a ctrl-a`
/// gives the guest one ctrl-a.
struct EscapeKeys {
  private static let escape: UInt8 = 0x01
  static let help = "\nctrl-a x       leave\nctrl-a h       this help\nctrl-a ctrl-a  ctrl-a"

  private var isAfterEscape = false
  /// Whether the person has left. After that, no more keys go to the guest.
  private(set) var hasLeft = false

  /// Returns the part of `bytes` that is for the guest.
  mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
    var passed: [UInt8] = []
    for byte in bytes where !hasLeft {
      switch (isAfterEscape, byte) {
      case (false, Self.escape):
        isAfterEscape = true
        continue
      case (false, _), (true, Self.escape): passed.append(byte)
      case (true, UInt8(ascii: "x")): hasLeft = true
      case (true, UInt8(ascii: "h")):
        Terminal.complain(Self.help)
      case (true, _): break
      }
      isAfterEscape = false
    }
    return passed
  }
}
