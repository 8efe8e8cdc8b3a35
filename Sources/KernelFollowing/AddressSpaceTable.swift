import LabEvents
import Sv39MMU

/// The sizes of address spaces, for a kernel whose processes cannot be found. A size comes from what is
/// mapped when the address space is first seen, and later from what `sbrk` returns. For a process that `exec`
/// made, this is `p->sz`, rounded up to whole pages. For a child it is less if its parent never touched its
/// own last pages.
struct AddressSpaceTable {
  private var sizes: [UInt64: UInt64] = [:]

  private static let most = 1024
  /// The user part of an address space ends here. Above it are the trapframe and the trampoline.
  private static let end = MAXVA - 2 * PGSIZE

  /// 0 if the address space is not known.
  func size(_ satp: UInt64) -> UInt64 { sizes[satp] ?? 0 }

  /// Looks at the page table of an address space that is new.
  mutating func see(_ satp: UInt64, _ memory: PhysicalMemory) {
    guard sizes[satp] == nil else { return }
    if sizes.count >= Self.most { sizes.removeAll() }
    sizes[satp] = memory.mappedEnd(root: satp.rootTable, below: Self.end)
  }

  /// Forgets the size: from now on, another process has this page table.
  mutating func forget(_ satp: UInt64) { sizes[satp] = nil }

  /// `sbrk(increment)` has returned `result` in this address space.
  mutating func grow(_ satp: UInt64, by increment: Int64, result: UInt64) {
    guard result != .max else { return }
    sizes[satp] = result &+ UInt64(bitPattern: increment)
  }
}

extension UInt64 {
  /// The physical address of the root page table to which this `satp` points.
  package var rootTable: UInt64 { (self & (1 << 44 - 1)) << PGSHIFT }
}

extension PhysicalMemory {
  /// The leaf entry that maps `va`; nil if `va` is not mapped.
  func leaf(root: UInt64, va: UInt64) -> PTE? {
    guard Sv39.isCanonical(va) else { return nil }
    var table = root
    for level in (0..<Sv39.levels).reversed() {
      let entry = PTE(rawValue: load64(table &+ PX(level, va) &* 8))
      if entry.isLeaf { return entry }
      guard entry.isPointer else { return nil }
      table = entry.pa
    }
    return nil
  }

  /// The end of the last page below `limit` that the page table at `root` maps for programs. 0 if it maps
  /// none, or if it is larger than any that a kernel in this memory needs.
  fileprivate func mappedEnd(root: UInt64, below limit: UInt64) -> UInt64 {
    var tables = 1024
    func end(_ table: UInt64, _ level: Int, _ start: UInt64) -> UInt64? {
      tables -= 1
      guard tables >= 0 else { return nil }
      for index in (0..<UInt64(512)).reversed() {
        let va = start &+ index << (PGSHIFT + 9 * UInt64(level))
        guard va < limit else { continue }
        let entry = PTE(rawValue: load64(table &+ index &* 8))
        if entry.isLeaf, entry.u { return va &+ PGSIZE << (9 * UInt64(level)) }
        if level > 0, entry.isPointer, let found = end(entry.pa, level - 1, va) { return found }
      }
      return nil
    }
    return end(root, Sv39.levels - 1, 0) ?? 0
  }

  /// The number of elements of a linked list. The address of the first element is stored at `address`, and
  /// each element begins with the address of the next one. The count ends at an element outside RAM, or when
  /// it has reached the number of pages in RAM.
  func listLength(at address: UInt64) -> Int {
    var count = 0
    var element = load64(address)
    while element != 0, pointer(element, count: 8) != nil, count < Int(clamping: size / PGSIZE) {
      count += 1
      element = load64(element)
    }
    return count
  }
}
