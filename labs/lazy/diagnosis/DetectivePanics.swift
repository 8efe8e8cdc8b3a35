import HostSupport
import LabDiagnosis
import LabEvents
import Sv39MMU

// Panics. The clues come from the panic's text, from what the kernel was doing, and from the page tables.

extension Detective {
  mutating func panicked(
    _ text: String, _ pid: Int32, _ activity: KernelActivity, _ processes: ProcessTable
  ) {
    let what = "panic: \(text)"
    if text.hasPrefix("uvmunmap: ") {
      if text != "uvmunmap: not aligned" { clues.add(.unmapPanicked, what) }
    } else if text.hasPrefix("uvmcopy: ") {
      clues.add(.copyPanicked, what)
    } else if text == "freewalk: leaf" {
      noteLeaf(pid, activity, processes)
    } else if activity == .pageFault, let entry, let fault = entry.fault {
      noteFaultPanic(text, fault, entry)
    } else if case .systemCall(let name) = activity {
      noteCallPanic(text, name, processes[pid])
    }
  }

  private mutating func noteFaultPanic(_ text: String, _ fault: PageFault, _ entry: Entry) {
    let what = "\(fault.note) ended in panic: \(text)"
    if entry.isOutOfMemory {
      clues.add(.runningOutPanicked, what)
    } else if text == "remap" {
      clues.add(fault.isOwed ? .mappedElsewhere : .remapped, what)
    } else if text == "walk", fault.stval >= MAXVA {
      clues.add(.walkedBeyondMAXVA, what)
    } else if !fault.isOwed {
      clues.add(.refusalPanicked, what)
    }
  }

  private mutating func noteCallPanic(_ text: String, _ name: String, _ process: ProcessTable.Process?) {
    let what = "\(name)() ended in panic: \(text)"
    let copies = [
      "read", "write", "pipe", "fstat", "open", "wait", "exec", "link", "unlink", "mkdir", "mknod", "chdir",
    ]
    guard copies.contains(name) else { return }
    if entry?.isOutOfMemory == true {
      clues.add(.runningOutPanicked, what)
    } else if text == "remap" {
      clues.add(.copyRemapped, what)
    } else if text == "walk", (process?.size ?? 0) <= MAXVA, clues[.sizePastEnd] == nil,
      clues[.sizeBelowZero] == nil
    {
      clues.add(.walkedBeyondMAXVA, what)
    }
  }

  /// The kernel frees a page table that still has entries. Either their pages were never freed, or the pages
  /// were freed but the entries were not cleared.
  private mutating func noteLeaf(_ pid: Int32, _ activity: KernelActivity, _ processes: ProcessTable) {
    guard let root = dying ?? spaces.roots[pid] else { return }
    let left = spaces.pages(root)
    let held = spaces.held(root)
    if activity == .systemCall("fork"), entry?.isOutOfMemory == true {
      clues.add(
        .forkFailureLeft, "fork() ran out of memory, and \(held.count) pages of the child were left behind")
      return
    }
    let size = spaces.owner(root).flatMap { processes[$0]?.size } ?? 0
    if held.isEmpty, !left.isEmpty {
      clues.add(.entriesKept, "panic: freewalk: leaf, though every page of the process had been freed")
    } else if let address = held.keys.filter({ $0 < PGROUNDUP(size) }).min() {
      clues.add(
        .leafBelowBreak, "panic: freewalk: leaf: the page at \(hex(address)), below sz, was left behind")
    }
  }
}
