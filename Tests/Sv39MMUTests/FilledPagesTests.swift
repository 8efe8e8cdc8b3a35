import TestSupport
import Testing

@testable import Sv39MMU

/// RAM pages with one repeated byte: the guest sees its bytes, but no host memory is used.
struct FilledPagesTests {
  private static let base: UInt64 = 0x8000_0000
  private static let pages = 4

  private static func memory(pages: Int = pages) throws -> PhysicalMemory {
    try PhysicalMemory(base: base, size: UInt64(pages) * PGSIZE)
  }

  private static func filled(_ memory: PhysicalMemory) -> [Bool] {
    stride(from: memory.base, to: memory.base + memory.size, by: Int(PGSIZE)).map {
      memory.isFilled($0, count: 1)
    }
  }

  /// Offsets in a page at which a fill may end, or another part begins.
  private static let places = [0, 1, 7, 8, 9, 100, 2000, 2001, 4000, 4087, 4088, 4089, 4095, 4096]

  /// After any sequence of operations, memory has the same bytes as an array after the same operations.
  @Test(arguments: 0..<40 as Range<UInt64>) func `it is memory like any other`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let memory = try Self.memory()
    var model = [UInt8](repeating: 0, count: Self.pages * 4096)
    let bytes: [UInt8] = [0, 1, 5]
    var stillFilled = 0
    for step in 0..<60 {
      let place = "seed \(seed), step \(step)"
      let page = Int(random.next() % UInt64(Self.pages)) * 4096
      let (a, b) = (
        Self.places.randomElement(using: &random) ?? 0, Self.places.randomElement(using: &random) ?? 0
      )
      let byte = bytes.randomElement(using: &random) ?? 0
      switch random.next() % 8 {
      case 0...3:
        let range = page + min(a, b)..<page + max(a, b)
        memory.fill(Self.base + UInt64(range.lowerBound), count: range.count, with: byte)
        for i in range { model[i] = byte }
      case 4:
        let at = page + min(a, 4088)
        let value = random.next() % 2 == 0 ? UInt64(byte) &* 0x0101_0101_0101_0101 : random.next()
        memory.store64(Self.base + UInt64(at), value)
        for i in 0..<8 { model[at + i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * i)) }
      case 5:
        let at = page + min(a, 4095)
        if !memory.storeFilled(Self.base + UInt64(at), UInt64(byte), count: 1) {
          memory.store8(Self.base + UInt64(at), byte)
        }
        model[at] = byte
      default:
        let at = page + min(a, 4088)
        let expected = (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(model[at + $1]) }
        try #require(memory.load64(Self.base + UInt64(at)) == expected, "\(place)")
      }
      stillFilled += Self.filled(memory).count { $0 }
    }
    // Some operations were on filled pages, and some on others.
    #expect(stillFilled > 0 && stillFilled < 60 * Self.pages)
    let pointer = try #require(memory.pointer(Self.base, count: model.count))
    #expect(UnsafeRawBufferPointer(start: pointer, count: model.count).elementsEqual(model), "seed \(seed)")
  }

  /// xv6's `kinit`, `kalloc` and `kfree`, as often as possible while a page stays filled.
  @Test func `a free page of xv6's stays filled until it is used`() throws {
    let memory = try Self.memory(pages: 2000)
    for address in stride(from: Self.base, to: Self.base + memory.size, by: Int(PGSIZE)) {
      memory.fill(address, count: 4096, with: 1)
      memory.store64(address, address - 4096)
    }
    #expect(Self.filled(memory).allSatisfy { $0 })
    #expect(memory.load64(Self.base + 4096) == Self.base)
    #expect(memory.load8(Self.base + 2 * 4096 + 8) == 1)
    #expect(Self.filled(memory).count { !$0 } == 1)
    for _ in 0..<100 { #expect(memory.load64(Self.base + 3 * 4096) == Self.base + 2 * 4096) }
    #expect(Self.filled(memory)[..<5] == [true, true, false, false, true])
  }

  /// A page that is filled again in pieces, from below or from above.
  @Test(arguments: [true, false]) func `a fill may come in pieces`(rises: Bool) throws {
    let pieces = [0, 1, 8, 9, 700, 2000, 4088, 4095, 4096]
    let ranges = zip(pieces, pieces.dropFirst()).map { $0..<$1 }
    for done in 1...ranges.count {
      let memory = try Self.memory()
      var model = [UInt8](repeating: 0, count: 4096)
      for range in (rises ? ranges : ranges.reversed())[..<done] {
        memory.fill(Self.base + UInt64(range.lowerBound), count: range.count, with: 5)
        for i in range { model[i] = 5 }
      }
      for i in [0, 7, 8, 699, 700, 1999, 2000, 4087, 4088, 4095] {
        #expect(memory.loadFilled(Self.base + UInt64(i), count: 1) == UInt64(model[i]), "\(done), \(i)")
      }
      #expect(memory.isFilled(Self.base, count: 1))
      let bytes = try #require(memory.pointer(Self.base, count: 4096))
      #expect(UnsafeRawBufferPointer(start: bytes, count: 4096).elementsEqual(model))
    }
  }

  @Test func `what goes on from a frozen memory has its fills, and its own`() throws {
    let origin = try Self.memory(pages: 600)
    origin.fill(Self.base + 4096, count: 4096, with: 5)
    origin.store64(Self.base + 4096, 42)
    origin.store32(Self.base + 2 * 4096 + 100, 7)
    for inFile in [true, false] {
      let frozen = FrozenMemory(origin, inFile: inFile)
      let one = try PhysicalMemory(sharing: frozen)
      let other = try PhysicalMemory(sharing: frozen)
      #expect(Self.filled(one) == Self.filled(origin))
      #expect(one.holdsTheSame(as: origin))
      one.fill(Self.base + 4096, count: 4096, with: 6)
      other.store32(Self.base + 4096 + 1000, 8)
      #expect(one.load64(Self.base + 4096) == 0x0606_0606_0606_0606)
      #expect(other.load64(Self.base + 4096) == 42)
      #expect(origin.load64(Self.base + 4096) == 42)
      #expect(other.load32(Self.base + 4096 + 1000) == 8 && other.load8(Self.base + 4096 + 999) == 5)
      #expect(!one.holdsTheSame(as: other) && !other.holdsTheSame(as: origin))
      #expect(one.load32(Self.base + 2 * 4096 + 100) == 7)
    }
  }

  @Test func `memory holds the same, however it is kept`() throws {
    let (one, other) = (try Self.memory(), try Self.memory())
    for memory in [one, other] {
      memory.fill(Self.base, count: 4096, with: 3)
      memory.store64(Self.base + 4088, 9)
    }
    other.writeOut()
    #expect(one.holdsTheSame(as: other) && other.holdsTheSame(as: one))
    #expect(
      Self.filled(one) == [true, true, true, true] && Self.filled(other) == [false, false, false, false])
    other.store8(Self.base + 5000, 1)
    #expect(!one.holdsTheSame(as: other))
  }
}
