import Sv39MMU
import TestSupport
import Testing

/// The walk against the simple model, by enumeration and at random.
@Suite struct WalkTests {
  /// Every combination of the ten low bits of an entry at `level`, by what its ten high bits may be, by
  /// privilege, SUM, MXR, access and update. Of a pointer, the entry below is one that permits everything to
  /// the supervisor, or to the user.
  @Test(arguments: 0...2)
  func everyFlagCombination(level: Int) throws {
    var bench = try WalkBench()
    // Aligned to 1 GiB, so that it serves as the page of a leaf at any level, and as the next table of a
    // pointer.
    let target = WalkBench.base
    let tables: [UInt64] = [target + 0x1000, target + 0x2000, target + 0x3000]  // by level
    let va: UInt64 = 3 << 30 | 5 << 21 | 7 << 12 | 0x123
    for upper in (level + 1..<3).reversed() {
      bench.set(table: tables[upper], index: PX(upper, va), PTE(pa: tables[upper - 1], flags: .v))
    }
    var cases = 0
    if level > 0 {
      let everything: PTE.Flags = [.v, .r, .w, .x]
      for flags in [everything, [everything, .u]] {
        let below = PTE(pa: target, flags: flags)
        bench.set(table: target, index: PX(level - 1, va), below)
        cases += try compareEveryAccess(
          &bench, level: level, entry: tables[level], root: tables[2], va: va,
          below: (target + PX(level - 1, va) * 8, below))
      }
    } else {
      cases += try compareEveryAccess(&bench, level: level, entry: tables[level], root: tables[2], va: va)
    }
    print("Sv39 walk, entry at level \(level): \(cases) cases, by enumeration")
  }

  /// The ten high bits of an entry: none, each alone, all (N, PBMT and what is reserved).
  private static let highBits: [UInt64] = [0] + (54..<64).map { 1 << $0 } + [0x3ff << 54]

  private func compareEveryAccess(
    _ bench: inout WalkBench, level: Int, entry table: UInt64, root: UInt64, va: UInt64,
    below: (address: UInt64, entry: PTE)? = nil
  ) throws -> Int {
    var differences: [String] = []
    var translated = 0
    var cases = 0
    let address = table + PX(level, va) * 8
    for low in 0..<UInt64(1024) {
      // RSW means nothing to the hart: all of it with all that is low, some of it with what is high.
      for high in low < 256 ? Self.highBits : [0] {
        var pte = PTE(pa: WalkBench.base, flags: PTE.Flags(rawValue: low))
        pte.rawValue |= high
        for access in Access.allCases {
          for mode in PrivilegeMode.allCases {
            for choice in 0..<8 {
              bench.set(address, pte.rawValue)
              if let below { bench.set(below.address, below.entry.rawValue) }
              let (result, difference) = bench.difference(
                root: root, va: va, access: access, mode: mode, sum: choice & 1 != 0, mxr: choice & 2 != 0,
                updateAD: choice & 4 != 0)
              if let difference { differences.append("\(pte) at level \(level): \(difference)") }
              if case .translated = result { translated += 1 }
              cases += 1
            }
          }
        }
      }
    }
    expectNone(differences)
    #expect(translated > 0)
    return cases
  }

  /// Every single bit of the page number that must be zero in a superpage; no bit for a page of 4 KiB.
  @Test(arguments: 0...2)
  func everyMisalignment(level: Int) throws {
    var bench = try WalkBench()
    let tables: [UInt64] = [0x1000, 0x2000, 0x3000].map { WalkBench.base + $0 }
    let va: UInt64 = 3 << 30 | 5 << 21 | 7 << 12 | 0x123
    for upper in (level + 1..<3).reversed() {
      bench.set(table: tables[upper], index: PX(upper, va), PTE(pa: tables[upper - 1], flags: .v))
    }
    var differences: [String] = []
    var cases = 0
    for bit in UInt64(10)..<54 {
      for access in Access.allCases {
        for mode in PrivilegeMode.allCases {
          let flags: PTE.Flags = mode == .user ? [.v, .r, .w, .x, .u] : [.v, .r, .w, .x]
          bench.set(table: tables[level], index: PX(level, va), PTE(rawValue: flags.rawValue | 1 << bit))
          let (_, difference) = bench.difference(
            root: tables[2], va: va, access: access, mode: mode, sum: false, mxr: false, updateAD: true)
          if let difference { differences.append("bit \(bit) at level \(level): \(difference)") }
          cases += 1
        }
      }
    }
    expectNone(differences)
    print("Sv39 walk, page number at level \(level): \(cases) cases, by enumeration")
  }

  /// Tables of random entries that lead to each other, to pages, to nowhere and outside RAM.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomTables(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var bench = try WalkBench()
    let indices: [UInt64] = [0, 1, 255, 256, 511]
    let tables = (0..<6).map { WalkBench.base + $0 * 0x1000 }
    for table in tables {
      for index in indices {
        bench.set(table: table, index: index, randomEntry(tables: tables, &random))
      }
    }
    var differences: [String] = []
    var outcomes: [String: Int] = [:]
    for _ in 0..<3000 {
      var va = random.pick(indices) << 30 | random.pick(indices) << 21 | random.pick(indices) << 12
      va |= random.next() & 0xfff
      if va >> 38 & 1 != 0 { va |= ~0 << 39 }
      if random.once(in: 20) { va ^= 1 << (38 + random.next() % 26) }
      let root = random.once(in: 50) ? random.next() & 0xff_ffff_ffff_f000 : random.pick(tables)
      let access = random.pick(Access.allCases)
      let mode = random.pick(PrivilegeMode.allCases)
      let (result, difference) = bench.difference(
        root: root, va: va, access: access, mode: mode, sum: random.once(in: 2), mxr: random.once(in: 2),
        updateAD: !random.once(in: 4))
      if let difference { differences.append(difference) }
      switch result {
      case .translated: outcomes["translated", default: 0] += 1
      case .fault(let fault): outcomes[fault.isAccessFault ? "access" : "page", default: 0] += 1
      }
      // Replace old entries, otherwise A and D would soon be set everywhere.
      if random.once(in: 4) {
        let entry = randomEntry(tables: tables, &random)
        bench.set(table: random.pick(tables), index: random.pick(indices), entry)
      }
    }
    expectNone(differences)
    print(
      "Sv39 walk, random tables of seed \(seed): \(outcomes.sorted { $0.key < $1.key }.map { "\($1) \($0)" })"
    )
    #expect(outcomes.count == 3, "all three outcomes must occur: \(outcomes)")
  }

  private func randomEntry(tables: [UInt64], _ random: inout SeededGenerator) -> PTE {
    let pa: UInt64 =
      switch random.next() % 8 {
      case 0...4: random.pick(tables)
      case 5: random.next() & 0xff_ffff_c000_0000
      case 6: random.next() & 0xff_ffff_ffe0_0000
      default: random.next() & 0xff_ffff_ffff_f000
      }
    var flags: PTE.Flags = random.once(in: 2) ? .v : PTE.Flags(rawValue: random.next() & 0x3ff)
    if !random.once(in: 8) { flags.insert(.v) }
    var pte = PTE(pa: pa, flags: flags)
    if random.once(in: 16) { pte.rawValue |= 1 << (54 + random.next() % 10) }
    return pte
  }

  /// Half of Sv39's addresses are at the very top: bit 38 and bits 63-39 are all set.
  @Test func upperHalfIsTranslated() throws {
    var bench = try WalkBench()
    let root = WalkBench.base
    bench.set(table: root, index: 511, PTE(pa: 0x8000_0000, flags: [.v, .r]))
    let (result, difference) = bench.difference(
      root: root, va: ~0, access: .load, mode: .supervisor, sum: false, mxr: false, updateAD: true)
    #expect(difference == nil)
    let leaf = PTE(pa: 0x8000_0000, flags: [.v, .r, .a])
    #expect(
      result
        == .translated(
          Translation(physicalAddress: 0xbfff_ffff, level: 2, pte: leaf, pteAddress: root + 511 * 8)))
  }

  /// Machine mode does not translate. A caller that walks for it nevertheless gets the supervisor's rules.
  @Test func machineModeIsTakenForSupervisor() throws {
    var bench = try WalkBench()
    let root = WalkBench.base
    bench.set(table: root, index: 0, PTE(pa: 0x8000_0000, flags: [.v, .r, .w, .u]))
    for (sum, expected) in [(false, WalkFault.userPage(level: 2)), (true, nil)] {
      let (result, difference) = bench.difference(
        root: root, va: 8, access: .store, mode: .machine, sum: sum, mxr: false, updateAD: true)
      #expect(difference == nil)
      if let expected { #expect(result == .fault(expected)) }
    }
  }

  /// The walk for a debugger: no bit in memory changes, and the result has the leaf as it is.
  @Test func walkWithoutUpdateLeavesMemoryAlone() throws {
    var bench = try WalkBench()
    let root = WalkBench.base
    let leaf = PTE(pa: 0x8000_0000, flags: [.v, .r, .w])
    bench.set(table: root, index: 0, leaf)
    let result = Sv39.walk(
      memory: bench.memory, root: root, va: 0x10, access: .store, privilege: .supervisor, sum: false,
      mxr: false,
      updateAD: false)
    #expect(
      result
        == .translated(Translation(physicalAddress: 0x8000_0010, level: 2, pte: leaf, pteAddress: root)))
    #expect(bench.memory.load64(root) == leaf.rawValue)
  }
}
