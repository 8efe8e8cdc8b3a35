import Sv39MMU
import TestSupport
import Testing

@testable import RV64

/// Blocks that go through two pages do what their instructions do, whatever becomes of the pages meanwhile.
@Suite struct SecondPageTests {
  /// Where the code lies: around the ends of three pages, 32 instructions each.
  private static let slots: [UInt64] = [0x2000, 0x3000, 0x4000].flatMap { end in
    (0..<32).map { end - 64 + $0 * 4 }
  }

  /// S mode: jumps, calls and returns within pages and between them; stores to code; and a page that is
  /// mapped to one frame or the other, now with a fence and now without. With limits anywhere.
  @Test(arguments: 0..<80) func leavesWhatOnePageAtATimeLeaves(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let (code, other) = (Self.program(&random), Self.program(&random))
    var twins = try HartTwins(running: [], without: [.linkedBlocks, .fusedPairs]) { guest in
      let satp = guest.lastSpace
      for page in 0..<4 {
        guest.map(satp, 0x1000 + UInt64(page) * 4096, HartTestGuest.frame(page), flags: 0xE)
        guest.map(satp, 0x10000 + UInt64(page) * 4096, HartTestGuest.frame(8 + page), flags: 6)
      }
      guest.map(satp, 0x20000, guest.leafTable(satp, 0x1000), flags: 6)
      for (slot, (a, b)) in zip(Self.slots, zip(code, other)) {
        guest.put([a], at: HartTestGuest.frame(0) + slot - 0x1000)
        // What the page at 0x3000 may become.
        if slot >> 12 == 3 { guest.put([b], at: HartTestGuest.frame(5) + (slot & 4095)) }
      }
    }
    let entry = (HartTestGuest.frame(5) >> 12) << 10 | 0xF
    twins.set(2, 0x11000)
    twins.set(28, UInt64(Code.addi(5, 5, 100).bits))
    twins.set(29, random.pick(Self.slots))
    twins.set(30, entry)
    twins.set(31, 0x20000 + PX(0, 0x3000) * 8)
    let start = random.pick(Self.slots)
    let handler = random.pick(Self.slots)
    twins.inBoth { hart in
      hart.pc = start
      hart.control.stvec = handler
      hart.control.medeleg = 0xFFFF
      hart.enter(.supervisor)
    }
    var limit: UInt64 = 0
    while limit < 3000 {
      limit += 1 + random.next() % 60
      let stops = (twins.fast.run(until: limit), twins.slow.run(until: limit))
      let states = (twins.fast.save(), twins.slow.save())
      try #require(stops.0 == stops.1, "program \(seed), at \(limit)")
      try #require(states.0 == states.1, "program \(seed), at \(limit)")
      guard stops.0 == .limit else { break }
      // Few programs get far by themselves.
      let next = random.pick(Self.slots)
      if random.once(in: 2) { twins.inBoth { hart in hart.pc = next } }
    }
    let (tables, pages) = (twins.agree(at: HartTestGuest.base, pages: 8), twins.agree(onFrames: 0..<12))
    #expect(tables && pages)
  }

  private static func program(_ random: inout SeededGenerator) -> [Code] {
    var code: [Code] = []
    while code.count < slots.count {
      let here = slots[code.count]
      let distance = Int(random.pick(slots)) - Int(here)
      switch random.next() % 16 {
      case 0, 1: code.append(.jal(0, distance))
      case 2: code.append(.jal(1, distance))
      case 3, 4: code.append(.jalr(0, 1, 0))
      case 5, 6:
        let pages = (distance + 0x800) >> 12
        code += [.auipc(1, UInt32(bitPattern: Int32(pages))), .jalr(1, 1, distance - pages << 12)]
      case 7: code.append(random.once(in: 4) ? .sw(28, 29, 0) : .addi(7, 7, 1))
      case 8: code.append(random.once(in: 4) ? .sfenceVma : .amo(1, 3, 30, 30, 31))
      case 9: code.append(.bne(5, 6, distance))
      case 10: code.append(random.once(in: 2) ? .sd(1, 2, 0) : .ld(1, 2, 0))
      case 11: code.append(.addi(6, 6, 3))
      default: code.append(.addi(5, 5, 1))
      }
    }
    return Array(code.prefix(slots.count))
  }

  /// A block that calls a function in the next page is decoded when that page has not been fetched from; and
  /// goes there later.
  @Test func aCallIsFollowedOnceItsPageIsKnown() throws {
    let guest = try HartTestGuest()
    var hart = guest.hart(
      running: [.auipc(1, 1), .jalr(1, 1, 0), .addi(5, 5, 1), .jal(0, -12)], fastPaths: .all)
    guest.put([.addi(6, 6, 1), .jalr(0, 1, 0)], at: HartTestGuest.frame(1))
    hart.satp = 0
    hart.pc = HartTestGuest.frame(0)
    #expect(hart.run(until: 60) == .limit)
    #expect((hart.register(5), hart.register(6)) == (10, 10))
    let block = hart.findBlock(at: HartTestGuest.frame(0))
    #expect(block?.pointee.second?.distance == 1)
    // The page is overwritten: the block is another one.
    guest.put([.addi(6, 6, 10)], at: HartTestGuest.frame(1))
    #expect(hart.run(until: 66) == .limit)
    #expect((hart.register(5), hart.register(6)) == (11, 20))
  }
  /// A block of one page does not lead to what was once behind a second one.
  @Test func aBranchLeadsToThePageAsItIs() throws {
    let guest = try HartTestGuest()
    var hart = guest.hart(running: [])
    let satp = hart.satp
    guest.map(satp, 0x1000, HartTestGuest.frame(0), flags: 0xE)
    guest.map(satp, 0x2000, HartTestGuest.frame(1), flags: 0xE)
    // To the call, by a branch; then for ever here.
    guest.put(
      [.bne(2, 0, 8), .jal(0, 0), .auipc(1, 1), .jalr(1, 1, -8), .jal(0, 0)], at: HartTestGuest.frame(0))
    for (frame, step) in [(1, 1), (2, 100)] {
      guest.put([.addi(6, 6, step), .jalr(0, 1, 0)], at: HartTestGuest.frame(frame))
    }
    hart.setRegister(2, 1)
    hart.enter(.supervisor)
    // The function first, so that its page is known.
    hart.setRegister(1, 0x1010)
    hart.pc = 0x2000
    for (n, sum) in [1, 2, 3, 4, 104, 204].enumerated() {
      if sum == 104 { guest.map(satp, 0x2000, HartTestGuest.frame(2), flags: 0xE) }
      #expect(hart.run(until: hart.retired + 100) == .limit)
      #expect(hart.register(6) == UInt64(sum), "pass \(n)")
      hart.pc = 0x1000
    }
  }
}
