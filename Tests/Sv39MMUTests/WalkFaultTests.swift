import Sv39MMU
import Testing

/// Each named fault, at each level at which it can occur.
@Suite struct WalkFaultTests {
  /// One entry at `level` below good pointers, one access, and the expected fault.
  struct Case: CustomTestStringConvertible, Sendable {
    var entry: UInt64
    var level: Int
    var access = Access.load
    var mode = PrivilegeMode.supervisor
    var sum = false
    var mxr = false
    var fault: WalkFault

    var testDescription: String { "\(PTE(rawValue: entry)), \(access), \(mode): \(fault)" }
  }

  static let page: UInt64 = 0x8000_0000

  static func cases(level: Int) -> [Case] {
    func entry(_ flags: PTE.Flags, _ extra: UInt64 = 0) -> UInt64 {
      PTE(pa: page, flags: flags).rawValue | extra
    }
    let all: PTE.Flags = [.v, .r, .w, .x]
    var cases = [
      Case(entry: 0, level: level, fault: .invalid(level: level)),
      Case(entry: entry([.r, .w, .x, .u, .a, .d]), level: level, fault: .invalid(level: level)),
      Case(entry: ~1, level: level, fault: .invalid(level: level)),
      Case(entry: entry([.v, .w]), level: level, fault: .reservedEncoding(level: level)),
      Case(entry: entry([.v, .w, .x]), level: level, fault: .reservedEncoding(level: level)),
      Case(entry: ~0, level: level, fault: .reservedBits(level: level)),
      Case(
        entry: entry([.v, .r, .w]), level: level, access: .fetch, fault: .notExecutable(level: level)),
      Case(entry: entry([.v, .x]), level: level, access: .load, fault: .notReadable(level: level)),
      Case(
        entry: entry([.v, .x]), level: level, access: .store, mxr: true, fault: .notWritable(level: level)),
      Case(
        entry: entry([.v, .r, .x]), level: level, access: .store, fault: .notWritable(level: level)),
      Case(entry: entry([.v, .r, .w, .u]), level: level, mode: .user, fault: .notExecutable(level: level)),
    ]
    cases[cases.count - 1].access = .fetch
    for bit in 54..<64 as Range<UInt64> {
      cases.append(Case(entry: entry(all, 1 << bit), level: level, fault: .reservedBits(level: level)))
      cases.append(Case(entry: entry(.v, 1 << bit), level: level, fault: .reservedBits(level: level)))
    }
    for flag in [PTE.Flags.d, .a, .u] {
      cases.append(
        Case(entry: entry([.v, flag]), level: level, fault: .pointerWithAttributes(level: level)))
    }
    for access in Access.allCases {
      cases.append(
        Case(
          entry: entry(all), level: level, access: access, mode: .user, fault: .supervisorPage(level: level)))
      cases.append(
        Case(entry: entry([all, .u]), level: level, access: access, fault: .userPage(level: level)))
    }
    cases.append(
      Case(
        entry: entry([all, .u]), level: level, access: .fetch, sum: true, fault: .userPage(level: level)))
    if level == 0 { cases.append(Case(entry: entry([.v, .g]), level: 0, fault: .noLeaf)) }
    for bit in 0..<(9 * UInt64(level)) {
      let entry = entry(all, 1 << (10 + bit))
      cases.append(Case(entry: entry, level: level, fault: .misalignedSuperpage(level: level)))
    }
    if level < 2 {
      // The entry above points outside RAM: just below, just above, at address 0, at the highest address.
      for table in [page - 0x1000, page + WalkBench.size, 0, 0xff_ffff_ffff_f000] {
        let entry = PTE(pa: table, flags: .v).rawValue
        cases.append(Case(entry: entry, level: level + 1, fault: .tableOutsideRAM(level: level)))
      }
    }
    return cases
  }

  @Test func areNamed() throws {
    for example in (0...2).flatMap(Self.cases) { try isNamed(example) }
  }

  private func isNamed(_ example: Case) throws {
    var bench = try WalkBench()
    let va: UInt64 = 0xabc
    let tables = [Self.page + 0x1000, Self.page + 0x2000, Self.page + 0x3000]
    for upper in (example.level + 1..<3).reversed() {
      bench.set(table: tables[upper], index: 0, PTE(pa: tables[upper - 1], flags: [.v, .g]))
    }
    bench.set(table: tables[example.level], index: 0, PTE(rawValue: example.entry))
    let (result, difference) = bench.difference(
      root: tables[2], va: va, access: example.access, mode: example.mode, sum: example.sum, mxr: example.mxr,
      updateAD: true)
    #expect(difference == nil, "\(example)")
    #expect(result == .fault(example.fault), "\(example)")
    #expect(bench.memory.load64(tables[example.level]) == example.entry, "changed by: \(example)")

    guard !example.sum && !example.mxr else { return }
    let record = Sv39.record(
      memory: bench.memory, root: tables[2], va: va, access: example.access, privilege: example.mode)
    #expect(record.result == result, "\(example)")
    #expect(record.steps.map(\.level) == (example.level...2).reversed(), "\(example)")
    #expect(record.steps.last?.entry.rawValue == example.entry, "\(example)")
  }

  @Test(arguments: [0, 0x7fff_f000, 0x8010_0000, 0xff_ffff_ffff_f000] as [UInt64])
  func rootOutsideRAM(root: UInt64) throws {
    var bench = try WalkBench()
    let (result, difference) = bench.difference(
      root: root, va: 0, access: .load, mode: .supervisor, sum: false, mxr: false, updateAD: true)
    #expect(difference == nil)
    #expect(result == .fault(.tableOutsideRAM(level: 2)))
  }

  /// Each of bits 63-39 is different from bit 38, in both ways.
  @Test func nonCanonical() throws {
    for start in [0, 0xffff_ffff_ffff_ffff] as [UInt64] {
      for bit in 38..<64 as Range<UInt64> { try nonCanonical(va: start ^ 1 << bit) }
    }
  }

  private func nonCanonical(va: UInt64) throws {
    var bench = try WalkBench()
    bench.set(table: WalkBench.base, index: 0, PTE(pa: Self.page, flags: [.v, .r]))
    bench.set(table: WalkBench.base, index: 511, PTE(pa: Self.page, flags: [.v, .r]))
    let (result, difference) = bench.difference(
      root: WalkBench.base, va: va, access: .load, mode: .supervisor, sum: false, mxr: false, updateAD: true)
    #expect(difference == nil, "va \(hex(va))")
    #expect(result == .fault(.nonCanonical), "va \(hex(va))")
    #expect(!Sv39.isCanonical(va), "va \(hex(va))")
  }

  static let everyCase: [WalkFault] =
    [.nonCanonical, .noLeaf]
    + (0...2).flatMap { level -> [WalkFault] in
      [
        .tableOutsideRAM(level: level), .invalid(level: level), .reservedEncoding(level: level),
        .reservedBits(level: level), .pointerWithAttributes(level: level), .misalignedSuperpage(level: level),
        .supervisorPage(level: level), .userPage(level: level), .notReadable(level: level),
        .notWritable(level: level), .notExecutable(level: level),
      ]
    }

  @Test func causes() {
    for fault in Self.everyCase { causes(of: fault) }
  }

  private func causes(of fault: WalkFault) {
    let causes = Access.allCases.map(fault.cause)
    if case .tableOutsideRAM = fault {
      #expect(causes == [1, 5, 7], "\(fault)")
    } else {
      #expect(causes == [12, 13, 15], "\(fault)")
    }
  }

  @Test func descriptionsAreDistinctAndNameTheLevel() {
    let texts = Self.everyCase.map(\.description)
    #expect(Set(texts).count == texts.count)
    for fault in Self.everyCase {
      if let level = fault.level { #expect(fault.description.hasSuffix(" at level \(level)")) }
    }
    #expect(WalkFault.nonCanonical.level == nil)
    #expect(WalkFault.invalid(level: 1).description == "no valid entry (V clear) at level 1")
  }
}
