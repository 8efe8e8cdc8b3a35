import Sv39MMU
import Testing

@testable import LabExplain

/// Trees of whole page tables, correct and spoiled.
struct PageTableTreeTests {
  private let memory: PhysicalMemory
  private static let base: UInt64 = 0x8000_0000

  init() throws { memory = try PhysicalMemory(base: Self.base, size: 64 * PGSIZE) }

  private func page(_ number: UInt64) -> UInt64 { Self.base + number * PGSIZE }

  private func set(_ table: UInt64, _ index: UInt64, _ pa: UInt64, _ flags: PTE.Flags) {
    memory.store64(page(table) + 8 * index, PTE(pa: pa, flags: flags).rawValue)
  }

  @Test func `ranges are joined, counted and told`() {
    set(0, 1, page(1), [.v])
    set(1, 511, page(2), [.v])
    for index in 3...5 as ClosedRange<UInt64> { set(2, index, page(10 + index), [.v, .r, .w, .u]) }
    set(2, 6, page(20), [.v, .r, .x, .u])
    set(2, 7, page(21), [.v, .r])
    set(0, 256, 0xC000_0000, [.v, .r])
    let tree = PageTableTree(memory: memory, root: page(0))
    #expect(tree.tables == [1, 1, 1])
    #expect(tree.entriesInUse == [5, 1, 2])
    #expect(tree.cost == 3)
    #expect(tree.userPages == 4)
    #expect(tree.kernelPages == 1 + 512 * 512)
    #expect(tree.twoLevel.cost == .init(mapped: 4, tables: 1))
    #expect(
      tree.lines == [
        "  [1] table 0x80001000", "    [511] table 0x80002000",
        "      [3-5] 0x7fe03000..0x7fe05fff VRW-U--- 3 pages",
        "      [6] 0x7fe06000..0x7fe06fff VR-XU--- -> 0x80014000",
        "      [7] 0x7fe07000..0x7fe07fff VR------ -> 0x80015000",
        "  [256] 0xffffffc000000000..0xffffffc03fffffff VR------ -> 0xc0000000",
      ])
  }

  /// A table that points back to itself, and a table outside RAM: each is reported once, and the walk ends.
  @Test func `a spoiled table comes to an end`() {
    set(0, 0, page(0), [.v])
    set(0, 1, 0x1000, [.v])
    set(0, 2, page(1), [.v])
    set(1, 0, page(1), [.v])
    set(1, 1, page(2), [.v])
    set(2, 9, page(3), [.v])
    let tree = PageTableTree(memory: memory, root: page(0))
    #expect(tree.tables == [1, 1, 1])
    #expect(tree.nodes.count { if case .spoiled = $0 { true } else { false } } == 4)
    #expect(PageTableTree(memory: memory, root: 0).nodes == [])
  }

  /// Even if a kernel maps very much, the tree keeps few lines, and its counts are right.
  @Test func `a large table is told in few lines`() {
    set(0, 0, page(1), [.v])
    for table in 2...40 as ClosedRange<UInt64> {
      set(1, table, page(table), [.v])
      for index in 0..<512 as Range<UInt64> where index % 2 == 0 { set(table, index, page(0), [.v, .r, .u]) }
    }
    let tree = PageTableTree(memory: memory, root: page(0))
    #expect(tree.userPages == 39 * 256)
    #expect(tree.nodes.count == PageTableTree.kept)
    #expect(tree.nodes.count + tree.omitted == 1 + 39 + 39 * 256)
    #expect(tree.lines.last == "and 9,624 entries more")
    // 2 MiB in Sv39 are half of what a table with 1,024 entries maps.
    #expect(tree.twoLevel.cost == .init(mapped: 39 * 256, tables: 20))
  }
}
