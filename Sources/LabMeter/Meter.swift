import HostSupport
import LabEvents
import Sv39MMU

/// Turns the events of a run into figures. It does not know which host makes the events.
///
/// It listens from the boot on. It counts from the moment when process `command` calls `exec`: the work of
/// init or a shell before that is not counted. The pages for the command's first image are counted.
package struct Meter {
  /// The number of the process that runs the measured command; nil until it is known.
  private var command: Int32?
  private var isOpen = false
  private var start: UInt64 = 0
  /// The command, its children, and all their descendants.
  private var family: Set<Int32>
  private var spaces = ProcessPages()
  private var ledger = PageLedger()
  private var residency = Residency()
  private var faults = FaultLog()
  private var figures = Figures()
  private var ending = Ending()
  /// The last system call of each process of the family.
  private var calls: [Int32: String] = [:]
  /// How many mappings were seen. The meter ignores those after `mostMappings`, so that a kernel that maps
  /// pages without end cannot fill the host's memory.
  private var mappings = 0
  private static let mostMappings = 20_000_000
  /// User pages mapped since the last event that tells what pages are for.
  private var unexplained = 0

  /// `command` is the number of the process that will run the measured command. If it is nil, the first
  /// process that calls `exec` is measured.
  package init(command: Int32?) {
    self.command = command
    family = command.map { [$0] } ?? []
  }

  /// Takes the next event. `retired` is how many user instructions had retired by then.
  package mutating func take(_ event: LabEvent, _ retired: UInt64) {
    if case .systemCall(let pid, "exec", _) = event, !isOpen, pid == command ?? pid {
      isOpen = true
      start = retired
      command = pid
      family = [pid]
      calls[pid] = "exec"
      residency.advance(to: 0)
      return
    }
    if isOpen { residency.advance(to: retired &- start) }
    if event.isAboutPages {
      takePage(event)
    } else {
      if isOpen { count(event) }
      follow(event)
      unexplained = 0
    }
  }

  /// The figures of a run that is over. `retired` is nil if the host does not know how many instructions
  /// have retired since the last event.
  package mutating func measurement(_ end: RunEnd, retired: UInt64?) -> Measured {
    if isOpen, let retired { residency.advance(to: retired &- start) }
    // The command comes last: if several processes are equally large, its map is the one to show.
    for pid in family.sorted().reversed() { spaces.leaves(pid) }
    figures.handedOut = ledger.handedOut
    figures.peakPages = residency.peak
    figures.meanPages = residency.mean
    figures.tablePages = ledger.peakTablePages
    figures.copiedPages = ledger.copied
    figures.zeroedPages = ledger.zeroed
    figures.instructions = residency.end
    return Measured(
      outcome: ending.outcome(end), figures: figures, residency: residency, faults: faults, map: spaces.map)
  }

  private mutating func takePage(_ event: LabEvent) {
    switch event {
    case .pageMapped(let root, let address, let entry):
      mappings += 1
      guard mappings <= Self.mostMappings else { return }
      // The meter must know from the boot on which page table belongs to which process.
      let isUser = spaces.mapped(root, address, entry)
      guard isOpen, ledger.mapped(entry.pa, isUser: isUser) else { return }
      unexplained += 1
    case .pageFreed(let page, _):
      spaces.freed(page)
      ledger.freed(page)
    case .pageAllocated(let page, _) where isOpen: ledger.allocated(page)
    case .pageFilled(let page, let byte) where isOpen: ledger.filled(page, byte)
    case .pageCopied where isOpen: ledger.wasCopied()
    default: return
    }
    if isOpen { residency.change(to: ledger.userPages) }
  }

  /// Follows all processes, from the boot on.
  private mutating func follow(_ event: LabEvent) {
    switch event {
    case .fork(let parent, let child): spaces.forked(parent, child)
    case .exec(let pid, let path, let size): spaces.executed(pid, path, size: size)
    case .sbrk(let pid, _, _, let size): spaces.resized(pid, size)
    case .systemCall(let pid, "exec", _) where isOpen: spaces.leaves(pid)
    case .exit(let pid, _, _, _) where isOpen: spaces.ended(pid)
    default: break
    }
  }

  private mutating func count(_ event: LabEvent) {
    switch event {
    case .fork(let parent, let child):
      if family.contains(parent) { family.insert(child) }
    case .pageFault(let fault) where family.contains(fault.pid):
      count(fault)
    case .systemCall(let pid, let name, _) where family.contains(pid):
      figures.systemCalls += 1
      calls[pid] = name
      if pid == command { ending.began() }
    case .userCopy(let pid, let direction, _, _, _) where family.contains(pid):
      // exec copies out to the stack that it has just made, so the pages of that stack do not count here.
      if direction != .copyout || calls[pid] != "exec" { figures.kernelServed += unexplained }
    case .killed(let pid, _, let reason) where family.contains(pid):
      if case .trap(12...15, _, _) = reason { figures.deadlyFaults += 1 }
      if pid == command { ending.killed(reason) }
    case .outOfMemory(let pid) where family.contains(pid):
      ending.ranOut(isCommand: pid == command)
    case .quotaRefused(let pid, _, _):
      // Only the command and its family have a quota. If it refuses a fork, the event names a child that
      // will never exist.
      ending.ranOut(isCommand: pid == command)
    case .exit(let pid, _, _, let status) where pid == command:
      ending.status = status
    case .panic(let text, _, _, _, _):
      ending.panic = VisibleText.of(VisibleText.prefix(text, bytes: 256))
    default: break
    }
  }

  private mutating func count(_ fault: PageFault) {
    switch Access(pageFault: fault.scause) {
    case .fetch: figures.fetchFaults += 1
    case .load: figures.loadFaults += 1
    case .store: figures.storeFaults += 1
    }
    faults.add(FaultMark(moment: residency.end, address: fault.stval))
    if fault.pid == command { ending.began() }
  }
}

extension LabEvent {
  /// Whether it tells what happened to a page, and not what the page was needed for.
  fileprivate var isAboutPages: Bool {
    switch self {
    case .pageAllocated, .pageFreed, .pageMapped, .pageFilled, .pageCopied: true
    default: false
    }
  }
}
