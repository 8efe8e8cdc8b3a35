import RV64
import Sv39MMU
import TestSupport
import Testing

/// Random programs in an Sv39 address space that changes between runs: pages that go, come back elsewhere,
/// lose a permission, or are mapped twice; accesses and instructions that lie across two pages.
@Suite struct InstructionTranslatedTests {
  /// Virtual pages 16 to 19 are for code, 32 to 35 for data. Frames begin at 0x10000 in RAM; below are the
  /// tables.
  static let codePages = 16..<20 as Range<UInt64>
  static let dataPages = 32..<36 as Range<UInt64>
  static let frames = 0x10
  static let tables = InstructionBench.ram + 0x2000

  @Test(arguments: 1...16 as ClosedRange<UInt64>)
  func randomPrograms(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var bench = try InstructionBench()
    bench.memory.store64(Self.tables, PTE(pa: Self.tables + 0x1000, flags: .v).rawValue)
    bench.memory.store64(Self.tables + 0x1000, PTE(pa: Self.tables + 0x2000, flags: .v).rawValue)
    bench.hart.satp = 8 << 60 | Self.tables >> 12
    var plain = PlainHart(ram: InstructionBench.ram, size: InstructionBench.ramSize, pc: 0)
    plain.pages = [:]
    var causes: [UInt64: Int] = [:]
    for round in 0..<60 {
      for page in [Self.codePages, Self.dataPages].joined() where round == 0 || random.once(in: 4) {
        change(page, &plain, bench.memory, &random)
      }
      bench.hart.fence()

      let program = InstructionStreamTests.program(&random)
      // At few addresses, so that what lies there is often another page's code than before, unwritten since.
      let start = random.pick(Array(Self.codePages)) << 12 + random.pick([0, 0x7fe, 0xf80, 0xffe])
      if random.once(in: 2) { place(program, at: start, &plain, bench.memory) }
      plain.x = bench.scatterRegisters(&random)
      let data = (random.pick(Array(Self.dataPages)) + 1) << 12 - 64
      for (n, value) in [(2, data + random.next() % 64), (8, data + random.next() % 16 * 8), (9, start + 32)]
      {
        plain.x[n] = value
        bench.hart.setRegister(n, value)
      }
      (plain.pc, bench.hart.pc) = (start, start)
      plain.retired = bench.hart.retired
      let limit = bench.hart.retired + 1 + random.next() % 200
      var trap: PlainHart.Trap?
      while trap == nil && plain.retired < limit { trap = plain.step() }
      let expected: Hart.Stop =
        if let trap { .trap(scause: trap.cause, stval: trap.value) } else { .limit }
      let stop = bench.hart.runUser(until: limit)
      let where_ = "seed \(seed), round \(round), program at \(hex(start)): \(program.map(hex))"
      try #require(stop == expected, "\(where_)")
      try #require(bench.hart.pc == plain.pc, "\(where_)")
      try #require(bench.hart.retired == plain.retired, "\(where_)")
      try #require(bench.registers == plain.x, "\(where_)")
      let same = bench.holds(plain.bytes, from: 0x10000)
      try #require(same, "memory differs; \(where_)")
      try checkAccessedAndDirty(plain, bench.memory, where_)
      if let trap { causes[trap.cause, default: 0] += 1 }
    }
    let pageFaults = [12, 13, 15].reduce(0) { $0 + (causes[$1] ?? 0) }
    #expect(pageFaults > 5, "page faults must occur: \(causes)")
  }

  private func leaf(_ page: UInt64) -> UInt64 { Self.tables + 0x2000 + page * 8 }

  /// Maps a page again, in the table and in the plain hart's view: somewhere, with some permissions, or
  /// nowhere.
  private func change(
    _ page: UInt64, _ plain: inout PlainHart, _ memory: PhysicalMemory, _ random: inout SeededGenerator
  ) {
    plain.touched.remove(page)
    plain.storedTo.remove(page)
    guard !random.once(in: 8) else {
      plain.pages?[page] = nil
      memory.store64(leaf(page), random.once(in: 2) ? 0 : PTE(pa: ~0, flags: [.r, .w, .x, .u]).rawValue)
      return
    }
    let address = InstructionBench.ram + UInt64(Self.frames + Int(random.next() % 10)) << 12
    var flags: PTE.Flags = Self.codePages.contains(page) ? [.v, .u, .r, .x] : [.v, .u, .r, .w]
    if random.once(in: 3) { flags.formUnion([.w, .x]) }
    if random.once(in: 10) { flags = [.v, .u, .r] }
    if random.once(in: 20) { flags = [.v, .u, .x] }
    let isOurs = !random.once(in: 20)
    if !isOurs { flags.remove(.u) }
    plain.pages?[page] = PlainHart.Page(
      address: address, readable: isOurs && flags.contains(.r), writable: isOurs && flags.contains(.w),
      executable: isOurs && flags.contains(.x))
    memory.store64(leaf(page), PTE(pa: address, flags: flags).rawValue)
  }

  /// Writes the program where `start` is mapped, as a kernel's `exec` does: by physical addresses.
  private func place(
    _ program: [UInt16], at start: UInt64, _ plain: inout PlainHart, _ memory: PhysicalMemory
  ) {
    for (n, halfword) in program.enumerated() {
      let va = start + UInt64(n) * 2
      guard let page = plain.pages?[va >> 12] else { continue }
      let address = page.address + va % 4096
      memory.store16(address, halfword)
      plain.bytes[Int(address - plain.ram)] = UInt8(halfword & 0xff)
      plain.bytes[Int(address - plain.ram) + 1] = UInt8(halfword >> 8)
    }
  }

  /// A is set if a page was touched, D if it was stored to, and D never without a try to store.
  private func checkAccessedAndDirty(
    _ plain: PlainHart, _ memory: PhysicalMemory, _ comment: String
  ) throws {
    for page in (plain.pages ?? [:]).keys {
      let pte = PTE(rawValue: memory.load64(leaf(page)))
      if plain.touched.contains(page) { try #require(pte.a, "page \(page): \(pte); \(comment)") }
      try #require(pte.d == plain.storedTo.contains(page), "page \(page): \(pte); \(comment)")
    }
  }
}
