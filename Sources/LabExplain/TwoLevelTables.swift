/// The page tables of 32-bit x86, as the lectures draw them: two levels of 1,024 entries of 4 bytes.
///
///      31       22 21       12 11        0
///     [ directory ][ table    ][ offset   ]      10 + 10 + 12 bits
///
/// Arithmetic alone: no such machine is here. It answers how many pages the tables take for the pages that are mapped.
package enum TwoLevelTables {
  package static let pageSize: UInt64 = 4096
  package static let entrySize: UInt64 = 4
  package static let entriesPerTable: UInt64 = 1024
  /// One beyond the highest address.
  package static let addressSpace: UInt64 = 1 << 32

  /// An address, cut into its three parts.
  package struct Address: Equatable, Sendable {
    /// The index into the page directory (xv6's `PDX`), 0 to 1023.
    package let directoryIndex: Int
    /// The index into the page table (xv6's `PTX`), 0 to 1023.
    package let tableIndex: Int
    /// The byte within the page.
    package let offset: Int

    /// Nil where 32 bits cannot hold `va`.
    package init?(_ va: UInt64) {
      guard va < TwoLevelTables.addressSpace else { return nil }
      directoryIndex = Int(va >> 22)
      tableIndex = Int(va >> 12 & 0x3FF)
      offset = Int(va & 0xFFF)
    }
  }

  /// What page tables cost.
  package struct Cost: Equatable, Sendable {
    /// Pages that are mapped.
    package var mapped: UInt64
    /// Pages of tables below the root's.
    package var tables: UInt64
    /// Pages that the tables take: the root (x86's page directory) and those below.
    package var pages: UInt64 { 1 + tables }
    package var bytes: UInt64 { pages * TwoLevelTables.pageSize }
  }

  /// Counts what it costs to map ranges of addresses, one after the other.
  struct Count: Equatable, Sendable {
    package private(set) var cost = Cost(mapped: 0, tables: 0)
    private var lastTable: UInt64?

    /// Maps the pages of `range`, whole ones, which lie above all that was mapped before; what lies above 4 GiB is left out.
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

  /// What it costs to map the pages in `ranges`, in order of addresses.
  package static func cost(of ranges: [Range<UInt64>]) -> Cost {
    var count = Count()
    for range in ranges { count.map(range) }
    return count.cost
  }

  /// The lecture's exercise: one page that is mapped, and all of them.
  package static let onePage = cost(of: [0..<pageSize])
  package static let everyPage = cost(of: [0..<addressSpace])

  /// A table of one level for the same address space: an entry for every page, mapped or not.
  package static let flatBytes = addressSpace / pageSize * entrySize
}
