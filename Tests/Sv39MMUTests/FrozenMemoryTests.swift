import Sv39MMU
import Testing

/// Frozen RAM: many memories start from it, and none sees what another writes.
struct FrozenMemoryTests {
  private static let base: UInt64 = 0x8000_0000
  /// More bytes than are written at a time.
  private static let size: UInt64 = 3 << 20

  /// A memory in which some pages have a word of their own. The pages between them were never touched.
  private static func memory() throws -> PhysicalMemory {
    let memory = try PhysicalMemory(base: base, size: size)
    for page in [0, 1, 2, 255, 256, 300, 511, 767] {
      memory.store64(base + UInt64(page) * 4096 + 8 * UInt64(page % 512), UInt64(page) + 1)
    }
    return memory
  }

  private static func bytes(_ memory: PhysicalMemory) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(size))
    bytes.withUnsafeMutableBytes { _ = memory.read(base, into: $0) }
    return bytes
  }

  @Test(arguments: [true, false])
  func `what goes on has the same bytes and writes for itself`(inFile: Bool) throws {
    let origin = try Self.memory()
    let before = Self.bytes(origin)
    let frozen = FrozenMemory(origin, inFile: inFile)
    #expect(Self.bytes(origin) == before)
    let one = try PhysicalMemory(sharing: frozen)
    let other = try PhysicalMemory(sharing: frozen)
    one.store64(Self.base + 4096, 1111)
    other.store64(Self.base + 4096, 2222)
    origin.store64(Self.base + 4096, 3333)
    origin.fill(Self.base + 300 * 4096, count: 4096, with: 7)
    one.store8(Self.base + Self.size - 1, 9)
    #expect([one, other, origin].map { $0.load64(Self.base + 4096) } == [1111, 2222, 3333])
    #expect(Self.bytes(try PhysicalMemory(sharing: frozen)) == before)
    #expect(other.load64(Self.base + 300 * 4096 + 2400) == 301)
  }

  @Test(arguments: [true, false], [true, false])
  func `what was frozen once can be frozen again`(first: Bool, second: Bool) throws {
    let origin = try Self.memory()
    let early = FrozenMemory(origin, inFile: first)
    origin.fill(Self.base, count: 8192, with: 0)
    origin.store8(Self.base + 600 * 4096, 1)
    let late = FrozenMemory(origin, inFile: second)
    let expected = Self.bytes(origin)
    #expect(Self.bytes(try PhysicalMemory(sharing: late)) == expected)
    #expect(Self.bytes(try PhysicalMemory(sharing: early)) == Self.bytes(try Self.memory()))
    #expect(early != late)
    #expect(FrozenMemory(origin, inFile: first) == late)
  }

  @Test func `it outlives the one that it was made of, and those who share it outlive it`() throws {
    var frozen: FrozenMemory? = FrozenMemory(try Self.memory())
    let later = try PhysicalMemory(sharing: #require(frozen))
    frozen = nil
    #expect(Self.bytes(later) == Self.bytes(try Self.memory()))
  }
}
