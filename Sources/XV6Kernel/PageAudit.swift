import Sv39MMU

extension Kernel {
  /// The lost pages of RAM, in order: they are neither free, nor do they belong to the kernel, a process or a
  /// pipe.
  ///
  /// Call it when the machine has ended, or between two system calls: a page that a system call is just using
  /// (an argument of `exec`) would count as lost. A page with several owners is not lost. A page that is free
  /// but still has an owner does not count twice. The time grows with the size of RAM.
  package func lostPages() -> [UInt64] {
    var known = pagesOnFreeList()
    collect(kernelPagetable, level: 2, leaves: .stacks, into: &known)
    for p in procs {
      if p.trapframe.address != 0 { known.insert(p.trapframe.address) }
      if p.pagetable != 0 { collect(p.pagetable, level: 2, leaves: .all, into: &known) }
    }
    for file in fs.files {
      if case .pipe(let pipe) = file.kind { known.insert(pipe.pa) }
    }
    return stride(from: PGROUNDUP(end), to: PHYSTOP, by: Int(PGSIZE)).filter { !known.contains($0) }
  }

  private func pagesOnFreeList() -> Set<UInt64> {
    var pages: Set<UInt64> = []
    var page = freelist
    while page != 0, page != virgin, pages.insert(page).inserted { page = memory.load64(page) }
    if virgin != 0 { pages.formUnion(stride(from: PGROUNDUP(end), through: virgin, by: Int(PGSIZE))) }
    return pages
  }

  /// Which of the pages that a page table maps belong to its owner: all for a process, only the kernel stacks
  /// for the kernel, which maps all of RAM.
  private enum Leaves { case all, stacks }

  private func collect(_ table: UInt64, level: Int, leaves: Leaves, into pages: inout Set<UInt64>) {
    pages.insert(table)
    for index in 0..<512 as Range<UInt64> {
      let pte = memory.load64(table &+ 8 &* index)
      if pte & PTE_V == 0 { continue }
      if level > 0 {
        // The kernel maps RAM from entry 2 of the root on. Its stacks are at the top.
        let below: Leaves = level == 2 && index == 255 ? .all : leaves
        collect(PTE2PA(pte), level: level - 1, leaves: below, into: &pages)
      } else if leaves == .all {
        pages.insert(PTE2PA(pte))
      }
    }
  }
}
