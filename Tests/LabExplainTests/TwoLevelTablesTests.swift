import TestSupport
import Testing

@testable import LabExplain

/// The lecture's two-level tables: 10 + 10 + 12 bits, entries of 4 bytes.
struct TwoLevelTablesTests {
  /// The exercise, solved by hand. One page needs the directory and one table. All 2^20 pages need the
  /// directory and 2^10 tables, each with 2^10 entries of 4 bytes.
  @Test func `the lecture's exercise is answered`() {
    #expect(TwoLevelTables.onePage == .init(mapped: 1, tables: 1))
    #expect(TwoLevelTables.onePage.bytes == 8192)
    #expect(TwoLevelTables.everyPage == .init(mapped: 1 << 20, tables: 1024))
    #expect(TwoLevelTables.everyPage.bytes == 4096 + 4 * (1 << 20))
    #expect(TwoLevelTables.flatBytes == 4 << 20)
    let text = TwoLevelTables.exercise
    #expect(text.contains("8,192 bytes (8 KiB)"))
    #expect(text.contains("1,025 pages: a directory and 1,024 tables"))
    #expect(text.contains("4,198,400 bytes (4,100 KiB)"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(
    arguments: [
      (0, 0, 0, 0), (0xFFFF_FFFF, 1023, 1023, 4095), (0x0040_0000, 1, 0, 0), (0x003F_FFFF, 0, 1023, 4095),
      (0x8049_6A5C, 0x201, 0x96, 0xA5C),
    ] as [(UInt64, Int, Int, Int)])
  func `an address is cut into ten, ten and twelve bits`(va: UInt64, directory: Int, table: Int, offset: Int)
    throws
  {
    let address = try #require(TwoLevelTables.Address(va))
    #expect((address.directoryIndex, address.tableIndex, address.offset) == (directory, table, offset))
  }

  @Test func `32 bits hold no more`() {
    #expect(TwoLevelTables.Address(1 << 32) == nil)
    #expect(TwoLevelTables.cost(of: [1 << 32..<1 << 33]) == .init(mapped: 0, tables: 0))
    #expect(TwoLevelTables.cost(of: [(1 << 32) - 4096..<1 << 33]) == .init(mapped: 1, tables: 1))
  }

  /// For any ranges, there are as many tables as there are different directory indices among the pages.
  @Test(arguments: 1...20 as ClosedRange<UInt64>) func `tables are counted once`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var ranges: [Range<UInt64>] = []
    var page: UInt64 = 0
    var pages: [UInt64] = []
    while ranges.count < 12 {
      page += 1 + random.next() % 1500
      let count = 1 + random.next() % 1300
      ranges.append(page * 4096..<(page + count) * 4096)
      pages += page..<page + count
      page += count
    }
    let cost = TwoLevelTables.cost(of: ranges)
    #expect(cost.mapped == UInt64(pages.count))
    #expect(cost.tables == UInt64(Set(pages.map { $0 / 1024 }).count))
  }
}
