import HostSupport
import LabDiagnosis
import LabEvents
import LabModel
import Sv39MMU

// Mistakes in system calls that read or write the program's memory.

extension Clue {
  static let copyRefusedFirst = Clue("copyRefusedFirst")
  static let copyRefusedNext = Clue("copyRefusedNext")
  static let copiedAboveBreak = Clue("copiedAboveBreak")
  static let copiedGuardPage = Clue("copiedGuardPage")
  static let copyRemapped = Clue("copyRemapped")
  static let walkedBeyondMAXVA = Clue("walkedBeyondMAXVA")
}

extension MistakeCatalogue {
  static let copies: [Entry] = [
    Entry(
      id: "copy-pays-nothing", name: "a system call cannot use a page that was never touched",
      explanation: """
        A program gave a system call an address that sbrk() had promised, and the call failed. \
        The kernel finds user pages by walking the page table itself, so it meets no page fault that would \
        bring them.
        """,
      concept:
        "the lab's text: system calls and addresses not yet allocated; "
        + "xv6 book, \"Code: System call arguments\"",
      place: "walkaddr(), copyin(), copyout(), copyinstr(); see which of them failed",
      shown: [.copyRefusedFirst]),
    Entry(
      id: "copy-pays-first-page", name: "a system call finds the first page only",
      explanation: """
        A system call was given memory that crosses into a page that was never touched, and failed there. \
        An argument may lie in several pages, and each of them may be missing.
        """,
      concept: "xv6 book, \"Code: System call arguments\": copyin() goes page by page",
      place: "where pages are allocated for system calls (argaddr() sees one address)",
      shown: [.copyRefusedNext]),
    Entry(
      id: "copy-above-break", name: "a system call is given memory above the break",
      explanation: """
        A system call was given an address that the process does not have, and got a page for it. \
        What the program may not touch itself, the kernel must not touch for it.
        """,
      concept: "the lab's text: system calls and addresses not yet allocated",
      place: "walkaddr(): comparison with p->sz",
      shown: [.copiedAboveBreak]),
    Entry(
      id: "copy-guard-page", name: "a system call reaches the guard page",
      explanation: """
        A system call was given the page below the stack, and used it, or panicked over it. \
        The page is mapped but not for user mode, and system calls act for the user.
        """,
      concept: "xv6 book, \"Code: exec\": the inaccessible page below the stack",
      place: "walkaddr(): entries without PTE_U", shown: [.copiedGuardPage, .copyRemapped]),
    Entry(
      id: "maxva-unchecked", name: "an address beyond MAXVA is walked",
      explanation: """
        A program came up with an address that no process can have, and walk() panicked over it. \
        Addresses come from programs, and a program may say anything.
        """,
      concept: "xv6 book, \"Process address space\": MAXVA", place: "calls of walk(): what is checked before",
      shown: [.walkedBeyondMAXVA]),
  ]
}

// copyin(), copyout(), copyinstr(): which user memory a system call may use.

extension Detective {
  mutating func copied(
    _ pid: Int32, _ direction: CopyDirection, _ address: UInt64, _ count: UInt64, _ succeeded: Bool,
    _ processes: ProcessTable
  ) {
    let refusal = refusedCopies.removeValue(forKey: pid)
    guard let process = processes[pid], process.imageSize != nil, count > 0 else { return }
    // exec() writes to the new stack, which does not belong to the process yet.
    if direction == .copyout, process.call?.name == "exec" { return }
    let call = process.call?.name ?? "a system call"
    let what =
      "\(direction) at \(hex(address)) for \(call)() of pid \(pid) (sz \(hex(process.size)))"
    if succeeded {
      let last = direction == .copyinstr ? address : address &+ (count - 1)
      if last >= PGROUNDUP(process.size) {
        clues.add(.copiedAboveBreak, what)
      } else if [address, last].contains(where: {
        Region(of: $0, in: process, size: process.size) == .guardPage
      }) {
        clues.add(.copiedGuardPage, what)
      } else if process.isOutOfMemory, let page = entry?.allocated.first {
        clues.add(.lostWithoutTable, "\(what) went on with the page at \(hex(page)), which is mapped nowhere")
      }
    } else if let walk = refusal, case .fault(let why) = walk.result {
      guard why.isMissing, walk.va < process.size else {
        if why == .supervisorPage(level: 0), walk.va < process.size, !process.isGuard(walk.va) {
          clues.add(.notUsers, "\(what) met a page that user mode may not use")
        }
        entry?.isRefused = true
        return
      }
      if process.isOutOfMemory {
        if entry?.allocated.isEmpty == false {
          clues.add(.lostWithoutTable, "\(what) cost a page that is nobody's")
        }
        return
      }
      if let sp = process.call?.arguments.stackPointer, walk.va < PGROUNDDOWN(sp) {
        clues.add(.refusedBelowStackPointer, "\(what) was refused at \(hex(walk.va)), below sp (\(hex(sp)))")
      }
      let isFirst = PGROUNDDOWN(walk.va) == PGROUNDDOWN(process.call?.pointer(direction) ?? address)
      clues.add(isFirst ? .copyRefusedFirst : .copyRefusedNext, "\(what) was refused at \(hex(walk.va))")
    } else {
      entry?.isRefused = true
    }
  }
}

extension ProcessTable.Call {
  /// The start of the memory that the program gave to the system call. The kernel may copy this memory in
  /// several parts.
  fileprivate func pointer(_ direction: CopyDirection) -> UInt64? {
    switch name {
    case "read", "write", "fstat": arguments.a1
    case "exec": direction == .copyin ? arguments.a1 : nil
    case "pipe", "wait": arguments.a0
    default: nil
    }
  }
}

extension ProcessTable.Process {
  fileprivate func isGuard(_ address: UInt64) -> Bool {
    Region(of: address, in: self, size: size) == .guardPage
  }
}
