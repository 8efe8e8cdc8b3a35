import Sv39MMU

/// The result of `labrunner explain`: where a program has stopped, what addresses mean to it, its page table.
package struct ProcessExplanation: Sendable {
  package let command: [String]
  let pid: Int32
  package let program: String
  /// How many instructions of the program retired, if they were counted.
  package let retired: UInt64?
  /// Where the program has stopped, in words: `stopped at page fault 1`.
  package let stopped: String
  /// The page fault at which the program has stopped.
  package let fault: (va: UInt64, access: Access)?
  package let pc: UInt64
  /// The source that the instruction at `pc` comes from.
  package let source: String?
  /// `p->sz`, and the user stack pointer.
  package let size: UInt64
  let stackPointer: UInt64
  package let addresses: [AddressExplanation]
  package let tree: PageTableTree
  /// Whether the tree was asked for.
  let showsTree: Bool

  /// What the same user pages would cost in the lecture's two-level tables.
  var twoLevelCost: TwoLevelTables.Cost { tree.twoLevel.cost }
}

extension Access {
  /// The access as a verb.
  var verb: String {
    switch self {
    case .fetch: "fetch"
    case .load: "load"
    case .store: "store"
    }
  }
}
