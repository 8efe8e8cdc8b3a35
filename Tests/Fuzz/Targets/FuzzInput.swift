/// Takes an input apart from its beginning. After its end there are only zeroes, so a shortened input still
/// has a meaning.
struct FuzzInput {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// A little-endian number.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
    (0..<Number.bitWidth / 8).reduce(0) { $0 | Number(truncatingIfNeeded: byte()) << (8 * $1) }
  }

  /// A number below `count`. `count` must be 1 to 256.
  mutating func choice(_ count: Int) -> Int { Int(byte()) % count }

  /// Up to `count` bytes.
  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}
