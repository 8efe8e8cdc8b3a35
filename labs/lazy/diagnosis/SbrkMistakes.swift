// Mistakes in sbrk().

extension MistakeCatalogue {
  static let sbrk: [Entry] = [
    Entry(
      id: "eager-growth", name: "sbrk() still allocates",
      explanation: """
        sbrk() takes pages from the kernel while it grows the process, so a program that asks for much and uses little fails. \
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
        A program takes that answer for the first byte of its new memory, and so uses memory that it does not have.
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
        A size or an address goes through an int or a uint on its way, and what lies above 2 or 4 GiB loses its upper half. \
        Addresses in Sv39 have 39 bits, so they need a type of 64.
        """,
      concept: "C integer conversions; Sv39 virtual addresses",
      place: "the types in sys_sbrk(), growproc() and the fault handler",
      shown: [.sizeCut, .answerCut, .refusedHigh]),
    Entry(
      id: "past-maxva", name: "sbrk() lets a process grow out of its address space",
      explanation: """
        sbrk() lets the size pass the end of what a process may have, below its trapframe. \
        No page table can map what lies above MAXVA, and the kernel panics or hangs when it goes through such a process.
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
