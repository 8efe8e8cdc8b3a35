import Foundation
import Sv39MMU
import Testing

@Suite struct PhysicalMemoryTests {
  static let base: UInt64 = 0x8000_0000
  static let size: UInt64 = 0x4000

  /// Addresses from which `count` bytes are not all RAM, including the end of the address space.
  static func outside(_ count: UInt64) -> [UInt64] {
    [
      0, base - count, base - 1, base + size - count + 1, base + size - 1, base + size, base + size + 1, ~0,
      ~0 - count, ~0 - count + 1, 0 &- count, base + 1 << 32, base + 1 << 63,
    ].filter { count > 1 || $0 != base + size - 1 }
  }

  @Test func wordsAtBothEnds() throws {
    let memory = try PhysicalMemory(base: Self.base, size: Self.size)
    let word: UInt64 = 0x8877_6655_4433_2211
    for address in [Self.base, Self.base + 1, Self.base + Self.size - 8] {
      memory.store64(address, word)
      #expect(memory.load64(address) == word)
      #expect(memory.load32(address) == 0x4433_2211)
      #expect(memory.load16(address) == 0x2211)
      #expect(memory.load8(address) == 0x11)
      #expect((0..<8).map { memory.load8(address + $0) } == [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88])
    }
    let last = Self.base + Self.size
    memory.store8(last - 1, 0xaa)
    #expect(memory.load8(last - 1) == 0xaa)
    memory.store16(last - 2, 0xbbcc)
    #expect(memory.load16(last - 2) == 0xbbcc)
    memory.store32(last - 4, 0xddee_ff00)
    #expect(memory.load32(last - 4) == 0xddee_ff00)
    #expect(memory.load64(last - 8) == 0xddee_ff00_4433_2211)
  }

  @Test func wordsOutsideAreZeroAndStoresThereDoNothing() throws {
    let memory = try PhysicalMemory(base: Self.base, size: Self.size)
    memory.fill(Self.base, count: Int(Self.size), with: 0x5a)
    for address in Self.outside(1) {
      memory.store8(address, 1)
      #expect(memory.load8(address) == 0)
    }
    for address in Self.outside(2) {
      memory.store16(address, 1)
      #expect(memory.load16(address) == 0)
    }
    for address in Self.outside(4) {
      memory.store32(address, 1)
      #expect(memory.load32(address) == 0)
    }
    for address in Self.outside(8) {
      memory.store64(address, 1)
      #expect(memory.load64(address) == 0)
    }
    let untouched = (0..<Self.size / 8).allSatisfy {
      memory.load64(Self.base + $0 * 8) == 0x5a5a_5a5a_5a5a_5a5a
    }
    #expect(untouched)
  }

  @Test func pointersStayInside() throws {
    let memory = try PhysicalMemory(base: Self.base, size: Self.size)
    #expect(memory.pointer(Self.base, count: Int(Self.size)) != nil)
    #expect(memory.pointer(Self.base + Self.size - 1, count: 1) != nil)
    #expect(memory.pointer(Self.base, count: 0) != nil)
    for count in [-1, Int.min, Int.max, Int(Self.size) + 1] {
      #expect(memory.pointer(Self.base, count: count) == nil, "count \(count)")
      #expect(memory.pointer(Self.base + Self.size - 1, count: count) == nil, "count \(count)")
    }
    for address in [0, Self.base - 1, Self.base + Self.size, UInt64.max] {
      for count in [-1, 0, 1, 2, Int.max, Int.min] {
        #expect(memory.pointer(address, count: count) == nil, "address \(address), count \(count)")
      }
    }
    #expect(memory.pointer(Self.base + 1, count: Int(Self.size)) == nil)
  }

  @Test func fillCopyReadWriteAreAllOrNothing() throws {
    let memory = try PhysicalMemory(base: Self.base, size: Self.size)
    let last = Self.base + Self.size
    #expect(memory.fill(last - 16, count: 16, with: 7))
    #expect(!memory.fill(last - 16, count: 17, with: 9))
    #expect(!memory.fill(last - 16, count: -1, with: 9))
    #expect(memory.load64(last - 8) == 0x0707_0707_0707_0707)

    for n in 0..<8 as Range<UInt64> { memory.store8(Self.base + n, UInt8(n)) }
    #expect(memory.copy(from: Self.base, to: Self.base + 2, count: 6), "overlapping, upwards")
    #expect(memory.load64(Self.base) == 0x0504_0302_0100_0100)
    #expect(memory.copy(from: Self.base + 2, to: Self.base, count: 6), "overlapping, downwards")
    #expect(memory.load64(Self.base) == 0x0504_0504_0302_0100)
    #expect(!memory.copy(from: last - 4, to: Self.base, count: 8))
    #expect(!memory.copy(from: Self.base, to: last - 4, count: 8))
    #expect(!memory.copy(from: Self.base, to: Self.base, count: Int.max))
    #expect(memory.load64(Self.base) == 0x0504_0504_0302_0100)

    let written: [UInt8] = [9, 8, 7, 6, 5]
    #expect(written.withUnsafeBytes { memory.write(last - 5, from: $0) })
    #expect(!written.withUnsafeBytes { memory.write(last - 4, from: $0) })
    var back = [UInt8](repeating: 0, count: 5)
    #expect(back.withUnsafeMutableBytes { memory.read(last - 5, into: $0) })
    #expect(back == written)
    #expect(!back.withUnsafeMutableBytes { memory.read(last - 4, into: $0) })
    #expect(back == written)
    #expect(memory.read(Self.base, into: UnsafeMutableRawBufferPointer(start: nil, count: 0)))
    #expect(memory.write(Self.base, from: UnsafeRawBufferPointer(start: nil, count: 0)))
  }

  /// For four gigabytes of RAM the host uses memory only for the pages that are touched.
  @Test func pagesAreCommittedWhenTouched() throws {
    let size: UInt64 = 4 << 30
    let before = peakResidentBytes()
    let memory = try PhysicalMemory(base: Self.base, size: size)
    memory.store64(Self.base, 1)
    memory.store64(Self.base + size - 8, 2)
    #expect(memory.load64(Self.base) == 1)
    #expect(memory.load64(Self.base + size - 8) == 2)
    #expect(memory.load64(Self.base + size / 2) == 0)
    #expect(peakResidentBytes() - before < 2 << 30)
  }

  private func peakResidentBytes() -> Int {
    var usage = rusage()
    // RUSAGE_SELF, which has another type in each C library's import.
    getrusage(0, &usage)
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      return usage.ru_maxrss * 1024
    #endif
  }

  @Test(
    arguments: [
      (0x8000_0000, 0), (0x8000_0000, 1), (0x8000_0000, 4095), (0x8000_0800, 4096), (0, ~0),
    ] as [(UInt64, UInt64)])
  func wholePagesOnly(base: UInt64, size: UInt64) {
    #expect(throws: PhysicalMemoryError.notWholePages(base: base, size: size)) {
      try PhysicalMemory(base: base, size: size)
    }
  }

  @Test(
    arguments: [
      (1 << 56, 4096), (1 << 56 - 4096, 8192), (0xffff_ffff_ffff_f000, 4096), (0, 1 << 57),
      (4096, 0xffff_ffff_ffff_f000),
    ] as [(UInt64, UInt64)])
  func withinPhysicalAddresses(base: UInt64, size: UInt64) {
    #expect(throws: PhysicalMemoryError.beyondPhysicalAddresses(base: base, size: size)) {
      try PhysicalMemory(base: base, size: size)
    }
  }

  /// No host has 2^56 bytes of address space for one process.
  @Test func refusalOfTheHostIsAnError() throws {
    let error = #expect(throws: PhysicalMemoryError.self) { try PhysicalMemory(base: 0, size: 1 << 56) }
    guard case .refusedByHost(size: 1 << 56, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!reason.isEmpty)
    #expect(error?.description.contains("0x100000000000000") == true)
  }

  /// RAM that is far larger than the host's, with its tables: refused, or reserved without using memory yet.
  @Test(arguments: [1 << 40, 1 << 43, 1 << 46] as [UInt64])
  func hugeSizesAreRefusedOrLazy(size: UInt64) throws {
    let memory: PhysicalMemory
    do {
      memory = try PhysicalMemory(base: 0, size: size)
    } catch {
      guard case .refusedByHost(size, _) = error else { throw error }
      return
    }
    memory.store64(size - 8, 3)
    #expect(memory.load64(size - 8) == 3)
  }

  @Test func highestPageWorks() throws {
    let memory = try PhysicalMemory(base: 1 << 56 - 4096, size: 4096)
    memory.store64(1 << 56 - 8, 42)
    #expect(memory.load64(1 << 56 - 8) == 42)
    #expect(memory.load64(1 << 56 - 7) == 0)
  }
}
