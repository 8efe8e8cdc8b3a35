/// `value` in hexadecimal, as C's `%#lx` writes it: `0x1f`.
///
/// A shorter number gets zeros in front, up to `digits` digits: `hex(31, digits: 4)` is `0x001f`.
package func hex(_ value: UInt64, digits: Int = 1) -> String {
  let text = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
