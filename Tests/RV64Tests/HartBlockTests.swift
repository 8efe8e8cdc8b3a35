import Sv39MMU
import Testing

@testable import RV64

/// Blocks: exact limits, and decoded code that follows every store.
@Suite struct HartBlockTests {
  let guest: HartTestGuest
  init() throws { guest = try HartTestGuest() }

  private func encoded(_ code: Code) -> UInt64 { UInt64(code.bits) }

  @Test(arguments: 0...12) func aRunStopsExactlyAtTheLimit(limit: Int) {
    var hart = guest.hart(running: [
      .addi(5, 0, 1), .addi(5, 5, 1), .c(0x0285), .addi(5, 5, 1), .bne(0, 0, 8), .addi(5, 5, 1),
      .addi(5, 5, 1),
      .jal(0, 4), .addi(5, 5, 1), .addi(5, 5, 1), .ecall,
    ])
    // x5 after n instructions, and where the next one lies.
    let x5: [UInt64] = [0, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8]
    let pc: [UInt64] = [0, 4, 8, 10, 14, 18, 22, 26, 30, 34, 38].map { 0x1000 + $0 }
    let expected = min(limit, 10)
    #expect(hart.runUser(until: UInt64(limit)) == (limit <= 10 ? .limit : .trap(scause: 8, stval: 0)))
    #expect(hart.retired == UInt64(expected))
    #expect(hart.register(5) == x5[expected])
    #expect(hart.pc == pc[expected])
  }

  @Test func oneStepAtATimeIsTheSameAsOneRun() {
    // Sum of 1...100, by a loop.
    let code: [Code] = [.addi(6, 0, 100), .c(0x929A), .addi(6, 6, -1), .bne(6, 0, -6), .ecall]
    var whole = guest.hart(running: code)
    #expect(whole.runUser(until: 10_000) == .trap(scause: 8, stval: 0))
    #expect(whole.register(5) == 5050)
    #expect(whole.retired == 301)

    var stepped = guest.hart(running: code)
    var steps: UInt64 = 0
    while stepped.runUser(until: steps + 1) == .limit { steps += 1 }
    #expect(steps == whole.retired)
    #expect(stepped.register(5) == 5050)
    #expect(stepped.pc == whole.pc)
  }

  @Test func aStoreToTheNextInstructionIsSeenAtOnce() {
    // sw x6, 0(x7) changes the instruction right behind it, in the running block.
    var hart = guest.hart(running: [.sw(6, 7, 0), .addi(5, 0, 1), .addi(8, 0, 1), .ecall])
    hart.setRegister(6, encoded(.addi(5, 0, 2)))
    hart.setRegister(7, 0x1004)
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 2)
    #expect(hart.register(8) == 1)
    #expect(hart.retired == 3)
  }

  @Test(arguments: ["sb", "sh", "sw", "sd", "sw across the page", "amo", "sc"])
  func everyKindOfStoreChangesCode(kind: String) {
    // Two passes over the same line: x5 becomes 1, then the second halfword of the addi (its constant)
    // changes.
    let store: [Code] =
      switch kind {
      case "sb": [.sb(6, 7, 3)]
      case "sh": [.sh(6, 7, 2)]
      case "sw": [.sw(6, 7, 0)]
      case "sd": [.sd(6, 7, 0)]
      case "sw across the page": [.sw(6, 7, 0)]
      case "amo": [.amo(1, 2, 0, 6, 7)]
      default: [.lrW(0, 7), .scW(0, 6, 7)]
      }
    let crossing = kind == "sw across the page"
    // The changed instruction lies at 0x2000; if the store crosses, it begins two bytes before, in
    // padding.
    var hart = guest.hart(running: [.jalr(1, 8, 0)] + store + [.jalr(1, 8, 0), .ecall])
    guest.put([.addi(5, 0, 1), .jalr(0, 1, 0)], at: HartTestGuest.frame(1))
    let new = encoded(.addi(5, 0, 0x7F2))
    let after = encoded(.jalr(0, 1, 0))
    hart.setRegister(8, 0x2000)
    hart.setRegister(7, crossing ? 0x1FFE : 0x2000)
    switch kind {
    case "sb": hart.setRegister(6, new >> 24)
    case "sh": hart.setRegister(6, new >> 16)
    case "sd": hart.setRegister(6, new | after << 32)
    case "sw across the page": hart.setRegister(6, encoded(.addi(9, 0, 1)) << 16)
    default: hart.setRegister(6, new)
    }
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    switch kind {
    case "sb": #expect(hart.register(5) == 0x7F1)
    case "sw across the page": #expect(hart.register(9) == 1)
    default: #expect(hart.register(5) == 0x7F2)
    }
  }

  @Test func aHostWriteToCodeIsSeen() {
    var hart = guest.hart(running: [.addi(5, 0, 1), .ecall])
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 1)
    guest.memory.store32(HartTestGuest.frame(0), Code.addi(5, 0, 3).bits)
    hart.pc = 0x1000
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 3)
    guest.memory.fill(HartTestGuest.frame(0), count: 4096, with: 0)
    hart.pc = 0x1000
    #expect(hart.runUser(until: 100) == .trap(scause: 2, stval: 0))
  }

  @Test func dataBesideCodeDoesNotCostTheCode() {
    // A counter in the same page as the loop that counts: 1000 stores, and the code is decoded once.
    var hart = guest.hart(running: [
      .addi(6, 0, 1000), .ld(5, 7, 0), .addi(5, 5, 1), .sd(5, 7, 0), .addi(6, 6, -1), .bne(6, 0, -16), .ecall,
    ])
    hart.setRegister(7, 0x1800)
    #expect(hart.runUser(until: 100_000) == .trap(scause: 8, stval: 0))
    #expect(guest.memory.load64(HartTestGuest.frame(0) + 0x800) == 1000)
    #expect(guest.memory.code.invalidations == 0)
  }

  @Test func dataInAPageThatIsNoLongerCodeIsWritten() {
    // Code is overwritten by another store than the loop's, and the loop's stores go on, at any alignment.
    var hart = guest.hart(running: [
      .jalr(1, 8, 0), .sd(6, 8, 512), .sd(6, 8, 0), .sd(6, 8, 520), .sd(6, 8, 529), .amo(0, 3, 5, 6, 9),
      .ecall,
    ])
    guest.put([.addi(5, 0, 1), .jalr(0, 1, 0)], at: HartTestGuest.frame(1))
    hart.setRegister(6, 0x0102_0304_0506_0708)
    hart.setRegister(8, 0x2000)
    hart.setRegister(9, 0x2200)
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    let page = HartTestGuest.frame(1)
    #expect(
      [0, 520, 529].map { guest.memory.load64(page + $0) }
        == [UInt64](repeating: 0x0102_0304_0506_0708, count: 3))
    #expect(guest.memory.load64(page + 512) == 2 * 0x0102_0304_0506_0708)
    #expect(hart.register(5) == 0x0102_0304_0506_0708)
    #expect(guest.memory.code.invalidations == 1)
  }

  @Test func codeThatBecomesCodeAfterItsPageWasWrittenIsWatched() {
    // The page is first data (a store's translation is cached), then code, then written again.
    var hart = guest.hart(running: [
      .sw(6, 7, 0), .sw(9, 7, 4), .jalr(1, 7, 0), .sw(8, 7, 0), .jalr(1, 7, 0), .ecall,
    ])
    hart.setRegister(6, encoded(.addi(5, 5, 1)))
    hart.setRegister(8, encoded(.addi(5, 5, 16)))
    hart.setRegister(9, encoded(.jalr(0, 1, 0)))
    hart.setRegister(7, 0x10100)
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 17)
  }

  @Test func aPageMappedTwiceIsOneCode() {
    // The code at 0x2000 is also writable at 0x9000.
    var hart = guest.hart(running: [.jalr(1, 8, 0), .sw(6, 7, 0), .jalr(1, 8, 0), .jalr(1, 7, 0), .ecall])
    guest.map(hart.satp, 0x9000, HartTestGuest.frame(1))
    guest.put([.addi(5, 5, 1), .jalr(0, 1, 0)], at: HartTestGuest.frame(1))
    hart.setRegister(6, encoded(.addi(5, 5, 256)))
    hart.setRegister(7, 0x9000)
    hart.setRegister(8, 0x2000)
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 1 + 256 + 256)
  }

  @Test func codeRelativeToPCFollowsTheVirtualAddress() {
    // auipc x5, 0; jal x6, +4; ecall at two virtual addresses of one physical page, across two address
    // spaces.
    var hart = guest.hart(running: [.w(0x0000_0297), .jal(6, 4), .ecall])
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 0x1000)
    #expect(hart.register(6) == 0x1008)
    let other = guest.newAddressSpace()
    guest.map(other, 0x3F_FFFF_F000, HartTestGuest.frame(0))
    hart.satp = other
    hart.pc = 0x3F_FFFF_F000
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 0x3F_FFFF_F000)
    #expect(hart.register(6) == 0x3F_FFFF_F008)
    #expect(hart.pc == 0x3F_FFFF_F008)
  }

  @Test func anotherHartsStoresAreSeen() {
    var first = guest.hart(running: [.addi(5, 0, 1), .ecall])
    var second = guest.hart(running: [.addi(5, 0, 1), .ecall, .sw(6, 7, 0), .ecall])
    #expect(first.runUser(until: 100) == .trap(scause: 8, stval: 0))
    second.pc = 0x1008
    second.setRegister(6, encoded(.addi(5, 0, 9)))
    second.setRegister(7, 0x1000)
    #expect(second.runUser(until: 100) == .trap(scause: 8, stval: 0))
    first.pc = 0x1000
    #expect(first.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(first.register(5) == 9)
  }

  @Test func moreCodeThanTheArenaHoldsStillRuns() {
    // The same page of nops is rewritten and decoded again until the arena has been emptied more than once.
    var hart = guest.hart(running: [])
    var expected: UInt64 = 0
    for round in 0..<400 {
      guest.put([Code](repeating: .nop, count: 2046) + [.ecall], at: HartTestGuest.frame(0))
      hart.pc = 0x1000
      expected += 2046
      guard hart.runUser(until: .max) == .trap(scause: 8, stval: 0), hart.retired == expected else {
        Issue.record("round \(round): retired \(hart.retired), not \(expected)")
        return
      }
    }
  }
}
