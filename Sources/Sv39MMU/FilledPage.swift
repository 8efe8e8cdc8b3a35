#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A page in which all bytes are the same, except in the first and the last word. While a guest fills it
/// again, from below or from above, it has one byte up to some place and another byte after it. Words are
/// little-endian.
package struct FilledPage: Equatable, Sendable {
  private var first: UInt64 = 0
  private var last: UInt64 = 0
  /// The byte before `split`.
  private var byte: UInt8 = 0
  /// The byte from `split` on.
  private var rest: UInt8 = 0
  /// Where `rest` begins, within `middle`; zero if both bytes are the same.
  private var split: UInt16 = 0

  private static let size = Int(PGSIZE)
  /// The bytes between the first word and the last.
  private static let middle = 8..<Int(PGSIZE) - 8

  /// A page of zeros. This value itself consists of zero bytes only.
  init() {}

  /// The page at `page`; nil if its bytes are not all the same.
  init?(of page: UnsafeRawPointer) {
    byte = page.load(fromByteOffset: 8, as: UInt8.self)
    rest = byte
    let middle = page + 8
    guard middle.load(as: UInt64.self) == Self.word(byte),
      memcmp(middle, middle + 8, Self.middle.count - 8) == 0
    else { return nil }
    first = UInt64(littleEndian: page.load(as: UInt64.self))
    last = UInt64(littleEndian: page.load(fromByteOffset: Self.middle.upperBound, as: UInt64.self))
  }

  /// Whether all bytes of the middle are the same.
  var isWhole: Bool { byte == rest }

  private static func word(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// The bits of bytes `bytes` of a word.
  private static func mask(_ bytes: Range<Int>) -> UInt64 {
    let bits = bytes.count == 8 ? UInt64.max : 1 << UInt64(8 * bytes.count) - 1
    return bits << UInt64(8 * bytes.lowerBound)
  }

  /// The `count` bytes (1...8) at `offset`, zero-extended. Nil if they are neither all in the first word, nor
  /// all in the last word, nor all the same.
  func load(_ offset: Int, _ count: Int) -> UInt64? {
    let end = offset + count
    let mask = Self.mask(0..<count)
    if end <= Self.middle.lowerBound { return first >> UInt64(8 * offset) & mask }
    if offset < Self.middle.lowerBound || end > Self.size { return nil }
    if offset >= Self.middle.upperBound {
      return last >> UInt64(8 * (offset - Self.middle.upperBound)) & mask
    }
    if end <= split { return Self.word(byte) & mask }
    return offset >= split && end <= Self.middle.upperBound ? Self.word(rest) & mask : nil
  }

  /// Stores the low `count` bytes (1...8) of `value` at `offset`. False, and nothing changes, if the page
  /// would then no longer be filled, or if the bytes cross the border of the first or the last word.
  mutating func store(_ offset: Int, _ value: UInt64, _ count: Int) -> Bool {
    let end = offset + count
    if end <= Self.middle.lowerBound {
      Self.replace(&first, offset..<end, value << UInt64(8 * offset))
      return true
    }
    if offset >= Self.middle.upperBound && end <= Self.size {
      let at = offset - Self.middle.upperBound
      Self.replace(&last, at..<(at + count), value << UInt64(8 * at))
      return true
    }
    let byte = UInt8(truncatingIfNeeded: value)
    guard offset >= Self.middle.lowerBound, end <= Self.middle.upperBound,
      (value ^ Self.word(byte)) & Self.mask(0..<count) == 0
    else { return false }
    return fillMiddle(offset..<end, with: byte)
  }

  private static func replace(_ word: inout UInt64, _ bytes: Range<Int>, _ value: UInt64) {
    let mask = mask(bytes)
    word = word & ~mask | value & mask
  }

  /// Fills the bytes in `range`, which is not empty. False, and nothing changes, if the page would then no
  /// longer be filled.
  mutating func fill(_ range: Range<Int>, with byte: UInt8) -> Bool {
    let middle = range.clamped(to: Self.middle)
    guard middle.isEmpty || fillMiddle(middle, with: byte) else { return false }
    let head = range.clamped(to: 0..<Self.middle.lowerBound)
    if !head.isEmpty { Self.replace(&first, head, Self.word(byte)) }
    let tail = range.clamped(to: Self.middle.upperBound..<Self.size)
    if !tail.isEmpty {
      let start = Self.middle.upperBound
      Self.replace(&last, tail.lowerBound - start..<tail.upperBound - start, Self.word(byte))
    }
    return true
  }

  /// The same, for bytes of the middle.
  private mutating func fillMiddle(_ range: Range<Int>, with new: UInt8) -> Bool {
    let (start, end) = (Self.middle.lowerBound, Self.middle.upperBound)
    let isAlikeBefore = isWhole || range.lowerBound <= split
    let isAlikeAfter = isWhole || range.upperBound >= split
    if range.lowerBound == start && isAlikeAfter {
      become(new, until: range.upperBound, then: rest)
    } else if range.upperBound == end && isAlikeBefore {
      become(byte, until: range.lowerBound, then: new)
    } else if isWhole {
      return new == byte
    } else if range.upperBound <= split {
      // The range is in the first part, or ends where the second part begins.
      if new != byte {
        guard new == rest, range.upperBound == split else { return false }
        become(byte, until: range.lowerBound, then: rest)
      }
    } else if range.lowerBound >= split {
      if new != rest {
        guard new == byte, range.lowerBound == split else { return false }
        become(byte, until: range.upperBound, then: rest)
      }
    } else if new == byte {
      become(byte, until: range.upperBound, then: rest)
    } else if new == rest {
      become(byte, until: range.lowerBound, then: rest)
    } else {
      return false
    }
    return true
  }

  private mutating func become(_ before: UInt8, until split: Int, then after: UInt8) {
    let (start, end) = (Self.middle.lowerBound, Self.middle.upperBound)
    byte = split == start ? after : before
    rest = split == end ? before : after
    self.split = UInt16(truncatingIfNeeded: byte == rest ? 0 : split)
  }

  /// Writes the page's 4096 bytes.
  func write(to page: UnsafeMutableRawPointer) {
    memset(page, Int32(byte), Int(split))
    memset(page + Int(split), Int32(rest), Self.size - Int(split))
    page.storeBytes(of: first.littleEndian, as: UInt64.self)
    page.storeBytes(of: last.littleEndian, toByteOffset: Self.middle.upperBound, as: UInt64.self)
  }
}
