/// The page tables of 32-bit x86, as the lectures draw them: two levels of 1,024 entries of 4 bytes.
///
///      31       22 21       12 11        0
///     [ directory ][ table    ][ offset   ]      10 + 10 + 12 bits
///
/// This is arithmetic only: there is no such machine here. It computes how many pages the tables take for the
/// pages that are mapped.
package enum TwoLevelTables {
  package static let pageSize: UInt64 = 4096
  package static let entrySize: UInt64 = 4
  package static let entriesPerTable: UInt64 = 1024
  /// The first address after the highest one.
  package static let addressSpace: UInt64 = 1 << 32

  /// An address in its three parts.
  package struct Address: Equatable, Sendable {
    /// The index into the page directory (xv6's `PDX`), 0 to 1023.
    package let directoryIndex: Int
    /// The index into the page table (xv6's `PTX`), 0 to 1023.
    package let tableIndex: Int
    /// The byte within the page.
    package let offset: Int

    /// Nil if `va` does not fit in 32 bits.
    package init?(_ va: UInt64) {
      guard va < TwoLevelTables.addressSpace else { return nil }
      directoryIndex = Int(va >> 22)
      tableIndex = Int(va >> 12 & 0x3FF)
      offset = Int(va & 0xFFF)
    }
  }

  /// The cost of page tables.
  package struct Cost: Equatable, Sendable {
    /// How many pages are mapped.
    package var mapped: UInt64
    /// How many pages the tables below the root take.
    package var tables: UInt64
    /// How many pages all tables take: the root (x86's page directory) and the tables below it.
    package var pages: UInt64 { 1 + tables }
    package var bytes: UInt64 { pages * TwoLevelTables.pageSize }
  }

  /// Counts what it costs to map ranges of addresses one after the other.
  struct Count: Equatable, Sendable {
    package private(set) var cost = Cost(mapped: 0, tables: 0)
    private var lastTable: UInt64?

    /// Maps the pages of `range`. It holds whole pages, and lies above everything that was mapped before. The
    /// part above 4 GiB is left out.
    package mutating func map(_ range: Range<UInt64>) {
      let range = range.clamped(to: 0..<addressSpace)
      guard !range.isEmpty else { return }
      let span = entriesPerTable * pageSize
      cost.mapped += (range.upperBound - range.lowerBound) / pageSize
      let (first, last) = (range.lowerBound / span, (range.upperBound - 1) / span)
      cost.tables += last - first + (first == lastTable ? 0 : 1)
      lastTable = last
    }
  }

  /// What it costs to map the pages in `ranges`. The ranges are in order of addresses.
  package static func cost(of ranges: [Range<UInt64>]) -> Cost {
    var count = Count()
    for range in ranges { count.map(range) }
    return count.cost
  }

  /// The lecture's exercise: one mapped page, and all pages mapped.
  package static let onePage = cost(of: [0..<pageSize])
  package static let everyPage = cost(of: [0..<addressSpace])

  /// The size of a one-level table for the same address space, with an entry for every page, mapped or not.
  package static let flatBytes = addressSpace / pageSize * entrySize
}
