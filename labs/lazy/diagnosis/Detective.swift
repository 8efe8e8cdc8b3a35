import HostSupport
import LabDiagnosis
import LabEvents
import Sv39MMU

/// Gets the events of a run and notes the clues in them. The catalogue says which mistakes the clues show.
///
/// The detective follows the kernel from one entry to the next. Everything that the kernel allocates, maps
/// and frees in between belongs to the fault or the system call that it handles.
struct Detective: MistakeRule {
  /// Why the kernel was entered, and what it has done since then.
  struct Entry: Sendable {
    var pid: Int32
    /// The fault that the kernel handles; nil in a system call.
    var fault: PageFault?
    /// The name of the system call that the kernel handles; empty in a fault.
    var call = ""
    /// The process's size when the kernel was entered.
    var size: UInt64
    var allocated: Set<UInt64> = []
    /// User pages that the kernel has mapped, in this order.
    var mapped: [(root: UInt64, address: UInt64, entry: PTE)] = []
    /// User addresses whose pages the kernel has freed, with the page table that mapped them.
    var freed: [(root: UInt64, address: UInt64)] = []
    var isOutOfMemory = false
    /// Whether the kernel refused a copy that it had to refuse.
    var isRefused = false
  }

  var spaces = AddressSpaces()
  var clues = Clues()
  var entry: Entry?
  var sizes: [Int32: UInt64] = [:]
  var refusals = RefusedFaults()
  /// The page walk at which each process's last copy found no page that it may use.
  var refusedCopies: [Int32: PageWalk] = [:]
  /// The page table of the process that the kernel is freeing; known because the trapframe is freed first.
  var dying: UInt64?
  /// For each process: the fault after which it continued, although there is still no page that it may use.
  var unserved: [Int32: (fault: PageFault, clue: Clue)] = [:]

  init() {}

  mutating func hear(_ event: LabEvent, at retired: UInt64, _ processes: ProcessTable) {
    if case .pageFreed(let page, _) = event { freed(page, processes) }
    spaces.hear(event, processes)
    switch event {
    case .systemCall(let pid, let name, _):
      entry = Entry(pid: pid, call: name, size: processes[pid]?.size ?? 0)
    case .systemCallReturned(let pid, let name, let result):
      resume(pid, processes)
      returned(name, result, processes)
    case .pageFault(let fault): begin(fault, processes)
    case .faultServed(let pid, let address, let leaf):
      if let entry, let fault = entry.fault, entry.pid == pid { served(fault, address, leaf, entry) }
      entry = nil
    case .instructionSkipped(let pid, let sepc, let resumed):
      clues.add(.instructionSkipped, "pid \(pid) faulted at \(hex(sepc)) and went on at \(hex(resumed))")
    case .killed(let pid, _, .trap), .exit(let pid, _, _, _):
      if let (fault, clue) = unserved.removeValue(forKey: pid), clue == .refusalForgotten, fault.isOwed {
        refusals.refused(fault)
      }
      if let entry, let fault = entry.fault, entry.pid == pid { refused(fault, entry) }
      if entry?.pid == pid { entry = nil }
    case .pageAllocated(let page, _): entry?.allocated.insert(page)
    case .pageMapped(let root, let address, let leaf): mapped(root, address, leaf, processes)
    case .outOfMemory: entry?.isOutOfMemory = true
    case .sbrk(let pid, let increment, let result, let size): resized(pid, increment, result, size)
    case .fork(let parent, let child): forked(parent, child)
    case .statusMistaken(let sentence): clues.add(.statusLost, sentence)
    case .copyRefused(let pid, _, let walk): refusedCopies[pid] = walk
    case .userCopy(let pid, let direction, let address, let count, let succeeded):
      resume(pid, processes)
      copied(pid, direction, address, count, succeeded, processes)
    case .panic(let text, let pid, _, let activity, _): panicked(text, pid, activity, processes)
    default: break
    }
    remember(event, processes)
  }

  /// The kernel continues a system call in which the process slept.
  private mutating func resume(_ pid: Int32, _ processes: ProcessTable) {
    guard entry?.pid != pid, let process = processes[pid] else { return }
    entry = Entry(pid: pid, call: process.call?.name ?? "", size: process.size)
  }

  private mutating func remember(_ event: LabEvent, _ processes: ProcessTable) {
    switch event {
    case .exec(let pid, _, _), .fork(_, let pid), .sbrk(let pid, _, _, _): sizes[pid] = processes[pid]?.size
    case .pageFault(let fault): sizes[fault.pid] = fault.size
    case .exit(let pid, _, _, _): sizes[pid] = nil
    default: break
    }
  }

  private mutating func freed(_ page: UInt64, _ processes: ProcessTable) {
    let frame = spaces.frames[page]
    if frame?.isFree == true { clues.add(.freedTwice, "the page at \(hex(page)) was freed twice") }
    entry?.allocated.remove(page)
    if let root = frame?.root, let address = frame?.address {
      if address == AddressSpaces.end { dying = root }
      if address < AddressSpaces.end { entry?.freed.append((root, address)) }
    }
    tableFreed(page)
  }

  /// A page table is freed. The kernel must have freed its pages before. A page that is not writable does not
  /// count, because it may be shared.
  private mutating func tableFreed(_ root: UInt64) {
    if dying == root { dying = nil }
    let left = spaces.held(root).filter { $0.value.entry.w && $0.value.entry.u }
    guard let address = left.keys.min() else { return }
    clues.add(
      .pagesLost, "\(left.count) pages of a process that is gone were not freed, the first at \(hex(address))"
    )
  }

  private mutating func mapped(_ root: UInt64, _ address: UInt64, _ leaf: PTE, _ processes: ProcessTable) {
    guard address < AddressSpaces.end else { return }
    if let pid = spaces.owner(root) { resume(pid, processes) }
    guard var entry else { return }
    if let fault = entry.fault, let last = entry.mapped.last, last.root == root,
      address == last.address &+ PGSIZE, leaf.pa == last.entry.pa &+ PGSIZE,
      !entry.allocated.contains(leaf.pa)
    {
      clues.add(
        .mappedElsewhere, "\(fault.note) mapped the page behind it too, to RAM that was not given out")
    }
    entry.mapped.append((root, address, leaf))
    entry.allocated.remove(leaf.pa)
    self.entry = entry
    if entry.call == "fork", root == spaces.roots[entry.pid] {
      clues.add(.childHasMore, "fork() gave its caller a page at \(hex(address)), which it had never touched")
    } else if entry.call == "fork" {
      mappedInFork(address, leaf, entry)
    } else if entry.fault == nil, !["exec", "sbrk", ""].contains(entry.call), root == spaces.roots[entry.pid],
      address >= PGROUNDUP(processes[entry.pid]?.size ?? .max &- PGSIZE)
    {
      clues.add(.copiedAboveBreak, "\(entry.call)() of pid \(entry.pid) was given a page at \(hex(address))")
    }
  }

  /// The kernel returns from a system call to the program.
  private mutating func returned(_ name: String, _ result: UInt64, _ processes: ProcessTable) {
    guard let entry else { return }
    defer { self.entry = nil }
    switch name {
    case "fork": if result == .max { forkFailed(entry, processes) }
    case "sbrk", "exit": break
    case "exec" where result != .max: break
    default: noteContents(entry)
    }
    if entry.isRefused, name != "fork", let page = entry.allocated.first(where: { !spaces.hasContents($0) }) {
      clues.add(.lostOnRefusal, "\(name)() was refused an address, and the page at \(hex(page)) is nobody's")
    }
  }

  /// A page that was mapped for a fault or a copy must have been zeroed first.
  mutating func noteContents(_ entry: Entry) {
    // exec() and fork() map pages in another page table, and fill these pages later.
    let mapped = entry.mapped.filter { $0.root == spaces.roots[entry.pid] }
    for page in mapped where !spaces.hasContents(page.entry.pa) {
      clues.add(
        .notZeroed,
        "the page at \(hex(page.address)) was mapped for pid \(entry.pid) as it came from kalloc()")
    }
    for page in mapped where page.address < PGROUNDUP(entry.size) {
      if !page.entry.u {
        clues.add(.notUsers, "the page at \(hex(page.address)) was mapped \(page.entry.flags)")
      } else if page.entry.r != true || !page.entry.w {
        clues.add(.notPermitted, "the page at \(hex(page.address)) was mapped \(page.entry.flags)")
      }
    }
  }

  func findings(in run: LostRun) -> [MistakeFinding] {
    var clues = clues
    refusals.conclude(&clues)
    // The host counts lost pages itself. If it counted none, clues about lost pages are wrong.
    if run.pages.lost == 0 {
      for clue in [Clue.lostOnRefusal, .lostWithoutTable, .pagesLost] { clues.drop(clue) }
    }
    return MistakeCatalogue.findings(clues)
  }
}
