import HostSupport
import LabDiagnosis
import LabEvents
import Sv39MMU

// fork(): what the child has of its parent's.

extension Detective {
  /// A page that fork() maps in the child: where the parent has none, the child's was made for nothing.
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

  /// fork() answers -1: everything that it took must be free again.
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
