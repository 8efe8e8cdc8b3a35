import Synchronization
import XV6Kernel

/// Copies nothing in fork: parent and child share each page, and both lose the right to write it. The first
/// store to a shared page pays for a copy. So a fork may succeed with hardly any memory left.
final class CopyOnWrite: PlainFaults {
  /// How many page tables have a page besides the first one.
  private let sharers = Mutex<[UInt64: Int]>([:])

  /// Bit 8 of an entry, the lower of RSW: the page may be written when it has been copied.
  private static let shared: UInt64 = 1 << 8

  init() {}

  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool {
    var a: UInt64 = 0
    while a < sz {
      defer { a &+= PGSIZE }
      guard let entry = try k.walk(old, a, alloc: false), k.loadPTE(entry) & PTE_V != 0 else { continue }
      var pte = k.loadPTE(entry)
      if pte & PTE_W != 0 { pte = pte & ~PTE_W | Self.shared }
      guard try k.mappages(new, a, PGSIZE, PTE2PA(pte), PTE_FLAGS(pte)) else {
        try k.uvmunmap(new, 0, a / PGSIZE, free: true)
        return false
      }
      k.storePTE(entry, pte)
      sharers.withLock { $0[PTE2PA(pte), default: 0] += 1 }
    }
    return true
  }

  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)
  {
    if va % PGSIZE != 0 { throw k.panic("uvmunmap: not aligned") }
    var a = va
    while a < va &+ npages &* PGSIZE {
      defer { a &+= PGSIZE }
      guard let entry = try k.walk(pagetable, a, alloc: false), k.loadPTE(entry) & PTE_V != 0 else {
        continue
      }
      if free { try release(k, PTE2PA(k.loadPTE(entry))) }
      k.storePTE(entry, 0)
    }
  }

  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision {
    if try isOwed(k, stval) { return try allocate(k, stval) ? .mapped : .kill }
    guard scause == 15, let entry = try sharedEntry(k, k.myproc().pagetable, stval) else {
      return .unexpected
    }
    return try own(k, entry) ? .mapped : .kill
  }

  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    if pagetable == k.myproc().pagetable, va < MAXVA, try isOwed(k, va), try !allocate(k, va) { return nil }
    return try EagerXV6().walkaddr(k, pagetable, va)
  }

  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    let (end, isOut) = dstva.addingReportingOverflow(UInt64(source.count))
    if isOut || end > MAXVA { return false }
    var a = PGROUNDDOWN(dstva)
    while a < end {
      if let entry = try sharedEntry(k, pagetable, a), try !own(k, entry) { return false }
      a += PGSIZE
    }
    return try EagerXV6().copyout(k, pagetable, to: dstva, from: source)
  }

  /// The entry of a page that the program may write when it has been copied.
  private func sharedEntry(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64? {
    let wanted = PTE_V | PTE_U | Self.shared
    guard va < MAXVA, let entry = try k.walk(pagetable, va, alloc: false),
      k.loadPTE(entry) & wanted == wanted
    else { return nil }
    return entry
  }

  /// Makes the shared page of `entry` the table's own. False if memory has run out.
  private func own(_ k: Kernel, _ entry: UInt64) throws(KernelHalt) -> Bool {
    let pte = k.loadPTE(entry)
    let flags = PTE_FLAGS(pte) & ~Self.shared | PTE_W
    if sharers.withLock({ $0[PTE2PA(pte), default: 0] }) == 0 {
      k.storePTE(entry, PA2PTE(PTE2PA(pte)) | flags)
      return true
    }
    guard let page = try k.kalloc() else { return false }
    try k.memmove(page, PTE2PA(pte), PGSIZE)
    try release(k, PTE2PA(pte))
    k.storePTE(entry, PA2PTE(page) | flags)
    return true
  }

  private func release(_ k: Kernel, _ page: UInt64) throws(KernelHalt) {
    let isLast = sharers.withLock { sharers in
      guard let others = sharers[page], others > 0 else { return true }
      sharers[page] = others == 1 ? nil : others - 1
      return false
    }
    if isLast { try k.kfree(page) }
  }
}
