import RV64
import Sv39MMU

// The part of xv6's kernel/vm.c that is the same under every solution: page tables. They are in emulated RAM;
// the physical address of the root stands for the table. `memset` and `memmove` of kernel/string.c are here
// too.

extension Kernel {
  /// The word at physical address `address`, as the kernel's `*pte`; 0 if there is no RAM.
  public func loadPTE(_ address: UInt64) -> UInt64 {
    step()
    return memory.load64(address)
  }

  /// Writes the word at physical address `address`, as the kernel's `*pte = value`. Does nothing if there is
  /// no RAM.
  public func storePTE(_ address: UInt64, _ value: UInt64) {
    step()
    memory.store64(address, value)
  }

  /// Fills `count` bytes of RAM from physical address `pa` on. Panics if any of them is not RAM, as xv6 does
  /// when the kernel itself faults.
  public func memset(_ pa: UInt64, _ byte: UInt8, _ count: UInt64) throws(KernelHalt) {
    try throwingStep()
    guard count <= memory.size, memory.fill(pa, count: Int(count), with: byte) else { throw kerneltrap(pa) }
    if count == PGSIZE { reportDetail(.pageFilled(page: pa, byte: byte)) }
  }

  /// Copies `count` bytes of RAM between physical addresses. Panics if any of them is not RAM.
  public func memmove(_ destination: UInt64, _ source: UInt64, _ count: UInt64) throws(KernelHalt) {
    try throwingStep()
    guard count <= memory.size, memory.copy(from: source, to: destination, count: Int(count)) else {
      throw kerneltrap(destination)
    }
    if count == PGSIZE { reportDetail(.pageCopied(from: source, to: destination)) }
  }

  /// xv6's `kerneltrap`, for a kernel that touches an address `va` that its page table does not map. There is
  /// no guest instruction, so `sepc` is 0.
  package func kerneltrap(_ va: UInt64) -> KernelHalt {
    if outcome == nil {
      let scause = TrapCause.loadPageFault.rawValue
      printf("scause \(format(p: scause))\nsepc=\(format(p: 0)) stval=\(format(p: va))\n")
    }
    return panic("kerneltrap")
  }

  /// The physical address of the page-table entry for `va` in the table at `pagetable`.
  ///
  /// Nil if a page-table page on the way is missing, and `alloc` is false or memory has run out. Panics
  /// ("walk") if `va` is `MAXVA` or higher.
  public func walk(_ pagetable: UInt64, _ va: UInt64, alloc: Bool) throws(KernelHalt) -> UInt64? {
    try throwingStep()
    if va >= MAXVA { throw panic("walk") }
    var table = pagetable
    for level in [2, 1] {
      let entry = table &+ 8 &* PX(level, va)
      let pte = memory.load64(entry)
      if pte & PTE_V != 0 {
        table = PTE2PA(pte)
      } else {
        guard alloc, let page = try kalloc() else { return nil }
        try memset(page, 0, PGSIZE)
        storePTE(entry, PA2PTE(page) | PTE_V)
        table = page
      }
    }
    return table &+ 8 &* PX(0, va)
  }

  /// Maps `size` bytes from `va` on to the physical pages from `pa` on, with permissions `perm`. `va` and
  /// `size` need not be whole pages.
  ///
  /// False if a page-table page could not be allocated. The mappings that were made before stay, as in xv6.
  /// Panics ("remap") if a page is already mapped.
  public func mappages(_ pagetable: UInt64, _ va: UInt64, _ size: UInt64, _ pa: UInt64, _ perm: UInt64)
    throws(KernelHalt) -> Bool
  {
    try throwingStep()
    var a = PGROUNDDOWN(va)
    var pa = pa
    let last = PGROUNDDOWN(va &+ size &- 1)
    while true {
      guard let pte = try walk(pagetable, a, alloc: true) else { return false }
      if memory.load64(pte) & PTE_V != 0 { throw panic("remap") }
      storePTE(pte, PA2PTE(pa) | perm | PTE_V)
      reportDetail(.pageMapped(pagetable: pagetable, address: a, entry: PTE(rawValue: loadPTE(pte))))
      if a == last { return true }
      a &+= PGSIZE
      pa &+= PGSIZE
    }
  }

  /// Builds the kernel's own page table and allocates the kernel stacks.
  ///
  /// No instruction uses this table, because the kernel is host code. It is built so that the same number of
  /// pages is free after boot as on a real machine.
  func kvminit() throws(KernelHalt) {
    guard let table = try kalloc() else { throw panic("kalloc") }
    try memset(table, 0, PGSIZE)
    kernelPagetable = table
    try kvmmap(UART0, UART0, PGSIZE, PTE_R | PTE_W)
    try kvmmap(VIRTIO0, VIRTIO0, PGSIZE, PTE_R | PTE_W)
    try kvmmap(PLIC, PLIC, 0x40_0000, PTE_R | PTE_W)
    try kvmmap(KERNBASE, KERNBASE, etext - KERNBASE, PTE_R | PTE_X)
    try kvmmap(etext, etext, PHYSTOP - etext, PTE_R | PTE_W)
    try kvmmap(TRAMPOLINE, trampoline, PGSIZE, PTE_R | PTE_X)
    for slot in 0..<NPROC {
      guard let stack = try kalloc() else { throw panic("kalloc") }
      try kvmmap(KSTACK(slot), stack, PGSIZE, PTE_R | PTE_W)
    }
  }

  private func kvmmap(_ va: UInt64, _ pa: UInt64, _ size: UInt64, _ perm: UInt64) throws(KernelHalt) {
    guard try mappages(kernelPagetable, va, size, pa, perm) else { throw panic("kvmmap") }
  }
}
