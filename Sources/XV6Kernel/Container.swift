/// A process's account of memory, in pages: mCertiKOS's container.
///
/// Containers form a tree, as processes do. A process pays for the pages that it takes and for the quotas
/// that it gives to its children. Neither can take pages of the other. At any time:
///
///     usage = pages held + the children's quotas
///     usage <= quota
///
/// so a container and all containers below it never hold more pages than its quota.
package struct Container: Equatable, Sendable {
  /// How many pages the process and all its descendants may hold.
  package let quota: Int
  /// Pages that it holds, plus pages that it has given to its children.
  package internal(set) var usage = 0
  /// Pages that it holds itself.
  package internal(set) var held = 0
  /// The slot of the process that gave it its quota; nil for the first container.
  package internal(set) var parent: Int?
  /// The slots of the processes to which it gave quotas, in that order.
  package internal(set) var children: [Int] = []

  init(quota: Int, parent: Int? = nil) {
    self.quota = quota
    self.parent = parent
  }

  /// Pages that it can still take or give away.
  package var left: Int { quota - usage }
}

/// The containers of a machine, by slot of the process table, and which container pays for which page.
package final class ContainerTree {
  private var containers: [Container?]
  /// The slot that pays for each page, from `firstPage` on; `nobody` if no slot does.
  private var payers: [UInt8]
  private let firstPage: UInt64
  /// The slot that pays for the next pages, if that is not the running process: `fork` builds the child at
  /// the child's cost.
  var payer: Int?

  private static let nobody = UInt8.max

  /// A tree with one container, for slot 0, which gets all of `quota`. `pages` are the physical addresses of
  /// the pages that can be charged.
  package init(quota: Int, pages: Range<UInt64>) {
    containers = Array(repeating: nil, count: NPROC)
    containers[0] = Container(quota: quota)
    firstPage = pages.lowerBound
    payers = Array(repeating: Self.nobody, count: Int((pages.upperBound - pages.lowerBound) / PGSIZE))
  }

  /// The container of the process in `slot`; nil if it has none.
  package subscript(slot: Int) -> Container? { containers.indices.contains(slot) ? containers[slot] : nil }

  /// Gives `child`, which has no container yet, a container with a part of `parent`'s quota. False if the
  /// parent does not have that much left.
  package func split(_ parent: Int, quota: Int, child: Int) -> Bool {
    guard quota >= 0, self[child] == nil, let left = self[parent]?.left, left >= quota else { return false }
    containers[parent]?.usage += quota
    containers[parent]?.children.append(child)
    containers[child] = Container(quota: quota, parent: parent)
    return true
  }

  /// Notes that `slot` has taken the page at `page`. From now on no other slot pays for it.
  package func charge(_ slot: Int, page: UInt64) {
    release(page)
    guard self[slot] != nil, let index = index(page) else { return }
    payers[index] = UInt8(slot)
    containers[slot]?.usage += 1
    containers[slot]?.held += 1
  }

  /// Notes that the page at `page` is free. The slot that paid for it gets it back.
  package func release(_ page: UInt64) {
    guard let index = index(page), payers[index] != Self.nobody else { return }
    let slot = Int(payers[index])
    payers[index] = Self.nobody
    containers[slot]?.usage -= 1
    containers[slot]?.held -= 1
  }

  /// Closes the container of `slot`, gives the rest of its quota back to its parent, and returns how many
  /// pages that was.
  ///
  /// The pages that it still holds (for example a pipe that others use) and the quotas of its living children
  /// belong to its parent from now on. The first container cannot be closed.
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
