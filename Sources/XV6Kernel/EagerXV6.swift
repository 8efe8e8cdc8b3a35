import Sv39MMU

/// xv6 as the lab hands it out: the original code of the lab's eight functions. Every solution begins with
/// it.
///
/// A solution that changes a function only in some cases calls the original for the rest:
/// `EagerXV6().copyout(k, ...)`. What the original calls in turn (`walkaddr`, say) is the solution's again,
/// as in C.
public struct EagerXV6: LabSolution {
  public init() {}
}

extension LabSolution {
  /// Grows at once by `growproc`. The old size passes through an `int`, as in xv6.
  public func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
    let address = Int32(truncatingIfNeeded: k.myproc().sz)
    guard try k.growproc(n) else { return .max }
    return UInt64(bitPattern: Int64(address))
  }

  /// xv6 has no page-fault branch: every fault is unexpected.
  public func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    .unexpected
  }

  /// The mappings must exist: panics if one does not.
  public func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    let stop = va &+ npages &* PGSIZE
    var a = va
    while a < stop {
      guard let entry = try k.walk(pagetable, a, alloc: false) else { throw k.panic("uvmunmap: walk") }
      let pte = k.loadPTE(entry)
      if pte & PTE_V == 0 { throw k.panic("uvmunmap: not mapped") }
      if PTE_FLAGS(pte) == PTE_V { throw k.panic("uvmunmap: not a leaf") }
      if free { try k.kfree(PTE2PA(pte)) }
      k.storePTE(entry, 0)
      a &+= PGSIZE
    }
  }

  /// Every page of the parent must exist: panics if one does not.
  public func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool
  {
    var i: UInt64 = 0
    while i < sz {
      guard let entry = try k.walk(old, i, alloc: false) else { throw k.panic("uvmcopy: pte should exist") }
      let pte = k.loadPTE(entry)
      if pte & PTE_V == 0 { throw k.panic("uvmcopy: page not present") }
      guard let page = try k.kalloc() else {
        try k.uvmunmap(new, 0, i / PGSIZE, free: true)
        return false
      }
      try k.memmove(page, PTE2PA(pte), PGSIZE)
      guard try k.mappages(new, i, PGSIZE, page, PTE_FLAGS(pte)) else {
        try k.kfree(page)
        try k.uvmunmap(new, 0, i / PGSIZE, free: true)
        return false
      }
      i &+= PGSIZE
    }
    return true
  }

  /// Only pages that are mapped for user mode have an address.
  public func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if va >= MAXVA { return nil }
    guard let entry = try k.walk(pagetable, va, alloc: false) else { return nil }
    let pte = k.loadPTE(entry)
    guard pte & PTE_V != 0, pte & PTE_U != 0 else { return nil }
    return PTE2PA(pte)
  }

  /// Copies page by page. `walkaddr` finds each page.
  public func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    var va = dstva
    var done = 0
    while done < source.count {
      let page = PGROUNDDOWN(va)
      guard let pa = try k.walkaddr(pagetable, page) else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), source.count - done)
      try k.write(pa &+ (va &- page), UnsafeRawBufferPointer(rebasing: source[done..<done + n]))
      done += n
      va = page &+ PGSIZE
    }
    return true
  }

  /// Copies page by page. `walkaddr` finds each page.
  public func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    var va = srcva
    var done = 0
    while done < destination.count {
      let page = PGROUNDDOWN(va)
      guard let pa = try k.walkaddr(pagetable, page) else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), destination.count - done)
      try k.read(pa &+ (va &- page), UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n]))
      done += n
      va = page &+ PGSIZE
    }
    return true
  }

  /// Copies page by page, up to the null. `walkaddr` finds each page.
  public func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    var va = srcva
    var done = 0
    while done < destination.count {
      let page = PGROUNDDOWN(va)
      guard let pa = try k.walkaddr(pagetable, page) else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), destination.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n])
      if try k.readString(pa &+ (va &- page), part) { return true }
      done += n
      va = page &+ PGSIZE
    }
    return false
  }
}

extension Kernel {
  /// Writes bytes to physical address `pa`. Panics if any of them is not RAM, as xv6 does when the kernel
  /// itself faults.
  public func write(_ pa: UInt64, _ source: UnsafeRawBufferPointer) throws(KernelHalt) {
    try throwingStep()
    guard memory.write(pa, from: source) else { throw kerneltrap(pa) }
  }

  /// Reads bytes at physical address `pa`; panics if any of them is not RAM.
  public func read(_ pa: UInt64, _ destination: UnsafeMutableRawBufferPointer) throws(KernelHalt) {
    try throwingStep()
    guard memory.read(pa, into: destination) else { throw kerneltrap(pa) }
  }

  /// Reads bytes at physical address `pa` up to a null, which is copied too. True if there was a null; the
  /// rest of `destination` is then unchanged. Panics if any of the bytes is not RAM.
  public func readString(_ pa: UInt64, _ destination: UnsafeMutableRawBufferPointer) throws(KernelHalt)
    -> Bool
  {
    try throwingStep()
    guard let base = memory.pointer(pa, count: destination.count) else { throw kerneltrap(pa) }
    let source = UnsafeRawBufferPointer(start: base, count: destination.count)
    let null = source.firstIndex(of: 0)
    destination.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: source[..<(null.map { $0 + 1 } ?? source.count)]))
    return null != nil
  }
}
