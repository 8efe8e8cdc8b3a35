/// The operations of Zbb and Zbc that take more than one host operation, on the contents of registers
/// (unprivileged specification, chapter "B").
enum BitManipulation {
  /// How many zeros there are above the highest one, and below the lowest one.
  @inline(__always) static func clz(_ a: UInt64) -> UInt64 { UInt64(a.leadingZeroBitCount) }
  @inline(__always) static func ctz(_ a: UInt64) -> UInt64 { UInt64(a.trailingZeroBitCount) }

  /// How many ones there are.
  @inline(__always) static func cpop(_ a: UInt64) -> UInt64 { UInt64(a.nonzeroBitCount) }

  // The same of the low word.

  @inline(__always) static func clzw(_ a: UInt64) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: a).leadingZeroBitCount)
  }

  @inline(__always) static func ctzw(_ a: UInt64) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: a).trailingZeroBitCount)
  }

  @inline(__always) static func cpopw(_ a: UInt64) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: a).nonzeroBitCount)
  }

  /// The low word, rotated to the left by the low five bits of `count`, and sign-extended.
  @inline(__always) static func rotatedWord(_ a: UInt64, left count: UInt64) -> UInt64 {
    let low = UInt32(truncatingIfNeeded: a)
    let count = UInt32(truncatingIfNeeded: count)
    return word(UInt64(low &<< count | low &>> (0 &- count)))
  }

  /// Each byte becomes 0xFF if one of its bits is set.
  @inline(__always) static func orcB(_ a: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    // Bit 7 of each byte: adding 0x7F to the low seven bits carries into it if one of them is set.
    let isSet = ((a & low) &+ low | a) & ~low
    return (isSet &>> 7) &* 0xFF
  }

  /// The product of two polynomials over GF(2): its bits 63...0, 127...64, and 126...63.
  static func clmul(_ a: UInt64, _ b: UInt64) -> UInt64 { product(a, b).low }
  static func clmulh(_ a: UInt64, _ b: UInt64) -> UInt64 { product(a, b).high }
  static func clmulr(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = product(a, b)
    return high &<< 1 | low &>> 63
  }

  private static func product(_ a: UInt64, _ b: UInt64) -> (high: UInt64, low: UInt64) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    for bit in 0..<64 as Range<UInt64> where b &>> bit & 1 != 0 {
      low ^= a &<< bit
      // Two shifts, as one by 64 would be one by 0.
      high ^= (a &>> 1) &>> (63 &- bit)
    }
    return (high, low)
  }
}
