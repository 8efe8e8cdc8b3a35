import HostSupport
import LabDiagnosis
import LabEvents
import Sv39MMU

// Mistakes when fork() copies an address space.

extension Clue {
  static let copyPanicked = Clue("copyPanicked")
  static let childMissesPage = Clue("childMissesPage")
  static let forkRefused = Clue("forkRefused")
  static let childHasMore = Clue("childHasMore")
  static let pageShared = Clue("pageShared")
  static let pageNotCopied = Clue("pageNotCopied")
  static let flagsChanged = Clue("flagsChanged")
  static let forkFailureLeft = Clue("forkFailureLeft")
  static let forkFailureLost = Clue("forkFailureLost")
}

extension MistakeCatalogue {
  static let fork: [Entry] = [
    Entry(
      id: "fork-panics", name: "fork() panics over a page that is not mapped",
      explanation: """
        fork() met a page of the parent that had never been touched, and panicked. \
        Since pages come late, a process may have holes, and copying it means passing over them.
        """,
      concept: "the lab's text: handle the parent-to-child memory copy", place: "uvmcopy(): its panics",
      shown: [.copyPanicked]),
    Entry(
      id: "fork-shares-pages", name: "parent and child share a page",
      explanation: """
        A child was given the very page that its parent has, so that each changes the other's memory, and \
        both free it. \
        fork() makes a copy of each page, unless it is prepared to copy later.
        """,
      concept: "xv6 book, \"Page-fault exceptions\": what copy-on-write needs",
      place: "uvmcopy(): kalloc() and memmove()",
      shown: [.pageShared]),
    Entry(
      id: "fork-misses-pages", name: "a child lacks pages that its parent has",
      explanation: """
        After fork() a page of the parent was missing in the child, which then found zeroes there. \
        A hole is no reason to stop: behind it may be more, and the last page counts too.
        """,
      concept: "the lab's text: handle the parent-to-child memory copy",
      place: "uvmcopy(): where its loop ends",
      shown: [.childMissesPage]),
    Entry(
      id: "fork-copies-nothing", name: "a child's page is no copy of its parent's",
      explanation: """
        After fork() the child had a page where its parent has one, but not what was in it. \
        A child begins with its parent's memory, byte by byte.
        """,
      concept: "fork(2)", place: "uvmcopy(): memmove()", shown: [.pageNotCopied]),
    Entry(
      id: "fork-fills-holes", name: "fork() allocates what the parent never used",
      explanation: """
        fork() gave the child pages where its parent has none, until memory ran out or was wasted. \
        What the parent is owed the child is owed: no page need be found before somebody touches it.
        """,
      concept: "the lab's text: handle the parent-to-child memory copy",
      place: "uvmcopy(): what it does at a hole",
      shown: [.childHasMore]),
    Entry(
      id: "fork-changes-permissions", name: "a child's page has other permissions than its parent's",
      explanation: """
        After fork() an entry of the child's page table allowed something else than its parent's. \
        The guard page, for one, must stay out of the child's reach as well.
        """,
      concept: "RISC-V privileged specification, Sv39: the bits of an entry", place: "uvmcopy(): flags",
      shown: [.flagsChanged]),
    Entry(
      id: "fork-refuses-holes", name: "fork() fails where the parent has holes",
      explanation: """
        fork() answered -1 with memory to spare, for a parent with pages that were never touched. \
        To have such pages is what lazy allocation is about.
        """,
      concept: "the lab's text: handle the parent-to-child memory copy",
      place: "uvmcopy(): what it does at a hole",
      shown: [.forkRefused]),
    Entry(
      id: "fork-failure", name: "fork() that runs out of memory leaves pages behind",
      explanation: """
        Memory ran out in the middle of fork(), and what the child already had was not freed, or freed in \
        part. \
        Whoever fails half-way undoes the first half.
        """,
      concept: "ownership: who frees on each way out", place: "uvmcopy(): its error path",
      shown: [.forkFailureLeft, .forkFailureLost]),
  ]
}

// fork(): which of the parent's pages the child gets.

extension Detective {
  /// fork() maps a page in the child. If the parent has no page at this address, the child's page was not
  /// needed.
  mutating func mappedInFork(_ address: UInt64, _ leaf: PTE, _ entry: Entry) {
    guard let parent = spaces.roots[entry.pid], spaces.pages(parent)[address] == nil,
      let frame = spaces.frames[leaf.pa], frame.isZeroed, frame.source == nil
    else { return }
    clues.add(.childHasMore, "the child was given a page at \(hex(address)), where its parent has none")
  }

  mutating func forked(_ parent: Int32, _ child: Int32) {
    guard let old = spaces.roots[parent], let new = spaces.roots[child], old != new else { return }
    let copies = spaces.pages(new)
    let end = PGROUNDUP(sizes[parent] ?? .max &- PGSIZE)
    for (address, page) in spaces.held(old) where address < end {
      guard let copy = copies[address] else {
        clues.add(.childMissesPage, "pid \(child) lacks its parent's page at \(hex(address))")
        continue
      }
      let frame = spaces.frames[copy.frame]
      if copy.frame == page.frame {
        if page.entry.w {
          clues.add(.pageShared, "pid \(child) was given its parent's own page at \(hex(address))")
        }
      } else if let frame, frame.source != page.frame {
        clues.add(.pageNotCopied, "pid \(child)'s page at \(hex(address)) is no copy of its parent's")
      }
      let rights: PTE.Flags = [.r, .w, .x, .u]
      if copy.entry.flags.intersection(rights) != page.entry.flags.intersection(rights) {
        clues.add(
          .flagsChanged,
          "pid \(child)'s page at \(hex(address)) is \(copy.entry.flags), its parent's \(page.entry.flags)")
      }
    }
  }

  /// fork() returns -1. It must have freed everything that it allocated.
  mutating func forkFailed(_ entry: Entry, _ processes: ProcessTable) {
    if entry.isOutOfMemory {
      let left =
        entry.allocated.count
        + entry.mapped.filter { page in
          page.root != spaces.roots[entry.pid] && spaces.frames[page.entry.pa].map { !$0.isFree } ?? false
        }.count
      if left > 0 {
        clues.add(.forkFailureLost, "fork() ran out of memory, and \(left) of its pages are nobody's")
      }
    } else if processes.all.filter({ $0.status == nil }).count < 60, let root = spaces.roots[entry.pid] {
      let count = spaces.held(root).count
      if UInt64(count) < PGROUNDUP(entry.size) / PGSIZE {
        clues.add(
          .forkRefused,
          "fork() of pid \(entry.pid), which has \(count) pages of \(hex(entry.size)), answered -1")
      }
    }
  }
}
