import LabDiagnosis
import LabEvents
import Sv39MMU

/// What is in each page of RAM, and which page table maps it, as far as the events of a run show.
///
/// There is no event when the kernel clears an entry. So a page that was mapped counts as mapped until it is
/// freed or allocated again.
struct AddressSpaces: Sendable {
  /// A page of RAM.
  struct Frame: Sendable {
    /// How often the page was allocated. A mapping from an earlier generation is no longer valid.
    var generation: UInt32 = 0
    var isFree = false
    /// Since the page was allocated: whether it was filled with zeroes, and from which page it was copied.
    var isZeroed = false
    var source: UInt64?
    /// The page table that maps the page, and at which address.
    var root: UInt64?
    var address: UInt64 = 0
  }

  /// A page that a page table maps.
  struct Page: Sendable {
    var frame: UInt64
    var entry: PTE
    var generation: UInt32
  }

  /// The end of the addresses that a heap may use: the trapframe's page.
  static let end = MAXVA - 2 * PGSIZE

  private(set) var frames: [UInt64: Frame] = [:]
  private var spaces: [UInt64: [UInt64: Page]] = [:]
  /// The root of each process's page table.
  private(set) var roots: [Int32: UInt64] = [:]
  /// The page table that belongs to no process yet and that got a mapping last.
  private(set) var newborn: UInt64?

  /// The user pages of the page table at `root`; the keys are their virtual addresses.
  func pages(_ root: UInt64) -> [UInt64: Page] { spaces[root] ?? [:] }

  /// Those user pages whose RAM page has not been freed or allocated again since it was mapped.
  func held(_ root: UInt64) -> [UInt64: Page] { pages(root).filter { isHeld($0.value) } }

  func isHeld(_ page: Page) -> Bool {
    guard let frame = frames[page.frame] else { return true }
    return !frame.isFree && frame.generation == page.generation
  }

  /// The process whose page table is at `root`; nil if no process is known.
  func owner(_ root: UInt64) -> Int32? { roots.first { $0.value == root }?.key }

  /// Whether the page at `frame` has contents: zeroes or a copy. Also true if its allocation was not seen,
  /// because then the contents are not known.
  func hasContents(_ frame: UInt64) -> Bool {
    frames[frame].map { $0.isZeroed || $0.source != nil } ?? true
  }

  /// Handles an event. `processes` must have handled it before.
  mutating func hear(_ event: LabEvent, _ processes: ProcessTable) {
    switch event {
    case .pageAllocated(let page, _):
      frames[page] = Frame(generation: (frames[page]?.generation ?? 0) &+ 1)
    case .pageFreed(let page, _):
      frames[page, default: Frame()].isFree = true
      if spaces.removeValue(forKey: page) != nil { roots = roots.filter { $0.value != page } }
    case .pageFilled(let page, 0): frames[page]?.isZeroed = true
    case .pageCopied(let from, let to): frames[to]?.source = from
    case .pageMapped(let root, let address, let entry): map(root, address, entry)
    case .pageFault(let fault):
      if let step = fault.walk.steps.first { roots[fault.pid] = PGROUNDDOWN(step.address) }
    case .faultServed(let pid, let address, let entry):
      if entry.isLeaf, let root = roots[pid], pages(root)[PGROUNDDOWN(address)]?.frame != entry.pa {
        map(root, PGROUNDDOWN(address), entry)
      }
    case .systemCall(let pid, _, _): if roots[pid] == nil { adopt(pid) }
    case .fork(_, let child): adopt(child)
    case .exec(let pid, _, let size):
      adopt(pid)
      // exec() called uvmclear(), which cleared the U bit of the guard page.
      if let root = roots[pid] { spaces[root]?[PGROUNDUP(size) &- 2 * PGSIZE]?.entry.flags.remove(.u) }
    default: break
    }
  }

  private mutating func map(_ root: UInt64, _ address: UInt64, _ entry: PTE) {
    if !roots.values.contains(root) { newborn = root }
    if var frame = frames[entry.pa] {
      frame.root = root
      frame.address = address
      frames[entry.pa] = frame
    }
    guard address < Self.end else {
      spaces[root] = spaces[root] ?? [:]
      return
    }
    let generation = frames[entry.pa]?.generation ?? 0
    spaces[root, default: [:]][address] = Page(frame: entry.pa, entry: entry, generation: generation)
  }

  private mutating func adopt(_ pid: Int32) {
    if let newborn { roots[pid] = newborn }
    newborn = nil
  }
}
