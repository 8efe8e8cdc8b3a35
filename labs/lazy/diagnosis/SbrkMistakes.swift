import HostSupport
import Sv39MMU

// Mistakes in sbrk().

extension Clue {
  static let growthAllocated = Clue("growthAllocated")
  static let growthRefused = Clue("growthRefused")
  static let sizeUnchanged = Clue("sizeUnchanged")
  static let sizeRounded = Clue("sizeRounded")
  static let sizeCut = Clue("sizeCut")
  static let answerCut = Clue("answerCut")
  static let wrongAnswer = Clue("wrongAnswer")
  static let sizePastEnd = Clue("sizePastEnd")
  static let sizeBelowZero = Clue("sizeBelowZero")
  static let shrinkIgnored = Clue("shrinkIgnored")
  static let pagesKept = Clue("pagesKept")
  static let livePageFreed = Clue("livePageFreed")
}

extension MistakeCatalogue {
  static let sbrk: [Entry] = [
    Entry(
      id: "eager-growth", name: "sbrk() still allocates",
      explanation: """
        sbrk() takes pages from the kernel while it grows the process, so a program that asks for much and \
        uses little fails. \
        A lazy kernel promises the addresses now and finds a page for each at its first touch.
        """,
      concept: "xv6 book, \"Page-fault exceptions\": lazy allocation", place: "sys_sbrk(), growproc()",
      shown: [.growthAllocated]),
    Entry(
      id: "size-unchanged", name: "sbrk() does not change the size",
      explanation: """
        sbrk() answers as if the process had grown, but the process's size stays what it was. \
        The size is how the kernel remembers which addresses a process may use, so every new one is refused.
        """,
      concept: "xv6 book, \"Process address space\"; what p->sz means", place: "sys_sbrk()",
      shown: [.sizeUnchanged]),
    Entry(
      id: "wrong-break", name: "sbrk() answers the wrong address",
      explanation: """
        sbrk() answers something else than the break as it was before the call. \
        A program takes that answer for the first byte of its new memory, and so uses memory that it does \
        not have.
        """,
      concept: "sbrk(2): what the call returns, growing and shrinking", place: "sys_sbrk()'s return value",
      shown: [.wrongAnswer]),
    Entry(
      id: "size-rounded", name: "sbrk() rounds the size",
      explanation: """
        After sbrk() the size is a whole number of pages, whatever was asked for. \
        Sizes count bytes, and only page tables count pages: the next sbrk() starts from the wrong place.
        """,
      concept: "xv6 book, \"Process address space\"; bytes and pages", place: "sys_sbrk()",
      shown: [.sizeRounded]),
    Entry(
      id: "cut-to-32-bits", name: "a size or an address is cut to 32 bits",
      explanation: """
        A size or an address goes through an int or a uint on its way, and what lies above 2 or 4 GiB loses \
        its upper half. \
        Addresses in Sv39 have 39 bits, so they need a type of 64.
        """,
      concept: "C integer conversions; Sv39 virtual addresses",
      place: "the types in sys_sbrk(), growproc() and the fault handler",
      shown: [.sizeCut, .answerCut, .refusedHigh]),
    Entry(
      id: "past-maxva", name: "sbrk() lets a process grow out of its address space",
      explanation: """
        sbrk() lets the size pass the end of what a process may have, below its trapframe. \
        No page table can map what lies above MAXVA, and the kernel panics or hangs when it goes through \
        such a process.
        """,
      concept: "xv6 book, \"Process address space\": trampoline, trapframe, MAXVA",
      place: "sys_sbrk(): an upper bound",
      shown: [.sizePastEnd]),
    Entry(
      id: "below-zero", name: "sbrk() lets a process shrink below nothing",
      explanation: """
        A process gave back more than it had, and the size wrapped round to an enormous one. \
        Sizes have no sign: what is taken away has to be compared before it is taken away.
        """,
      concept: "C: unsigned arithmetic wraps", place: "sys_sbrk() with a negative argument",
      shown: [.sizeBelowZero]),
    Entry(
      id: "shrink-ignored", name: "sbrk() does not shrink",
      explanation: """
        sbrk() with a negative argument leaves the process as large as it was. \
        Only growing is lazy: what a program gives back is gone at once.
        """,
      concept: "the lab's text: negative arguments of sbrk()", place: "sys_sbrk() with a negative argument",
      shown: [.shrinkIgnored]),
    Entry(
      id: "shrink-takes-live-page", name: "shrinking frees a page that is still in use",
      explanation: """
        A page below the new break was freed, with what the program kept in it. \
        A page goes only when no byte of it belongs to the process any longer.
        """,
      concept: "PGROUNDUP and PGROUNDDOWN: which page a break lies in",
      place: "sys_sbrk(), uvmdealloc(): rounding",
      shown: [.livePageFreed]),
    Entry(
      id: "shrink-keeps-pages", name: "shrinking leaves pages behind",
      explanation: """
        The process shrank, and pages above its new end stayed allocated and mapped. \
        The program can go on using them, and they are found as stray leaves when its page table is freed.
        """,
      concept: "the lab's text: negative arguments of sbrk(); xv6 book, \"Code: sbrk\"",
      place: "sys_sbrk() with a negative argument: what it unmaps", likely: [.pagesKept]),
    Entry(
      id: "growth-refused", name: "sbrk() refuses what it could promise",
      explanation: """
        sbrk() answered -1 though the addresses were free to be promised. \
        How much memory there is now says nothing: a lazy kernel looks for a page when it is touched.
        """,
      concept: "xv6 book, \"Page-fault exceptions\": lazy allocation", place: "sys_sbrk(): its conditions",
      likely: [.growthRefused]),
  ]
}

// sbrk(): its return value, the new size, and which pages are mapped and freed.

extension Detective {
  mutating func resized(_ pid: Int32, _ increment: Int64, _ result: UInt64, _ size: UInt64) {
    guard let before = sizes[pid] else { return }
    if increment >= 0 {
      grown(pid, UInt64(increment), result, before, size)
    } else {
      shrunk(pid, increment.magnitude, result, before, size)
    }
  }

  private mutating func grown(
    _ pid: Int32, _ n: UInt64, _ result: UInt64, _ before: UInt64, _ size: UInt64
  ) {
    let call = "sbrk(\(n)) of pid \(pid), which had \(hex(before)),"
    let expected = before &+ n
    if entry?.call == "sbrk", let entry, n > 0,
      !entry.allocated.isEmpty || !entry.mapped.isEmpty || entry.isOutOfMemory
    {
      clues.add(.growthAllocated, "\(call) took pages")
    }
    if result == .max {
      if expected <= AddressSpaces.end, size == before, entry?.isOutOfMemory != true {
        clues.add(.growthRefused, "\(call) was refused")
      }
      return
    }
    note(answer: result, before, call)
    if size > AddressSpaces.end { clues.add(.sizePastEnd, "\(call) left it with \(hex(size))") }
    if size == expected { return }
    if size == before {
      clues.add(.sizeUnchanged, "\(call) left it with as much")
    } else if size == PGROUNDUP(expected) {
      clues.add(.sizeRounded, "\(call) left it with \(hex(size))")
    } else if UInt32(truncatingIfNeeded: size) == UInt32(truncatingIfNeeded: expected) {
      clues.add(.sizeCut, "\(call) left it with \(hex(size))")
    }
  }

  private mutating func shrunk(
    _ pid: Int32, _ n: UInt64, _ result: UInt64, _ before: UInt64, _ size: UInt64
  ) {
    let call = "sbrk(-\(n)) of pid \(pid), which had \(hex(before)),"
    guard n <= before else {
      if size != before { clues.add(.sizeBelowZero, "\(call) left it with \(hex(size))") }
      return
    }
    if size == before {
      clues.add(.shrinkIgnored, "\(call) left it with as much")
      return
    }
    if result != .max { note(answer: result, before, call) }
    guard let root = spaces.roots[pid], size < before else { return }
    noteKept(root, PGROUNDUP(size)..<max(PGROUNDUP(size), PGROUNDUP(before)), call)
    let live = entry?.freed.first { $0.root == root && $0.address < PGROUNDUP(size) }
    if let live { clues.add(.livePageFreed, "\(call) freed the page at \(hex(live.address))") }
  }

  private mutating func note(answer result: UInt64, _ before: UInt64, _ call: String) {
    if result == before { return }
    let isCut = UInt32(truncatingIfNeeded: result) == UInt32(truncatingIfNeeded: before)
    clues.add(isCut ? .answerCut : .wrongAnswer, "\(call) answered \(hex(result))")
  }

  /// The process gave back `range`. Notes the pages in it that were not freed. If other pages were freed, and
  /// all pages that were kept lie after a hole, then the unmapping code stopped or went wrong at the hole.
  private mutating func noteKept(_ root: UInt64, _ range: Range<UInt64>, _ call: String) {
    let kept = spaces.held(root).keys.filter { range.contains($0) }
    guard let first = kept.min() else { return }
    let freed = Set(
      (entry?.freed ?? []).filter { $0.root == root && range.contains($0.address) }.map(\.address))
    let before = freed.filter { $0 < first }.count
    let isBehindHole = UInt64(before) < (first - range.lowerBound) / PGSIZE
    let what = "\(call) left \(kept.count) pages, the first at \(hex(first))"
    clues.add(isBehindHole && !freed.isEmpty ? .unmapStopped : .pagesKept, what)
  }
}
