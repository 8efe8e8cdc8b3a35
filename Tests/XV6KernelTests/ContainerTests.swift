import TestSupport
import Testing

@testable import XV6Kernel

/// The arithmetic of quotas, without a machine.
struct ContainerTests {
  private static let pages: Range<UInt64> = 0x8000_0000..<0x8000_0000 + 200 * PGSIZE

  private func page(_ number: Int) -> UInt64 { Self.pages.lowerBound + UInt64(number) * PGSIZE }

  @Test func `a child's quota comes out of its parent's, and comes back`() {
    let tree = ContainerTree(quota: 100, pages: Self.pages)
    #expect(tree.split(0, quota: 60, child: 1))
    #expect(!tree.split(0, quota: 41, child: 2), "more than is left")
    #expect(!tree.split(0, quota: 1, child: 1), "it has one already")
    #expect(!tree.split(3, quota: 0, child: 2), "no such parent")
    #expect(!tree.split(0, quota: -1, child: 2), "less than nothing")
    tree.charge(1, page: page(0))
    #expect(tree[0]?.left == 40)
    #expect(tree[1]?.left == 59)
    tree.release(page(0))
    #expect(tree.end(1) == 60)
    #expect(tree[0] == Container(quota: 100))
    #expect(tree.end(1) == nil)
    #expect(tree.end(0) == nil, "the first of all stays")
  }

  /// What a process leaves behind (living children, a page that somebody else uses) belongs to its parent.
  @Test func `an heir takes over children and pages`() {
    let tree = ContainerTree(quota: 100, pages: Self.pages)
    #expect(tree.split(0, quota: 60, child: 1))
    #expect(tree.split(1, quota: 20, child: 2))
    tree.charge(1, page: page(7))
    #expect(tree.end(1) == 39)
    #expect(tree[2]?.parent == 0)
    #expect(tree[0]?.children == [2])
    #expect(tree[0]?.usage == 21)
    tree.release(page(7))
    #expect(tree.end(2) == 20)
    #expect(tree[0] == Container(quota: 100))
  }

  @Test func `what is no page of the tree's costs nobody anything`() {
    let tree = ContainerTree(quota: 1, pages: Self.pages)
    tree.charge(0, page: Self.pages.lowerBound - PGSIZE)
    tree.charge(0, page: Self.pages.upperBound)
    tree.charge(9, page: page(0))
    tree.release(.max)
    #expect(tree[0]?.usage == 0)
    #expect(tree[-1] == nil)
    #expect(tree[NPROC] == nil)
  }

  /// After any operations in any order, the pages in use are never more than the quota, and every sum is
  /// right.
  @Test(arguments: 1...8 as ClosedRange<UInt64>) func `the sum over the tree never exceeds what was given`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    let tree = ContainerTree(quota: 120, pages: Self.pages)
    var owners: [UInt64: Int] = [:]
    for _ in 0..<2000 {
      let slot = Int(random.next() % 12)
      switch random.next() % 6 {
      case 0: _ = tree.split(slot, quota: Int(random.next() % 70), child: Int(random.next() % 12))
      case 1:
        let parent = tree[slot]?.parent
        if tree.end(slot) != nil { for (page, owner) in owners where owner == slot { owners[page] = parent } }
      case 2:
        if let page = owners.keys.sorted().randomElement(using: &random) {
          tree.release(page)
          owners[page] = nil
        }
      default:
        // After a double free, the free list can hand out the same page twice.
        guard let container = tree[slot], container.left > 0 else { continue }
        let page = page(Int(random.next() % 200))
        tree.charge(slot, page: page)
        owners[page] = slot
      }
      expectSound(tree, owners)
    }
  }

  private func expectSound(_ tree: ContainerTree, _ owners: [UInt64: Int]) {
    for slot in 0..<NPROC {
      guard let container = tree[slot] else { continue }
      let given = container.children.reduce(0) { $0 + (tree[$1]?.quota ?? 1 << 20) }
      let held = owners.values.count { $0 == slot }
      guard container.held == held, container.usage == held + given, container.usage <= container.quota,
        container.children.allSatisfy({ tree[$0]?.parent == slot })
      else {
        Issue.record("slot \(slot): \(container), holds \(held), has given \(given)")
        return
      }
    }
    if owners.count > 120 { Issue.record("\(owners.count) pages are held") }
  }
}
