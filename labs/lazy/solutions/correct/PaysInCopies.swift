import XV6Kernel

/// Allocates in `copyin`, `copyout` and `copyinstr`, each page before it is copied; `walkaddr` stays xv6's
/// own.
struct PaysInCopies: PlainFaults {
  /// Allocates the page at `page` if it is owed. Returns its physical address.
  private func paid(_ k: Kernel, _ pagetable: UInt64, _ page: UInt64) throws(KernelHalt) -> UInt64? {
    if pagetable == k.myproc().pagetable, page < MAXVA, try isOwed(k, page), try !allocate(k, page) {
      return nil
    }
    return try k.walkaddr(pagetable, page)
  }

  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    var (va, done) = (dstva, 0)
    while done < source.count {
      let page = PGROUNDDOWN(va)
      guard let pa = try paid(k, pagetable, page) else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), source.count - done)
      try k.write(pa &+ (va &- page), UnsafeRawBufferPointer(rebasing: source[done..<done + n]))
      (va, done) = (page &+ PGSIZE, done + n)
    }
    return true
  }

  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    var (va, done) = (srcva, 0)
    while done < destination.count {
      let page = PGROUNDDOWN(va)
      guard let pa = try paid(k, pagetable, page) else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), destination.count - done)
      try k.read(pa &+ (va &- page), UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n]))
      (va, done) = (page &+ PGSIZE, done + n)
    }
    return true
  }

  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    var (va, done) = (srcva, 0)
    while done < destination.count {
      let page = PGROUNDDOWN(va)
      guard let pa = try paid(k, pagetable, page) else { return false }
      let n = min(Int(PGSIZE &- (va &- page)), destination.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + n])
      if try k.readString(pa &+ (va &- page), part) { return true }
      (va, done) = (page &+ PGSIZE, done + n)
    }
    return false
  }
}
