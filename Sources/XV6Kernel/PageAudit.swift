import Sv39MMU

extension Kernel {
  /// The pages of RAM that nobody has: neither free, nor the kernel's, nor a process's, nor a pipe's. In order.
  ///
  /// For a machine that has ended, or is between two system calls: what a system call is about to use (an
  /// argument of `exec`) is nobody's either. A page that several share is not lost, one that is still owned and free as
  /// well does not count twice. Takes as long as the whole of memory is large.
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

  /// Which pages that a page table maps belong to its owner: all of a process's, but of the kernel's direct map of RAM only the
  /// kernel stacks.
  private enum Leaves { case all, stacks }

  private func collect(_ table: UInt64, level: Int, leaves: Leaves, into pages: inout Set<UInt64>) {
    pages.insert(table)
    for index in 0..<512 as Range<UInt64> {
      let pte = memory.load64(table &+ 8 &* index)
      if pte & PTE_V == 0 { continue }
      if level > 0 {
        // The kernel maps RAM directly from entry 2 of the root on; what it maps at the top are its stacks.
        let below: Leaves = level == 2 && index == 255 ? .all : leaves
        collect(PTE2PA(pte), level: level - 1, leaves: below, into: &pages)
      } else if leaves == .all {
        pages.insert(PTE2PA(pte))
      }
    }
  }
}
