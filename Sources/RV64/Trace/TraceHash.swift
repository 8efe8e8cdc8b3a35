/// A running hash of 128 bits over words. Equal sequences have equal hashes on every host and in every build,
/// which Swift's own `Hasher` does not promise.
///
/// The state is two words, `a` and `b`. A word `w` is folded in by
///
///     a = rotate((a ^ w) * K1, left: 31)
///     b = rotate((b ^ a) * K2, left: 29)
///
/// modulo 2^64, with K1 and K2 odd. Each step is a bijection of the state for a given word, and of `w` for a
/// given state. So two sequences that differ in only one word never have the same hash, and states that
/// differ stay different while the same words follow. It guards against mistakes, not against malice.
package struct TraceHash: Hashable, Sendable, Codable {
  // The first digits of pi.
  private var a: UInt64 = 0x243F_6A88_85A3_08D3
  private var b: UInt64 = 0x1319_8A2E_0370_7344

  package init() {}

  @inline(__always) package mutating func fold(_ word: UInt64) {
    a = Self.rotate((a ^ word) &* 0x9E37_79B9_7F4A_7C15, 31)
    b = Self.rotate((b ^ a) &* 0xD6E8_FEB8_6659_FD93, 29)
  }

  /// Folds the number of bytes, then the bytes as little-endian words, the last filled up with zeros.
  package mutating func fold(_ bytes: UnsafeRawBufferPointer) {
    fold(UInt64(bytes.count))
    let words = bytes.count / 8
    for n in 0..<words {
      fold(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * n, as: UInt64.self)))
    }
    guard bytes.count % 8 != 0 else { return }
    var last: UInt64 = 0
    for (n, byte) in bytes[(8 * words)...].enumerated() { last |= UInt64(byte) << UInt64(8 * n) }
    fold(last)
  }

  /// The hash: the state, each word of it mixed so that all bits count.
  package var digest: (high: UInt64, low: UInt64) {
    let high = Self.mix(b)
    return (high, Self.mix(a ^ high))
  }

  private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word &<< count | word &>> (64 &- count)
  }

  /// MurmurHash3's closing step for a word of 64 bits.
  private static func mix(_ word: UInt64) -> UInt64 {
    var z = (word ^ word >> 33) &* 0xFF51_AFD7_ED55_8CCD
    z = (z ^ z >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return z ^ z >> 33
  }
}

extension TraceHash: CustomStringConvertible {
  /// 32 hexadecimal digits.
  package var description: String {
    func hex(_ word: UInt64) -> String {
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hex(digest.high) + hex(digest.low)
  }
}
