import Sv39MMU

/// A process's whole page table: what it maps, in order of addresses, and how many pages it takes.
package struct PageTableTree: Equatable, Sendable {
  /// A line of the tree.
  package enum Node: Equatable, Sendable {
    /// Entry `index` of a table at `level` points to the table at physical address `table`.
    case table(level: Int, index: Int, table: UInt64)
    /// `count` entries of a table at `level`, from `index` on, map one range of addresses, all with the same
    /// flags. `first` is the first page's physical address. The pages need not be neighbours in memory.
    case leaves(level: Int, index: Int, count: Int, va: UInt64, flags: PTE.Flags, first: UInt64)
    /// The entry does not lead to a table that can be walked: the table lies outside RAM, or was already
    /// read.
    case spoiled(level: Int, index: Int, entry: PTE)
  }

  /// The physical address of the root's table.
  package let root: UInt64
  /// The lines, in order of addresses. If a page table has more than `kept` lines, the rest is left out.
  package private(set) var nodes: [Node] = []
  /// How many entries were left out.
  package private(set) var omitted = 0
  /// How many tables each level has, and how many of their entries are in use. Index 0 is the last level.
  package private(set) var tables = [0, 0, 0]
  package private(set) var entriesInUse = [0, 0, 0]
  /// How many pages of 4 KiB user mode can reach, and how many only the kernel can reach.
  package private(set) var userPages: UInt64 = 0
  package private(set) var kernelPages: UInt64 = 0
  /// What the pages with U set would cost in the lecture's two-level tables.
  private(set) var twoLevel = TwoLevelTables.Count()

  /// How many lines are kept.
  package static let kept = 400

  /// How many pages the tables themselves take.
  package var cost: Int { tables.reduce(0, +) }

  private var seen: Set<UInt64> = []

  /// Reads the tables that begin at `root`. Each table is read once, even if several entries lead to it, so
  /// the size of RAM bounds the work.
  package init(memory: PhysicalMemory, root: UInt64) {
    self.root = root
    read(memory, table: root, level: Sv39.levels - 1, base: 0)
    seen = []
  }

  private mutating func read(_ memory: PhysicalMemory, table: UInt64, level: Int, base: UInt64) {
    tables[level] += 1
    seen.insert(table)
    for index in 0..<Sv39.entriesPerTable {
      let pte = PTE(rawValue: memory.load64(table &+ UInt64(index) &* 8))
      guard pte.v else { continue }
      entriesInUse[level] += 1
      let va = Self.canonical(base | UInt64(index) << (12 + 9 * UInt64(level)))
      if pte.isLeaf {
        addLeaf(pte, level: level, index: index, va: va)
      } else if level > 0, memory.contains(pte.pa, count: Int(PGSIZE)), !seen.contains(pte.pa) {
        add(.table(level: level, index: index, table: pte.pa))
        read(memory, table: pte.pa, level: level - 1, base: va)
      } else {
        add(.spoiled(level: level, index: index, entry: pte))
      }
    }
  }

  private mutating func addLeaf(_ pte: PTE, level: Int, index: Int, va: UInt64) {
    let span = Sv39.span(level: level)
    if pte.u { userPages += span / PGSIZE } else { kernelPages += span / PGSIZE }
    if pte.u, va <= UInt64.max - span { twoLevel.map(va..<va + span) }
    if omitted == 0, case .leaves(level, let begin, let count, let start, pte.flags, let first) = nodes.last,
      begin + count == index
    {
      nodes[nodes.count - 1] = .leaves(
        level: level, index: begin, count: count + 1, va: start, flags: pte.flags, first: first)
    } else {
      add(.leaves(level: level, index: index, count: 1, va: va, flags: pte.flags, first: pte.pa))
    }
  }

  private mutating func add(_ node: Node) {
    if nodes.count < Self.kept { nodes.append(node) } else { omitted += 1 }
  }

  /// `va` with bits 63-39 equal to bit 38.
  private static func canonical(_ va: UInt64) -> UInt64 {
    va & MAXVA == 0 ? va : va | ~(MAXVA &* 2 &- 1)
  }
}
