import HostSupport

/// QEMU's escape: `ctrl-a x` leaves, `ctrl-a h` tells so, `ctrl-a ctrl-a` is one ctrl-a for the guest.
struct EscapeKeys {
  private static let escape: UInt8 = 0x01
  static let help = "\nctrl-a x       leave\nctrl-a h       this help\nctrl-a ctrl-a  ctrl-a"

  private var isAfterEscape = false
  /// Whether the person has left: nothing more goes to the guest.
  private(set) var hasLeft = false

  /// What of `bytes` is for the guest.
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
