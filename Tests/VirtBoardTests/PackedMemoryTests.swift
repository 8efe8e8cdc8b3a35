import Sv39MMU
import Testing

@testable import VirtBoard

/// Copies RAM and puts the copy back.
struct PackedMemoryTests {
  private static let base: UInt64 = 0x8000_0000
  private static let pages = 8

  /// Pages of every kind: zeros, one repeated byte, one repeated byte after a different first word, one
  /// repeated byte except for a single byte, all bytes different.
  private static func fill(_ memory: PhysicalMemory) {
    memory.fill(base + 4096, count: 4096, with: 5)
    memory.fill(base + 2 * 4096, count: 4096, with: 1)
    memory.store64(base + 2 * 4096, 0x8000_7000)
    memory.store8(base + 3 * 4096 + 4095, 1)
    memory.fill(base + 4 * 4096, count: 4096, with: 1)
    memory.store8(base + 4 * 4096 + 8, 0)
    for n in 0..<UInt64(4096) {
      memory.store8(base + 5 * 4096 + n, UInt8(truncatingIfNeeded: n &* 7 &+ n >> 8))
    }
    memory.store64(base + 6 * 4096, 42)
  }

  private static func bytes(_ memory: PhysicalMemory) -> [UInt8] {
    (0..<UInt64(pages * 4096)).map { memory.load8(base + $0) }
  }

  @Test(arguments: [0, 0xAA] as [UInt8])
  func `what was overwritten comes back`(byte: UInt8) throws {
    let memory = try PhysicalMemory(base: Self.base, size: UInt64(Self.pages) * 4096)
    Self.fill(memory)
    let before = Self.bytes(memory)
    let image = PackedMemory(memory)
    memory.fill(Self.base, count: Self.pages * 4096, with: byte)
    #expect(PackedMemory(memory) != image)
    image.restore(to: memory)
    #expect(Self.bytes(memory) == before)
    #expect(PackedMemory(memory) == image)
  }
}
