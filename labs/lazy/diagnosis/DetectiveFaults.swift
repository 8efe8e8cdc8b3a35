import HostSupport
import LabDiagnosis
import LabEvents
import Sv39MMU

// Page faults: whether the process was owed a page, and what the kernel did.

extension PageFault {
  /// Whether the process is owed the page: below its size, with nothing mapped there.
  var isOwed: Bool {
    guard case .fault(let why) = walk.result else { return false }
    return stval < size && stval < AddressSpaces.end && why.isMissing
  }

  package var page: UInt64 { PGROUNDDOWN(stval) }

  /// The fault in a line.
  package var note: String {
    let access =
      switch Access(pageFault: scause) {
      case .store: "store to"
      case .load: "load from"
      case .fetch: "fetch from"
      }
    return "\(access) \(hex(stval)) by \(program) (pid \(pid), sz \(hex(size)), sp \(hex(stackPointer)))"
  }
}

extension Detective {
  mutating func begin(_ fault: PageFault, _ processes: ProcessTable) {
    entry = Entry(pid: fault.pid, fault: fault, size: fault.size)
    if let (before, clue) = unserved.removeValue(forKey: fault.pid), before.stval == fault.stval {
      clues.add(clue, "\(fault.note) came again: nothing had been mapped, and nobody killed")
    }
    guard case .fault(let why) = fault.walk.result, why.isMissing, fault.stval < fault.size else { return }
    if let root = spaces.roots[fault.pid], let page = spaces.pages(root)[fault.page], page.entry.w,
      page.entry.u, spaces.isHeld(page)
    {
      clues.add(.pagesLost, "the entry at \(hex(fault.page)) is gone, and its page was not freed")
    }
  }

  mutating func served(_ fault: PageFault, _ address: UInt64, _ leaf: PTE, _ entry: Entry) {
    if entry.lines > 0 { clues.add(.printed, "at each page fault") }
    if entry.mapped.count > 1 {
      clues.add(.mappedTooMany, "\(fault.note) brought \(entry.mapped.count) pages")
    }
    noteContents(entry)
    let isAllowed =
      leaf.allowsUser(Access(pageFault: fault.scause))
    if isAllowed {
      if fault.isOwed { refusals.served(fault) } else { noteUnowed(fault) }
      return
    }
    if entry.isOutOfMemory {
      if !entry.allocated.isEmpty {
        clues.add(.lostWithoutTable, "\(fault.note) cost a page that is nobody's")
      }
      unserved[fault.pid] = (fault, .runningOutForgotten)
    } else if let page = entry.mapped.first, !entry.mapped.contains(where: { $0.address == fault.page }) {
      noteElsewhere(fault, page.address)
    } else if fault.isOwed && leaf.isLeaf {
      clues.add(leaf.u ? .notPermitted : .notUsers, "\(fault.note) was given a page \(leaf.flags)")
    } else {
      unserved[fault.pid] = (fault, .refusalForgotten)
    }
  }

  private mutating func noteElsewhere(_ fault: PageFault, _ address: UInt64) {
    let isCut = fault.stval >> 32 != 0 && address == PGROUNDDOWN(fault.stval & 0xffff_ffff)
    clues.add(isCut ? .refusedHigh : .mappedElsewhere, "\(fault.note) was given a page at \(hex(address))")
  }

  /// The kernel gave a process what is not its due.
  private mutating func noteUnowed(_ fault: PageFault) {
    guard case .fault(let why) = fault.walk.result else { return }
    switch why {
    case .supervisorPage: clues.add(.servedGuardPage, fault.note)
    case .notWritable, .notReadable, .notExecutable: break
    default:
      let above = fault.page &- PGROUNDUP(fault.size)
      if fault.stval < PGROUNDUP(fault.size) { return }
      clues.add(above == 0 ? .servedAtBreak : .servedAboveBreak, "\(fault.note) was served")
    }
  }

  /// The kernel has killed the process for its fault.
  mutating func refused(_ fault: PageFault, _ entry: Entry) {
    if entry.mapped.count > 1 {
      clues.add(.mappedTooMany, "\(fault.note) brought \(entry.mapped.count) pages, until there were no more")
    }
    if fault.isOwed && entry.isOutOfMemory {
      if !entry.allocated.isEmpty {
        clues.add(.lostWithoutTable, "\(fault.note) cost a page that is nobody's")
      }
    } else if fault.isOwed {
      refusals.refused(fault)
    } else if !entry.allocated.isEmpty {
      clues.add(.lostOnRefusal, "\(fault.note) was refused, and cost a page that is nobody's")
    }
  }
}

/// The faults of one run that a page was owed for, by what the kernel made of them.
struct RefusedFaults: Sendable {
  private struct Kind: Hashable, Sendable {
    var isLoad: Bool
    /// Whether the page table was missing, too.
    var isWithoutTable: Bool
    var isBelowStackPointer: Bool
    /// Whether the address has more than 32 bits.
    var isHigh: Bool
  }

  private var served: [Kind: Int] = [:]
  private var refused: [Kind: Int] = [:]
  private var first = ""

  private func kind(_ fault: PageFault) -> Kind {
    var isWithoutTable = false
    if case .fault(let why) = fault.walk.result { isWithoutTable = why.level != 0 }
    return Kind(
      isLoad: Access(pageFault: fault.scause) == .load, isWithoutTable: isWithoutTable,
      isBelowStackPointer: fault.stval < PGROUNDDOWN(fault.stackPointer), isHigh: fault.stval >> 32 != 0)
  }

  mutating func served(_ fault: PageFault) { served[kind(fault), default: 0] += 1 }

  mutating func refused(_ fault: PageFault) {
    // A fetch from a page that was never written leads nowhere, whatever the kernel does.
    if Access(pageFault: fault.scause) == .fetch { return }
    if refused.isEmpty { first = fault.note }
    refused[kind(fault), default: 0] += 1
  }

  /// What the refused have in common, and the served have not.
  func conclude(_ clues: inout Clues) {
    if refused.isEmpty { return }
    let what = first + " was refused"
    func distinguishes(_ property: (Kind) -> Bool) -> Bool {
      refused.keys.allSatisfy(property) && !served.keys.contains(where: property)
    }
    if distinguishes(\.isBelowStackPointer) {
      clues.add(.refusedBelowStackPointer, what)
    } else if !served.isEmpty, distinguishes(\.isHigh) {
      clues.add(.refusedHigh, what)
    } else if distinguishes(\.isLoad) {
      clues.add(.loadRefused, what)
    } else if !served.isEmpty, distinguishes(\.isWithoutTable) {
      clues.add(.refusedWithoutTable, what)
    } else if !served.isEmpty, distinguishes({ !$0.isLoad }) {
      clues.add(.storeRefused, what)
    } else if served.isEmpty {
      clues.add(.everythingRefused, what)
    }
  }
}
