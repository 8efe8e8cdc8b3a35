import RV64
import TestSupport
import Testing

/// Loads and stores of each width, at each alignment, across pages and at RAM's ends.
@Suite struct InstructionMemoryTests {
  /// Addresses at each offset from a doubleword, in a page and across into the next.
  static let places: [UInt64] =
    (0..<16).map { InstructionBench.data + $0 } + (0..<16).map { InstructionBench.ram + 0x9_0ff0 + $0 }

  @Test(arguments: InstructionMeaning.ofLoads.keys.sorted())
  func loads(_ mnemonic: String) throws {
    let (count, extend) = try #require(InstructionMeaning.ofLoads[mnemonic])
    var bench = try InstructionBench()
    var differences: [String] = []
    for place in Self.places {
      for pattern in InstructionMeaning.edges + [0x8182_8384_8586_8788, 0x7172_7374_7576_7778] {
        bench.memory.store64(place, pattern)
        // The sum of address and offset wraps around; a negative offset counts.
        for offset in [0, -2048, 2047, -1] as [Int64] {
          bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, imm: offset)])
          bench.hart.setRegister(5, 0x5555)
          bench.hart.setRegister(6, place &- UInt64(bitPattern: offset))
          let stop = bench.step()
          let expected = extend(pattern)
          if stop != .limit || bench.hart.register(5) != expected {
            let result = hex(bench.hart.register(5))
            differences.append("\(mnemonic) at \(hex(place)) of \(hex(pattern)): \(result), \(stop)")
          }
        }
      }
    }
    expectNone(differences)
    #expect([1, 2, 4, 8].contains(count))
  }

  @Test(arguments: InstructionMeaning.ofStores.keys.sorted())
  func stores(_ mnemonic: String) throws {
    let count = try #require(InstructionMeaning.ofStores[mnemonic])
    var bench = try InstructionBench()
    var differences: [String] = []
    for place in Self.places {
      for value in InstructionMeaning.edges + [0x8182_8384_8586_8788] {
        for offset in [0, -2048, 2047] as [Int64] {
          bench.memory.fill(place - 8, count: 24, with: 0xa5)
          bench.place([InstructionListing.encode(mnemonic, rs1: 6, rs2: 7, imm: offset)])
          bench.hart.setRegister(6, place &- UInt64(bitPattern: offset))
          bench.hart.setRegister(7, value)
          let stop = bench.step()
          let bytes = (0..<24).map { bench.memory.load8(place - 8 + $0) }
          var expected = [UInt8](repeating: 0xa5, count: 24)
          for n in 0..<count { expected[8 + n] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(n))) }
          if stop != .limit || bytes != expected {
            differences.append("\(mnemonic) at \(hex(place)) of \(hex(value)): \(bytes), \(stop)")
          }
        }
      }
    }
    expectNone(differences)
  }

  /// rd may be x0 or the address's register; a load to x0 still reads, and traps.
  @Test(arguments: InstructionMeaning.ofLoads.keys.sorted())
  func loadDestinations(_ mnemonic: String) throws {
    let extend = try #require(InstructionMeaning.ofLoads[mnemonic]).extend
    var bench = try InstructionBench()
    bench.memory.store64(InstructionBench.data, 0x8182_8384_8586_8788)
    for rd in 0..<32 {
      bench.hart.setRegister(6, InstructionBench.data)
      bench.place([InstructionListing.encode(mnemonic, rd: rd, rs1: 6)])
      #expect(bench.step() == .limit)
      #expect(bench.hart.register(rd) == (rd == 0 ? 0 : extend(0x8182_8384_8586_8788)))
    }
    bench.hart.setRegister(6, 0x1000)
    bench.place([InstructionListing.encode(mnemonic, rd: 0, rs1: 6)])
    #expect(bench.step() == .trap(scause: 5, stval: 0x1000))
  }

  /// An access that touches a byte outside RAM changes nothing: neither registers nor memory, nor pc, nor the
  /// count of retired instructions.
  @Test(arguments: (InstructionMeaning.ofLoads.keys.sorted() + InstructionMeaning.ofStores.keys.sorted()))
  func outsideRAM(_ mnemonic: String) throws {
    let load = InstructionMeaning.ofLoads[mnemonic]?.count
    let count = UInt64(load ?? InstructionMeaning.ofStores[mnemonic] ?? 0)
    let end = InstructionBench.ram + InstructionBench.ramSize
    var bench = try InstructionBench()
    bench.memory.fill(end - 16, count: 16, with: 0xa5)
    bench.memory.fill(InstructionBench.ram, count: 16, with: 0xa5)
    var random = SeededGenerator(seed: 5)
    // Where the access begins, and the first byte of it that is not RAM.
    var places: [(UInt64, UInt64)] = [
      (0, 0), (end, end), (~0 - 7, ~0 - 7), (InstructionBench.ram - 8, InstructionBench.ram - 8),
      (1 << 56, 1 << 56), (InstructionBench.ram + 1 << 40, InstructionBench.ram + 1 << 40),
    ]
    for inside in 1..<max(count, 1) {
      places.append((end - inside, end))
      places.append((InstructionBench.ram - inside, InstructionBench.ram - inside))
    }
    bench.place([InstructionListing.encode(mnemonic, rd: 5, rs1: 6, rs2: 7)])
    for (place, fault) in places {
      _ = bench.scatterRegisters(&random)
      bench.hart.setRegister(6, place)
      let (before, retired) = (bench.registers, bench.hart.retired)
      #expect(bench.step() == .trap(scause: load == nil ? 7 : 5, stval: fault), "at \(hex(place))")
      #expect(bench.registers == before)
      #expect(bench.hart.pc == InstructionBench.code)
      #expect(bench.hart.retired == retired)
    }
    for place in [end - 16, InstructionBench.ram] {
      #expect((0..<16).allSatisfy { bench.memory.load8(place + $0) == 0xa5 })
    }
    // The last bytes of RAM are RAM.
    bench.hart.setRegister(6, end - count)
    #expect(bench.step() == .limit)
  }

  /// A store over the very next instruction is seen by it: xv6's `exec` does no `fence.i`.
  @Test func storesToCodeAreSeenAtOnce() throws {
    var bench = try InstructionBench()
    let patched = InstructionListing.encode("addi", rd: 5, rs1: 0, imm: 2)
    bench.place([
      InstructionListing.encode("sw", rs1: 6, rs2: 7, imm: 4),
      InstructionListing.encode("addi", rd: 5, rs1: 0, imm: 1),
    ])
    bench.hart.setRegister(6, InstructionBench.code)
    bench.hart.setRegister(7, UInt64(patched))
    bench.hart.pc = InstructionBench.code
    #expect(bench.hart.runUser(until: bench.hart.retired + 2) == .limit)
    #expect(bench.hart.register(5) == 2)
  }
}
