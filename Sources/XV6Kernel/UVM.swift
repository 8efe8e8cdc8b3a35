import LabEvents
import Sv39MMU

// The part of xv6's kernel/vm.c about user memory. The functions that the lab changes call the solution;
// their original code is in EagerXV6.swift.

extension Kernel {
  /// An empty page table, or nil if memory has run out.
  public func uvmcreate() throws(KernelHalt) -> UInt64? {
    guard let pagetable = try kalloc() else { return nil }
    try memset(pagetable, 0, PGSIZE)
    return pagetable
  }

  /// Loads the first process's code at address 0.
  func uvminit(_ pagetable: UInt64, _ code: [UInt8]) throws(KernelHalt) {
    if code.count >= Int(PGSIZE) { throw panic("inituvm: more than a page") }
    guard let page = try kalloc() else { throw kerneltrap(0) }
    try memset(page, 0, PGSIZE)
    _ = try mappages(pagetable, 0, PGSIZE, page, PTE_W | PTE_R | PTE_X | PTE_U)
    code.withUnsafeBytes { _ = memory.write(page, from: $0) }
  }

  /// Allocates pages and mappings for a process that grows from `oldsz` to `newsz` bytes. Both need not be
  /// whole pages.
  ///
  /// Returns the new size. Returns 0 if there is no page left for the memory or for a page table; then
  /// everything that it had allocated is free again. (Page-table pages that the walk added stay in the table,
  /// empty, until the process ends. They are not lost, and xv6 leaves them too.)
  public func uvmalloc(_ pagetable: UInt64, _ oldsz: UInt64, _ newsz: UInt64) throws(KernelHalt) -> UInt64 {
    try throwingStep()
    if newsz < oldsz { return oldsz }
    let start = PGROUNDUP(oldsz)
    var a = start
    while a < newsz {
      if try alloc_page(pagetable, a, PTE_W | PTE_X | PTE_R | PTE_U) == nil {
        _ = try uvmdealloc(pagetable, a, start)
        return 0
      }
      a &+= PGSIZE
    }
    return newsz
  }

  /// Frees the pages that a process no longer needs when it shrinks from `oldsz` to `newsz` bytes. Both need
  /// not be whole pages.
  ///
  /// `oldsz` may be more than the process has. Returns the new size. The number of pages is an `int`, as in
  /// xv6.
  @discardableResult
  public func uvmdealloc(_ pagetable: UInt64, _ oldsz: UInt64, _ newsz: UInt64) throws(KernelHalt) -> UInt64 {
    try throwingStep()
    if newsz >= oldsz { return oldsz }
    if PGROUNDUP(newsz) < PGROUNDUP(oldsz) {
      let npages = Int32(truncatingIfNeeded: (PGROUNDUP(oldsz) - PGROUNDUP(newsz)) / PGSIZE)
      try uvmunmap(pagetable, PGROUNDUP(newsz), UInt64(bitPattern: Int64(npages)), free: true)
    }
    return newsz
  }

  /// Frees the pages of a page table. All leaves must be removed before: panics ("freewalk: leaf") if one is
  /// left.
  public func freewalk(_ pagetable: UInt64) throws(KernelHalt) { try freewalk(pagetable, depth: 0) }

  /// A correct table has three levels. A table that a wrong solution has damaged may point back to itself.
  /// xv6 would then run past the end of its kernel stack and fault. This kernel panics in the same way, long
  /// before the host's stack ends.
  private func freewalk(_ pagetable: UInt64, depth: Int) throws(KernelHalt) {
    try throwingStep()
    if depth > 32 { throw kerneltrap(pagetable) }
    for index in 0..<512 as Range<UInt64> {
      let entry = pagetable &+ 8 &* index
      let pte = memory.load64(entry)
      if pte & PTE_V == 0 { continue }
      if pte & (PTE_R | PTE_W | PTE_X) != 0 { throw panic("freewalk: leaf") }
      try freewalk(PTE2PA(pte), depth: depth + 1)
      storePTE(entry, 0)
    }
    try kfree(pagetable)
  }

  /// Frees a process's memory of `sz` bytes, then its page table.
  public func uvmfree(_ pagetable: UInt64, _ sz: UInt64) throws(KernelHalt) {
    if sz > 0 { try uvmunmap(pagetable, 0, PGROUNDUP(sz) / PGSIZE, free: true) }
    try freewalk(pagetable)
  }

  /// Forbids user mode to use the page at `va`. `exec` does so for the guard page below the stack.
  public func uvmclear(_ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) {
    guard let pte = try walk(pagetable, va, alloc: false) else { throw panic("uvmclear") }
    storePTE(pte, loadPTE(pte) & ~PTE_U)
  }

  // The functions below call the solution.

  /// Removes `npages` mappings from `va` on. The solution does the work.
  public func uvmunmap(_ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool) throws(KernelHalt) {
    try throwingStep()
    try solution.uvmunmap(self, pagetable, va, npages, free: free)
  }

  /// Copies a process's memory for `fork`. The solution does the work.
  public func uvmcopy(from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    try throwingStep()
    return try solution.uvmcopy(self, from: old, to: new, sz)
  }

  /// The physical address of the user page that holds `va`. The solution finds it.
  public func walkaddr(_ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    try throwingStep()
    return try solution.walkaddr(self, pagetable, va)
  }

  /// Copies from the kernel to user address `dstva`. The solution does the work.
  public func copyout(_ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    try throwingStep()
    let succeeded = try solution.copyout(self, pagetable, to: dstva, from: source)
    if !succeeded { reportRefusal(pagetable, .copyout, dstva, source.count) }
    report(userCopy(.copyout, dstva, source.count, succeeded))
    return succeeded
  }

  /// Copies from user address `srcva` to the kernel. The solution does the work.
  public func copyin(
    _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    try throwingStep()
    let succeeded = try solution.copyin(self, pagetable, into: destination, from: srcva)
    if !succeeded { reportRefusal(pagetable, .copyin, srcva, destination.count) }
    report(userCopy(.copyin, srcva, destination.count, succeeded))
    return succeeded
  }

  /// Copies a string from user address `srcva` to the kernel. The solution does the work.
  public func copyinstr(
    _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    try throwingStep()
    let succeeded = try solution.copyinstr(self, pagetable, into: destination, from: srcva)
    if !succeeded { reportRefusal(pagetable, .copyinstr, srcva, destination.count) }
    report(userCopy(.copyinstr, srcva, destination.count, succeeded))
    return succeeded
  }

  /// Tells the observers of details where a copy failed: at the first page that the process does not have.
  private func reportRefusal(_ pagetable: UInt64, _ direction: CopyDirection, _ address: UInt64, _ count: Int)
  {
    guard isFollowed, let pid = current?.pid else { return }
    let access: Access = direction == .copyout ? .store : .load
    var left = UInt64(count)
    var va = address
    while left > 0 {
      let walk = Sv39.record(memory: memory, root: pagetable, va: va, access: access, privilege: .user)
      if case .fault = walk.result {
        return reportDetail(.copyRefused(pid: pid, direction: direction, walk: walk))
      }
      let step = PGSIZE &- va % PGSIZE
      if step >= left { return }
      left -= step
      va &+= step
    }
  }

  private func userCopy(_ direction: CopyDirection, _ address: UInt64, _ count: Int, _ succeeded: Bool)
    -> LabEvent
  {
    .userCopy(
      pid: current?.pid ?? 0, direction: direction, address: address, count: UInt64(count),
      succeeded: succeeded)
  }
}
