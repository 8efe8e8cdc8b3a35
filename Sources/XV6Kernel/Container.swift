/// A process's account of memory, in pages: mCertiKOS's container.
///
/// Containers form a tree, as processes do. A process pays for the pages that it takes and for what it gives its
/// children; neither can take what the other has. Always:
///
///     usage = pages held + the children's quotas
///     usage <= quota
///
/// so the pages that a container and all below it hold are never more than its quota.
package struct Container: Equatable, Sendable {
  /// Pages that the process and all below it may hold.
  package let quota: Int
  /// Pages that it holds, and pages that it has given to its children.
  package internal(set) var usage = 0
  /// Pages that it holds itself.
  package internal(set) var held = 0
  /// The slot of the process that gave it its quota; nil for the first of all.
  package internal(set) var parent: Int?
  /// The slots of the processes that it gave quotas to, in that order.
  package internal(set) var children: [Int] = []

  init(quota: Int, parent: Int? = nil) {
    self.quota = quota
    self.parent = parent
  }

  /// Pages that it can still take or give away.
  package var left: Int { quota - usage }
}

/// The containers of a machine, one for each process that has one, by slot of the process table; and which of them
/// pays for which page.
package final class ContainerTree {
  private var containers: [Container?]
  /// The slot that pays for each page from `firstPage` on; `nobody` for what was never charged.
  private var payers: [UInt8]
  private let firstPage: UInt64
  /// The slot that pays for what is taken now, where it is not the running process's: `fork` builds the child on the
  /// child's account.
  var payer: Int?

  private static let nobody = UInt8.max

  /// A tree of one container, slot 0's, with all of `quota`. Pages to be charged lie in `pages`, physical addresses.
  package init(quota: Int, pages: Range<UInt64>) {
    containers = Array(repeating: nil, count: NPROC)
    containers[0] = Container(quota: quota)
    firstPage = pages.lowerBound
    payers = Array(repeating: Self.nobody, count: Int((pages.upperBound - pages.lowerBound) / PGSIZE))
  }

  /// The container of the process in `slot`; nil where it has none.
  package subscript(slot: Int) -> Container? { containers.indices.contains(slot) ? containers[slot] : nil }

  /// Gives `child`, which has no container, one with a part of `parent`'s quota; false where the parent has not as
  /// much left.
  package func split(_ parent: Int, quota: Int, child: Int) -> Bool {
    guard quota >= 0, self[child] == nil, let left = self[parent]?.left, left >= quota else { return false }
    containers[parent]?.usage += quota
    containers[parent]?.children.append(child)
    containers[child] = Container(quota: quota, parent: parent)
    return true
  }

  /// `slot` has taken the page at `page`, which is not charged to anybody else from now on.
  package func charge(_ slot: Int, page: UInt64) {
    release(page)
    guard self[slot] != nil, let index = index(page) else { return }
    payers[index] = UInt8(slot)
    containers[slot]?.usage += 1
    containers[slot]?.held += 1
  }

  /// The page at `page` is free: whoever paid for it has it back.
  package func release(_ page: UInt64) {
    guard let index = index(page), payers[index] != Self.nobody else { return }
    let slot = Int(payers[index])
    payers[index] = Self.nobody
    containers[slot]?.usage -= 1
    containers[slot]?.held -= 1
  }

  /// Closes the container of `slot`; its parent has its quota back, and how many pages that are.
  ///
  /// What it still holds (a pipe that others use) and the quotas of its children, who live on, are its parent's from
  /// now on: what comes back is the rest. The first container of all stays.
  package func end(_ slot: Int) -> Int? {
    guard let container = self[slot], let parent = container.parent else { return nil }
    containers[slot] = nil
    containers[parent]?.children.removeAll { $0 == slot }
    containers[parent]?.children += container.children
    for child in container.children { containers[child]?.parent = parent }
    containers[parent]?.usage -= container.left
    containers[parent]?.held += container.held
    if container.held > 0 {
      for index in payers.indices where payers[index] == UInt8(slot) { payers[index] = UInt8(parent) }
    }
    return container.left
  }

  private func index(_ page: UInt64) -> Int? {
    guard page >= firstPage else { return nil }
    let index = Int(clamping: (page - firstPage) / PGSIZE)
    return payers.indices.contains(index) ? index : nil
  }
}
