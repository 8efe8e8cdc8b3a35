import XV6Kernel

/// Pays for all pages of a system call's argument before anything is copied, as a check in `argaddr` with a
/// length would do. The length of a string is not known. So it pays for the string's first page, and for
/// the second page if the string does not end in the first.
struct PaysAhead: PlainFaults {
  /// Pays for every page from the one that holds `va` up to `va + count`. False if memory has run out.
  private func pay(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ count: Int) throws(KernelHalt) -> Bool {
    guard pagetable == k.myproc().pagetable, count > 0 else { return true }
    let (last, overflow) = va.addingReportingOverflow(UInt64(count) - 1)
    if overflow { return true }
    var page = PGROUNDDOWN(va)
    while page <= last, page < k.myproc().sz {
      if try isOwed(k, page), try !allocate(k, page) { return false }
      page += PGSIZE
    }
    return true
  }

  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    guard try pay(k, pagetable, dstva, source.count) else { return false }
    return try EagerXV6().copyout(k, pagetable, to: dstva, from: source)
  }

  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    guard try pay(k, pagetable, srcva, destination.count) else { return false }
    return try EagerXV6().copyin(k, pagetable, into: destination, from: srcva)
  }

  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    let first = min(Int(PGSIZE - srcva % PGSIZE), destination.count)
    guard try pay(k, pagetable, srcva, first) else { return false }
    let head = UnsafeMutableRawBufferPointer(rebasing: destination[..<first])
    if try EagerXV6().copyinstr(k, pagetable, into: head, from: srcva) { return true }
    guard first < destination.count else { return false }
    let tail = UnsafeMutableRawBufferPointer(rebasing: destination[first...])
    guard try EagerXV6().walkaddr(k, pagetable, PGROUNDDOWN(srcva)) != nil,
      try pay(k, pagetable, srcva &+ UInt64(first), tail.count)
    else { return false }
    return try EagerXV6().copyinstr(k, pagetable, into: tail, from: srcva &+ UInt64(first))
  }
}
