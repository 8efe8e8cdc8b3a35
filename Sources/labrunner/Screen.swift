import Foundation

/// The guest's console on standard output.
///
/// A file or a pipe gets the bytes as they are. A terminal is not the guest's to command: escape sequences and other
/// control characters, but for the harmless ones, are shown as text.
struct Screen: Sendable {
  private let isTerminal = isatty(STDOUT_FILENO) == 1

  func write(_ bytes: UnsafeRawBufferPointer) {
    guard isTerminal, bytes.contains(where: Self.isCommand) else { return Terminal.write(bytes) }
    var shown: [UInt8] = []
    // xv6 echoes the ctrl-D that ends its input, too: nobody wants to see that.
    for byte in bytes where byte != 0x04 {
      if Self.isCommand(byte) {
        shown += [UInt8(ascii: "^"), byte ^ 0x40]
      } else {
        shown.append(byte)
      }
    }
    shown.withUnsafeBytes(Terminal.write)
  }

  /// A control character other than backspace, tab, newline and return.
  private static func isCommand(_ byte: UInt8) -> Bool {
    byte == 0x7F || byte < 0x20 && ![0x08, 0x09, 0x0A, 0x0D].contains(byte)
  }
}
