import LabEvents
import Sv39MMU

/// The sizes of address spaces of a kernel whose processes nobody can find: from what is mapped when one is first seen,
/// and what `sbrk` answers from then on. That is `p->sz`, rounded up to whole pages, for a process that `exec` made; less
/// for a child whose parent's last pages were never touched.
struct AddressSpaceTable {
  private var sizes: [UInt64: UInt64] = [:]

  private static let most = 1024
  /// The user part of an address space ends here: above are the trapframe and the trampoline.
  private static let end = MAXVA - 2 * PGSIZE

  /// 0 where the address space is not known.
  func size(_ satp: UInt64) -> UInt64 { sizes[satp] ?? 0 }

  /// Looks at the page table of an address space that was not seen before.
  mutating func see(_ satp: UInt64, _ memory: PhysicalMemory) {
    guard sizes[satp] == nil else { return }
    if sizes.count >= Self.most { sizes.removeAll() }
    sizes[satp] = memory.mappedEnd(root: satp.rootTable, below: Self.end)
  }

  /// Whoever has the page table next is another process.
  mutating func forget(_ satp: UInt64) { sizes[satp] = nil }

  /// `sbrk(increment)` has answered `result` there.
  mutating func grow(_ satp: UInt64, by increment: Int64, result: UInt64) {
    guard result != .max else { return }
    sizes[satp] = result &+ UInt64(bitPattern: increment)
  }
}

extension UInt64 {
  /// The physical address of the root page table that this `satp` names.
  package var rootTable: UInt64 { (self & (1 << 44 - 1)) << PGSHIFT }
}

extension PhysicalMemory {
  /// The leaf that maps `va`; nil where none does.
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

  /// The end of the last page below `limit` that the page table at `root` maps for programs; 0 where it maps none, or is larger than
  /// any that a kernel in this memory needs.
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

  /// How many elements the list has whose first one's address is at `address`, each with the next one's address in
  /// front. It ends where it leaves RAM, or has as many as RAM has pages.
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
