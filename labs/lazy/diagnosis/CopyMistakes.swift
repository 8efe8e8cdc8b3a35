// Mistakes where the kernel uses a program's memory for it.

extension MistakeCatalogue {
  static let copies: [Entry] = [
    Entry(
      id: "copy-pays-nothing", name: "a system call cannot use a page that was never touched",
      explanation: """
        A program gave a system call an address that sbrk() had promised, and the call failed. \
        The kernel finds user pages by walking the page table itself, so it meets no page fault that would bring them.
        """,
      concept:
        "the lab's text: system calls and addresses not yet allocated; xv6 book, \"Code: System call arguments\"",
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
