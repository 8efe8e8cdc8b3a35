// Mistakes when the kernel unmaps or frees an address space. Often they follow from other mistakes.

extension Clue {
  static let unmapPanicked = Clue("unmapPanicked")
  static let unmapStopped = Clue("unmapStopped")
  static let leafBelowBreak = Clue("leafBelowBreak")
  static let entriesKept = Clue("entriesKept")
  static let pagesLost = Clue("pagesLost")
  static let freedTwice = Clue("freedTwice")
}

extension MistakeCatalogue {
  static let unmap: [Entry] = [
    Entry(
      id: "unmap-panics", name: "uvmunmap() panics over a page that is not mapped",
      explanation: """
        A process that never touched some of its pages gave memory back, or ended, and the kernel panicked. \
        Below a process's size there may be pages now that nobody ever mapped.
        """,
      concept: "xv6 book, \"Page-fault exceptions\"; what p->sz promises and what it does not",
      place: "uvmunmap(): its panics", shown: [.unmapPanicked]),
    Entry(
      id: "unmap-misses-pages", name: "uvmunmap() leaves pages behind a hole",
      explanation: """
        A process gave memory back, or ended, and pages behind one that was never touched stayed mapped. \
        A hole is no reason to stop, nor to skip more than what is missing.
        """,
      concept: "xv6 book, \"Paging hardware\": what one page table maps",
      place: "uvmunmap(): where its loop goes on",
      shown: [.leafBelowBreak, .unmapStopped]),
    Entry(
      id: "unmap-keeps-entries", name: "pages are freed with their entries left in place",
      explanation: """
        Pages were freed, but the page table goes on saying that they are there. \
        Whoever uses such an entry uses a page that is somebody else's by now.
        """,
      concept: "xv6 book, \"Code: creating an address space\"", place: "uvmunmap(): clearing the entry",
      shown: [.entriesKept]),
    Entry(
      id: "double-free", name: "a page is freed twice",
      explanation: """
        A page that was free already was freed again, and will be handed out to two owners. \
        Each page has one owner, who frees it once.
        """,
      concept: "xv6 book, \"Code: Physical memory allocator\": the free list",
      place: "calls of kfree() and uvmdealloc()",
      shown: [.freedTwice]),
    Entry(
      id: "unmap-loses-pages", name: "pages are unmapped and not freed",
      explanation: """
        Pages were taken out of a page table, and nobody gave them back to the allocator. \
        The machine has fewer pages after every process, until it has none.
        """,
      concept: "xv6 book, \"Code: creating an address space\": uvmunmap() and do_free",
      place: "uvmunmap(): kfree()",
      shown: [.pagesLost]),
  ]
}
