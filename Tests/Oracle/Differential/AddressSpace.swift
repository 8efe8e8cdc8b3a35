import RV64
import Sv39MMU
import TestSupport

/// Page tables under construction. Table 0 is the root; the slot has room for `Layout.tableCount`.
struct AddressSpace {
  private(set) var entries: [Program.TableEntry] = []
  private var next: [UInt64: Int] = [:]
  private var tables: Int
  let root: Int

  /// An empty address space whose root is table `root`; the tables below `firstFree` are others'.
  init(root: Int = 0) {
    self.root = root
    tables = root + 1
  }

  /// The table below `table` on the way of `va` at `level`, made if there is none; nil if there is no
  /// room.
  private mutating func table(below table: Int, level: Int, _ va: UInt64, flags: UInt64) -> Int? {
    let index = PX(level, va)
    let key = UInt64(table) << 9 | index
    if let known = next[key] { return known }
    guard tables < Layout.tableCount else { return nil }
    next[key] = tables
    entries.append(
      Program.TableEntry(table: table, index: index, target: .table(tables), flags: flags))
    tables += 1
    return tables - 1
  }

  /// Maps the page of `va` at `level`. A later leaf at the same place counts.
  mutating func map(
    _ va: UInt64, level: Int = 0, to target: Program.TableEntry.Target, flags: UInt64,
    pointerFlags: UInt64 = 1
  ) {
    var table = root
    for upper in (level + 1..<Sv39.levels).reversed() {
      guard let lower = self.table(below: table, level: upper, va, flags: pointerFlags) else { return }
      table = lower
    }
    entries.append(Program.TableEntry(table: table, index: PX(level, va), target: target, flags: flags))
  }
}

extension SeededGenerator {
  /// The address of a page in a random part of Sv39's address space, with room for 64 more in its 2 MiB.
  mutating func pageAddress() -> UInt64 {
    var va = next() & 0x7f_ffff_f000
    if percent(20) { va = va & 0x3f_ffff | (percent(50) ? 0x7f_ffc0_0000 : 0) }
    va &= ~(0x40 << 12)
    va &= ~(0x3f << 12)
    return va >> 38 & 1 != 0 ? va | ~0 << 39 : va
  }

  /// The flags of a leaf that permits everything to `user` or the supervisor, but for A, D, G and RSW, which
  /// are random.
  mutating func openLeaf(user: Bool) -> UInt64 {
    next() & 0x3e0 | 0xf | (user ? 0x10 : 0)
  }

  /// The flags of a leaf of which anything may be true.
  mutating func anyLeaf(user: Bool) -> UInt64 {
    if percent(50) { return openLeaf(user: user) }
    var flags = next() & 0x3ff
    if !percent(10) { flags |= 1 }
    if !percent(15) { flags = flags & ~0x10 | (user ? 0x10 : 0) }
    if percent(6) { flags |= 1 << (54 + below(10)) }
    return flags
  }
}

extension Program {
  /// Gives the program an address space of its own, translated from its first instruction on.
  ///
  /// Code, handler and data lie at random places. Data is seen through eight pages that lead to the four that
  /// there are, one of them (or, if `wild`, any) with random flags, and through superpages.
  mutating func translate(wild: Bool, _ random: inout SeededGenerator) {
    let user = mode == .user
    var space = AddressSpace()
    let seen = Addresses(
      code: random.pageAddress(), handler: random.pageAddress(), data: random.pageAddress())
    addresses = seen
    for page in 0..<UInt64(2) {
      var flags = random.openLeaf(user: user) & ~4
      if wild && random.percent(3) { flags ^= 1 << random.below(5) }
      space.map(seen.code + page << 12, to: .slot(Layout.code + page << 12, level: 0), flags: flags)
    }
    space.map(seen.handler, to: .slot(Layout.handler, level: 0), flags: random.openLeaf(user: false) & ~4)
    for page in 0..<UInt64(8) {
      let target = Layout.data + random.below(4) << 12
      let flags = wild ? random.anyLeaf(user: user) : random.openLeaf(user: user)
      if wild && random.percent(8) { continue }
      space.map(seen.data + page << 12, to: .slot(target, level: 0), flags: flags)
    }
    for level in 1...2 {
      let va = random.pageAddress() & ~(Sv39.span(level: level) - 1)
      var flags = wild ? random.anyLeaf(user: user) : random.openLeaf(user: user)
      if wild && random.percent(20) { flags |= 1 << (10 + random.below(9 * UInt64(level))) }
      space.map(va, level: level, to: .slot(Layout.data, level: level), flags: flags)
      superpages.append((va, level))
    }
    if wild {
      // Somewhere nowhere: pointers with odd bits, and leaves that lead below and above RAM.
      let odd = random.pageAddress()
      space.map(
        odd, to: .slot(Layout.data, level: 0), flags: 0xff,
        pointerFlags: 1 | random.pick([0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 1 << 54, 1 << 61, 1 << 63]))
      space.map(
        odd &+ 0x20_0000, to: .physical(random.pick([0, 0x1000_0000, 0x8800_0000, 0xff_ffff_ffff_f000])),
        flags: random.openLeaf(user: user))
      oddPages = [odd, odd &+ 0x20_0000]
    }
    entries = space.entries
    csrs["satp"] = .rootTable(0)
  }
}
