import RV64
import TestSupport
import Testing

/// Random programs, as the hart runs them (in blocks, from its caches) and as the plain hart does, one
/// instruction at a time. They jump about, run into their own middle, and change themselves.
@Suite struct InstructionStreamTests {
  static let size = 64
  static let rows = InstructionListing.all.filter { row in
    !["csr", "ret", "wfi", "sfence"].contains { row.mnemonic.contains($0) }
  }

  @Test(arguments: 1...24 as ClosedRange<UInt64>)
  func randomPrograms(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var bench = try InstructionBench()
    var plain = PlainHart(
      ram: InstructionBench.ram, size: InstructionBench.ramSize, pc: InstructionBench.code)
    var traps: [UInt64: Int] = [:]
    var retired: UInt64 = 0
    for round in 0..<40 {
      // Programs that are not aligned, and that lie across pages.
      let start = InstructionBench.code + 0xf00 + random.next() % 128 * 2
      let program = Self.program(&random)
      for (n, halfword) in program.enumerated() {
        store(&plain, start + UInt64(n) * 2, halfword)
        bench.memory.store16(start + UInt64(n) * 2, halfword)
      }
      plain.x = bench.scatterRegisters(&random)
      // Pointers to data for what is addressed by x8 and the stack pointer, to code for what jumps or stores
      // by x9.
      for (n, value) in [(2, InstructionBench.data), (8, InstructionBench.data + 0x10), (9, start + 32)] {
        plain.x[n] = value
        bench.hart.setRegister(n, value)
      }
      (plain.pc, bench.hart.pc) = (start, start)
      if random.once(in: 3) {
        bench.hart.fastPaths = FastPaths(rawValue: UInt8(random.next() % UInt64(FastPaths.all.rawValue + 1)))
      }
      let limit = bench.hart.retired + 1 + random.next() % 200
      plain.retired = bench.hart.retired
      let before = plain.retired
      var trap: PlainHart.Trap?
      while trap == nil && plain.retired < limit { trap = plain.step() }
      let expected: Hart.Stop =
        if let trap { .trap(scause: trap.cause, stval: trap.value) } else { .limit }
      let stop = bench.hart.runUser(until: limit)
      let place = "seed \(seed), round \(round), program at \(hex(start)): \(program.map(hex))"
      try #require(stop == expected, "\(place)")
      try #require(bench.hart.pc == plain.pc, "\(place)")
      try #require(bench.hart.retired == plain.retired, "\(place)")
      try #require(bench.registers == plain.x, "\(place)")
      let same = bench.holds(plain.bytes, from: 0)
      try #require(same, "memory differs; \(place)")
      if let trap { traps[trap.cause, default: 0] += 1 }
      retired += plain.retired - before
    }
    #expect(retired > 400, "the programs must run: \(traps)")
  }

  private func store(_ plain: inout PlainHart, _ address: UInt64, _ halfword: UInt16) {
    let offset = Int(address - InstructionBench.ram)
    plain.bytes[offset] = UInt8(halfword & 0xff)
    plain.bytes[offset + 1] = UInt8(halfword >> 8)
  }

  /// Halfwords of a random program. Its loads and stores mostly go by x2, x8 and x9, which it mostly leaves
  /// alone.
  static func program(_ random: inout SeededGenerator) -> [UInt16] {
    var halfwords: [UInt16] = []
    while halfwords.count < size {
      if random.once(in: 3) {
        let halfword = UInt16(truncatingIfNeeded: random.next())
        guard case .expands(_, let word) = CompressedListing.meaning(of: halfword), isTame(word) else {
          continue
        }
        halfwords.append(halfword)
      } else {
        let row = random.pick(rows)
        if row.mnemonic == "ecall" || row.mnemonic == "ebreak" {
          guard random.once(in: 8) else { continue }
        }
        var fields = row.fields(of: UInt32(truncatingIfNeeded: random.next()))
        if fields["imm"] != nil && (row.mnemonic.first == "b" || row.mnemonic.first == "j") {
          fields["imm"] = Int64(random.next() % 40) * 2 - 40
        }
        let isMemory = row.match & 0x5f == 0x03 || row.match & 0x7f == 0x2f
        if isMemory || row.mnemonic == "jalr" {
          fields["rs1"] = random.pick(row.mnemonic == "jalr" ? [9] : random.once(in: 9) ? [9] : [2, 8])
          if fields["imm"] != nil { fields["imm"] = Int64(random.next() % 128) - 32 }
        }
        let word = row.encode(fields)
        guard isTame(word) else { continue }
        halfwords.append(UInt16(truncatingIfNeeded: word))
        halfwords.append(UInt16(truncatingIfNeeded: word >> 16))
      }
    }
    return halfwords
  }

  /// Whether the instruction leaves the pointers alone, and goes to memory or jumps by one of them only.
  private static func isTame(_ word: UInt32) -> Bool {
    guard let row = InstructionListing.find(word) else { return false }
    let fields = row.fields(of: word)
    if let rd = fields["rd"], [2, 8, 9].contains(rd) { return false }
    let isMemory = row.match & 0x5f == 0x03 || row.match & 0x7f == 0x2f || row.mnemonic == "jalr"
    return !isMemory || [2, 8, 9].contains(fields["rs1"] ?? 0)
  }
}
