import HostSupport
import LabDiagnosis
import LabEvents
import Sv39MMU

// Mistakes in the handling of page faults.

extension Clue {
  // Page faults for which the kernel owes the process a page
  static let loadRefused = Clue("loadRefused")
  static let storeRefused = Clue("storeRefused")
  static let everythingRefused = Clue("everythingRefused")
  static let refusedBelowStackPointer = Clue("refusedBelowStackPointer")
  static let refusedWithoutTable = Clue("refusedWithoutTable")
  static let refusedHigh = Clue("refusedHigh")
  static let notZeroed = Clue("notZeroed")
  static let notUsers = Clue("notUsers")
  static let notPermitted = Clue("notPermitted")
  static let mappedElsewhere = Clue("mappedElsewhere")
  static let mappedTooMany = Clue("mappedTooMany")
  static let instructionSkipped = Clue("instructionSkipped")
  static let lostWithoutTable = Clue("lostWithoutTable")
  static let runningOutForgotten = Clue("runningOutForgotten")
  static let runningOutPanicked = Clue("runningOutPanicked")

  // Page faults for which the kernel does not owe the process a page
  static let servedAtBreak = Clue("servedAtBreak")
  static let servedAboveBreak = Clue("servedAboveBreak")
  static let servedGuardPage = Clue("servedGuardPage")
  static let remapped = Clue("remapped")
  static let refusalForgotten = Clue("refusalForgotten")
  static let refusalPanicked = Clue("refusalPanicked")
  static let lostOnRefusal = Clue("lostOnRefusal")
}

extension MistakeCatalogue {
  static let faults: [Entry] = [
    Entry(
      id: "below-stack-refused", name: "memory below the stack pointer is refused",
      explanation: """
        A page of the heap was refused because its address lies below the stack pointer. \
        A stack may stand anywhere, in the heap too; what tells the guard page apart is its page-table entry.
        """,
      concept: "xv6 book, \"Code: exec\": the guard page", place: "the fault handler: comparisons with sp",
      shown: [.refusedBelowStackPointer]),
    Entry(
      id: "faults-unhandled", name: "page faults on the heap kill",
      explanation: """
        A program touched memory that sbrk() had promised it, and was killed for the page fault. \
        Since sbrk() allocates nothing, the fault of the first touch is the moment to do so.
        """,
      concept: "xv6 book, \"Page-fault exceptions\"; scause 13 and 15",
      place: "usertrap(): the branch for page faults, its values of scause",
      shown: [.everythingRefused, .storeRefused]),
    Entry(
      id: "loads-unhandled", name: "the first load from a page kills",
      explanation: """
        Stores to new pages work, but a program whose first touch of a page is a load was killed. \
        Loads and stores fault with different values of scause, and a page may be touched by either first.
        """,
      concept: "RISC-V privileged specification, scause: 13 load, 15 store page fault",
      place: "usertrap(): scause 13", shown: [.loadRefused]),
    Entry(
      id: "missing-table-refused", name: "a page without a page table is refused",
      explanation: """
        Pages are mapped where their page table exists already; where a whole table is missing, the program \
        was killed. \
        A walk can end above the last level, and that means no more than an entry that is not valid.
        """,
      concept: "xv6 book, \"Paging hardware\": the three levels",
      place: "the fault handler: walk() answering 0",
      shown: [.refusedWithoutTable]),
    Entry(
      id: "wrong-address", name: "the page is mapped at the wrong address",
      explanation: """
        The page was not mapped where the program had touched, but elsewhere, over what is there or beside \
        it. \
        A page begins at the faulting address rounded down to a multiple of the page size.
        """,
      concept: "PGROUNDDOWN; stval", place: "the fault handler: the address given to mappages()",
      shown: [.mappedElsewhere]),
    Entry(
      id: "page-not-users", name: "the page is mapped for the kernel alone",
      explanation: """
        The page is there, but its entry does not let user mode use it, so the program faults again. \
        An entry says who may do what with a page: the program needs the bits for that.
        """,
      concept: "RISC-V privileged specification, Sv39: the bits of an entry, U",
      place: "the flags given to mappages()",
      shown: [.notUsers]),
    Entry(
      id: "wrong-permissions", name: "the page is mapped without a right that it needs",
      explanation: """
        The page is there, but its entry does not allow both reading and writing. \
        The heap is for loads and stores alike, whichever of them came first.
        """,
      concept: "RISC-V privileged specification, Sv39: the bits of an entry, R and W",
      place: "the flags given to mappages()", shown: [.notPermitted]),
    Entry(
      id: "instruction-skipped", name: "the faulting instruction is skipped",
      explanation: """
        After the page was mapped, the program went on behind the instruction that had faulted, which \
        therefore never happened. \
        A system call is finished when it returns; a faulting instruction has yet to run.
        """,
      concept: "RISC-V privileged specification, sepc; xv6 book, \"Traps from user space\"",
      place: "usertrap(): changes of epc", shown: [.instructionSkipped]),
    Entry(
      id: "maps-too-much", name: "one fault maps many pages",
      explanation: """
        A single touch brought pages that nobody had touched, perhaps all up to the break. \
        A program that asks for a gigabyte and uses a page of it should cost a page.
        """,
      concept: "xv6 book, \"Page-fault exceptions\": lazy allocation", place: "the fault handler: its loop",
      shown: [.mappedTooMany]),
    Entry(
      id: "no-upper-bound", name: "addresses above the break are accepted",
      explanation: """
        A program touched an address above its size and was given a page. \
        Only what sbrk() has promised may be mapped: anything else is a fault of the program, which must \
        die of it.
        """,
      concept: "the lab's text: faults above the highest address",
      place: "the fault handler: comparison with p->sz",
      shown: [.servedAboveBreak]),
    Entry(
      id: "break-accepted", name: "the page at the break is accepted",
      explanation: """
        A program touched the first page that it does not have, and was given it. \
        A process of sz bytes has the addresses below sz; sz itself is not one of them.
        """,
      concept: "half-open ranges", place: "the fault handler: < or <= with p->sz", shown: [.servedAtBreak]),
    Entry(
      id: "guard-page", name: "the guard page is taken for a page that is owed",
      explanation: """
        The page below the stack was treated as if it were heap that had never been touched. \
        It is mapped, but not for user mode, so that a stack that overflows is noticed: a fault there must \
        kill.
        """,
      concept: "xv6 book, \"Code: exec\": the inaccessible page below the stack",
      place: "the fault handler: pages that are mapped already", shown: [.remapped, .servedGuardPage]),
    Entry(
      id: "refusal-panics", name: "a bad address panics",
      explanation: """
        A program touched an address that it does not have, and the whole kernel stopped. \
        What a program does wrong may cost its own life, never the kernel's.
        """,
      concept: "xv6 book, \"Traps from user space\": killing a process", place: "the fault handler: panic()",
      shown: [.refusalPanicked]),
    Entry(
      id: "out-of-memory-panics", name: "the kernel panics when memory runs out",
      explanation: """
        There was no page left, and the kernel panicked, or used address 0 as if it were a page. \
        kalloc() answers 0 then, and the process that needed the page has to go without it or die.
        """,
      concept: "xv6 book, \"Code: Physical memory allocator\"; the lab's text: out-of-memory",
      place: "what is done with kalloc()'s answer", shown: [.runningOutPanicked]),
    Entry(
      id: "page-lost-without-table", name: "a page is lost when there is none for its page table",
      explanation: """
        A page was allocated, could not be mapped because memory had run out, and was forgotten. \
        mappages() may need a page for a page table, and fails where there is none: its answer counts.
        """,
      concept: "xv6 book, \"Code: creating an address space\": mappages()",
      place: "the fault handler: mappages() failing", shown: [.lostWithoutTable]),
    Entry(
      id: "out-of-memory-forgotten", name: "memory running out is not noticed",
      explanation: """
        There was no page for a fault, and the program was sent back to fault again, for ever. \
        Nothing will have changed the next time: the process has to be killed.
        """,
      concept: "the lab's text: out-of-memory", place: "the fault handler: kalloc() failing",
      shown: [.runningOutForgotten]),
    Entry(
      id: "refusal-forgotten", name: "a bad address is neither mapped nor refused",
      explanation: """
        A program touched an address that it does not have, and was sent back to fault again, for ever. \
        A fault that the kernel cannot mend has to end the process.
        """,
      concept: "xv6 book, \"Traps from user space\": p->killed",
      place: "the fault handler: every way out of it",
      shown: [.refusalForgotten]),
    Entry(
      id: "page-lost-on-refusal", name: "a page is lost when an address is refused",
      explanation: """
        A page was allocated for an access that was then refused, and nobody gave it back. \
        Each refusal costs the machine a page, until none is left.
        """,
      concept: "ownership: who allocates, and who frees on each way out",
      place: "the order of kalloc() and the checks",
      shown: [.lostOnRefusal]),
    Entry(
      id: "page-not-zeroed", name: "a page is not zeroed",
      explanation: """
        A page was given to a program with what its last owner had left in it. \
        New memory reads as zero, and what another process had there is nobody's business.
        """,
      concept: "xv6 book, \"Code: sbrk\": memory that the program can trust to be zero",
      place: "between kalloc() and mappages()", likely: [.notZeroed]),
  ]
}

// Page faults: whether the kernel owed the process a page, and what the kernel did.

extension PageFault {
  /// Whether the kernel owes the process the page: the address is below the process's size, and no page is
  /// mapped there.
  var isOwed: Bool {
    guard case .fault(let why) = walk.result else { return false }
    return stval < size && stval < AddressSpaces.end && why.isMissing
  }

  package var page: UInt64 { PGROUNDDOWN(stval) }

  /// The fault, described in one line.
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

  /// The kernel gave a process a page that it did not owe it.
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

  /// The kernel has killed the process because of its fault.
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

/// Counts the faults of one run for which the kernel owed a page: the served ones and the refused ones.
struct RefusedFaults: Sendable {
  private struct Kind: Hashable, Sendable {
    var isLoad: Bool
    /// Whether the page table was missing, and not only the page.
    var isWithoutTable: Bool
    var isBelowStackPointer: Bool
    /// Whether the address needs more than 32 bits.
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
    // A page that was never written has no code. A fetch from it cannot succeed, whatever the kernel does.
    if Access(pageFault: fault.scause) == .fetch { return }
    if refused.isEmpty { first = fault.note }
    refused[kind(fault), default: 0] += 1
  }

  /// Adds a clue for the property that all refused faults have and no served fault has.
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
