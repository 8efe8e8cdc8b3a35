import Sv39MMU
import Testing

@testable import RV64

/// Physical memory protection, by entries alone and as a hart meets it.
@Suite struct HartPMPTests {
  private static let topOfRange: UInt64 = 1 << 3
  private static let naturallyAligned4: UInt64 = 2 << 3
  private static let naturallyAligned: UInt64 = 3 << 3
  private static let locked: UInt64 = 1 << 7

  @Test(
    arguments: [
      // xv6's: everything, by the top of one range.
      ([0x3F_FFFF_FFFF_FFFF], topOfRange | 7, 0x8000_0000, 7),
      // One page; two pages; all there is.
      ([0x2000_0000 | 0x1FF], naturallyAligned | 1, 0x8000_0FF8, 1),
      ([0x2000_0000 | 0x1FF], naturallyAligned | 1, 0x8000_1000, 0),
      ([0x2000_0000 | 0x3FF], naturallyAligned | 1, 0x8000_1000, 1),
      ([0x2000_0000 | 0x3FF], naturallyAligned | 1, 0x8000_2000, 0),
      ([0x3F_FFFF_FFFF_FFFF], naturallyAligned | 5, 0x8000_0000, 5),
      // Eight bytes; four are not enough for all eight.
      ([0x2000_0000], naturallyAligned | 3, 0x8000_0000, 3),
      ([0x2000_0000], naturallyAligned | 3, 0x8000_0008, 0),
      ([0x2000_0000], naturallyAligned4 | 3, 0x8000_0000, 0),
      // A range between two addresses; an empty one; one below.
      ([0x2000_0000, 0x2000_0800], (topOfRange | 7) << 8, 0x8000_1FF8, 7),
      ([0x2000_0000, 0x2000_0801], (topOfRange | 7) << 8, 0x8000_2000, 0),
      ([0x2000_0000, 0x2000_0800], (topOfRange | 7) << 8, 0x7FFF_F000, 0),
      ([0x2000_0800, 0x2000_0000], (topOfRange | 7) << 8, 0x8000_1000, 0),
      // The first match decides.
      (
        [0x2000_0000 | 0x1FF, 0x3F_FFFF_FFFF_FFFF], naturallyAligned | (naturallyAligned | 7) << 8,
        0x8000_0000, 0
      ),
      ([0x2000_0400, 0x3F_FFFF_FFFF_FFFF], naturallyAligned4 | (naturallyAligned | 7) << 8, 0x8000_0FF8, 7),
      // W without R is reserved and gives neither.
      ([0x3F_FFFF_FFFF_FFFF], naturallyAligned | 2, 0x8000_0000, 0),
    ] as [([UInt64], UInt64, UInt64, UInt64)])
  func whatEntriesPermit(addresses: [UInt64], configuration: UInt64, address: UInt64, permissions: UInt64) {
    var pmp = PMP()
    for (i, address) in addresses.enumerated() { pmp.setAddress(i, address) }
    pmp.setConfiguration(from: 0, configuration)
    for mode in [PrivilegeMode.user, .supervisor] {
      #expect(pmp.allows(.load, address, count: 8, mode: mode) == (permissions & 1 != 0))
      #expect(pmp.allows(.store, address, count: 8, mode: mode) == (permissions & 2 != 0))
      #expect(pmp.allows(.fetch, address, count: 8, mode: mode) == (permissions & 4 != 0))
    }
  }

  /// Four bytes at 0x80000004 by an open entry, and everything by a later one: what touches both is refused,
  /// in M mode too.
  @Test(arguments: [UInt64(0x8000_0000), 0x8000_0004, 0x8000_0008], [1, 2, 4, 8])
  func anAccessThatOneEntryDoesNotCoverIsRefused(address: UInt64, count: Int) {
    var pmp = PMP()
    pmp.setAddress(0, 0x2000_0001)
    pmp.setAddress(1, .max)
    pmp.setConfiguration(from: 0, Self.naturallyAligned4 | 7 | (Self.naturallyAligned | 7) << 8)
    let touchesBoth = count == 8 && address != 0x8000_0008
    for mode in PrivilegeMode.allCases {
      #expect(pmp.allows(.load, address, count: count, mode: mode) != touchesBoth)
    }
    #expect(pmp.divides(page: 0x8000_0000))
    #expect(!pmp.divides(page: 0x8000_1000))
  }

  @Test func lockedEntriesBindMachineModeAndStay() {
    var pmp = PMP()
    pmp.setAddress(0, 0x2000_0000)
    pmp.setAddress(1, 0x2000_0400)
    let locked = (Self.topOfRange | Self.locked | 1) << 8
    pmp.setConfiguration(from: 0, locked)
    #expect(pmp.allows(.load, 0x8000_0000, count: 8, mode: .machine))
    #expect(!pmp.allows(.store, 0x8000_0000, count: 8, mode: .machine))
    #expect(pmp.allows(.store, 0x8000_1000, count: 8, mode: .machine))
    // Neither it, nor its address, nor its bottom's address changes; the entry below it does.
    pmp.setConfiguration(from: 0, 7)
    #expect(pmp.configuration(from: 0) == locked | 7)
    pmp.setAddress(0, 0)
    pmp.setAddress(1, 0)
    #expect(pmp.address(0) == 0x2000_0000)
    #expect(pmp.address(1) == 0x2000_0400)
  }

  @Test(arguments: [0, topOfRange, naturallyAligned4, naturallyAligned])
  func addressesReadAsWrittenInEveryMode(mode: UInt64) {
    var pmp = PMP()
    pmp.setConfiguration(from: 8, mode << 56)
    #expect(pmp.configuration(from: 8) == mode << 56)
    pmp.setAddress(15, .max)
    #expect(pmp.address(15) == 0x3F_FFFF_FFFF_FFFF)
    pmp.setAddress(15, 1)
    #expect(pmp.address(15) == 1)
  }

  /// A hart in S mode with Sv39, which loads from, then stores to 0x10000.
  private func hart(_ guest: HartTestGuest) -> Hart {
    var hart = guest.hart(running: [.ld(5, 7, 0), .sd(5, 7, 0), .jal(0, 0)])
    for (va, frame) in [(UInt64(0x1000), 0), (0x10000, 8)] {
      guest.map(hart.satp, va, HartTestGuest.frame(frame), flags: 0xE)
    }
    guest.put([.wfi], at: HartTestGuest.frame(1))
    hart.writeCSR(.mtvec, HartTestGuest.frame(1))
    hart.setRegister(7, 0x10000)
    hart.enter(.supervisor)
    return hart
  }

  /// The first trap of a hart that runs four instructions: its `mcause`, 0 for none.
  private func firstCause(_ hart: inout Hart) -> UInt64 {
    _ = hart.run(until: hart.retired + 4)
    return hart.readCSR(.mcause)
  }

  @Test func aHartWithoutEntriesIsStrictOrNot() throws {
    let guest = try HartTestGuest()
    var lenient = hart(guest)
    #expect(firstCause(&lenient) == 0)
    var strict = hart(guest)
    strict.allowsWithoutPMP = false
    #expect(firstCause(&strict) == 1)
    // As xv6 opens all memory.
    var open = hart(guest)
    open.allowsWithoutPMP = false
    open.writeCSR(.pmpaddr0, 0x3F_FFFF_FFFF_FFFF)
    open.writeCSR(.pmpcfg0, 0xF)
    #expect(open.readCSR(.pmpcfg0) == 0xF)
    #expect(firstCause(&open) == 0)
  }

  /// What the pages of code, of data and of the page tables are given, and what is refused with which cause.
  @Test(arguments: [
    (code: UInt64(7), data: UInt64(7), tables: UInt64(7), cause: UInt64(0)), (3, 7, 7, 1), (4, 3, 3, 0),
    (7, 1, 7, 7),
    (7, 0, 7, 5), (7, 7, 0, 1), (7, 7, 1, 1),
  ])
  func accessesAndWalksAreRefused(code: UInt64, data: UInt64, tables: UInt64, cause: UInt64) throws {
    let guest = try HartTestGuest()
    var hart = hart(guest)
    func page(_ physical: UInt64) -> UInt64 { physical >> 2 | 0x1FF }
    hart.writeCSR(.pmpaddr0, page(HartTestGuest.frame(0)))
    hart.writeCSR(.pmpaddr1, page(HartTestGuest.frame(8)))
    // The first MiB holds the page tables only; the rest of RAM is open.
    hart.writeCSR(.pmpaddr2, HartTestGuest.base >> 2 | (1 << 17 - 1))
    hart.writeCSR(.pmpaddr3, .max)
    let mode = Self.naturallyAligned
    let all = (mode | code) | (mode | data) << 8 | (mode | tables) << 16 | (mode | 7) << 24
    hart.writeCSR(.pmpcfg0, all)
    #expect(firstCause(&hart) == cause)
  }

  @Test func aChangeIsSeenAtOnce() throws {
    let guest = try HartTestGuest()
    var hart = hart(guest)
    #expect(hart.run(until: 2) == .limit)
    hart.pc = 0x1000
    hart.writeCSR(.pmpaddr0, HartTestGuest.frame(8) >> 2 | 0x1FF)
    hart.writeCSR(.pmpaddr1, .max)
    let all = Self.naturallyAligned | 1 | (Self.naturallyAligned | 7) << 8
    hart.writeCSR(.pmpcfg0, all)
    #expect(firstCause(&hart) == 7)
    #expect(hart.readCSR(.mtval) == 0x10000)
    #expect(hart.readCSR(.mepc) == 0x1004)
  }

  /// Each instruction of a page that protection divides is fetched by its own right, also if the page's
  /// code was decoded before, and each access to it is looked at.
  @Test func accessesWithinAPageMayDiffer() throws {
    let guest = try HartTestGuest()
    var hart = hart(guest)
    #expect(hart.run(until: 3) == .limit)
    hart.pc = 0x1000
    // The load may be fetched, the store may not; the doubleword may be read.
    hart.writeCSR(.pmpaddr0, HartTestGuest.frame(0) >> 2)
    hart.writeCSR(.pmpaddr1, HartTestGuest.frame(8) >> 2)
    hart.writeCSR(.pmpaddr2, HartTestGuest.base >> 2 | (1 << 17 - 1))
    let (na4, napot) = (Self.naturallyAligned4, Self.naturallyAligned)
    hart.writeCSR(.pmpcfg0, na4 | 4 | (napot | 1) << 8 | (napot | 7) << 16)
    #expect(firstCause(&hart) == 1)
    #expect(hart.readCSR(.mepc) == 0x1004)
    // One word of it may not be.
    hart.writeCSR(.pmpcfg0, na4 | 4 | (na4 | 1) << 8 | (napot | 7) << 16)
    hart.pc = 0x1000
    hart.enter(.supervisor)
    #expect(firstCause(&hart) == 5)
    #expect(hart.readCSR(.mepc) == 0x1000)
  }

  /// The two halves of an instruction are fetched each by its own right; the second's address is the trap's
  /// value.
  @Test func halvesOfAnInstructionAreFetchedApart() throws {
    let guest = try HartTestGuest()
    var hart = hart(guest)
    guest.put([.c(0x0001), .addi(5, 0, 1), .jal(0, 0)], at: HartTestGuest.frame(0))
    hart.writeCSR(.pmpaddr0, HartTestGuest.frame(0) >> 2)
    hart.writeCSR(.pmpaddr1, HartTestGuest.base >> 2 | (1 << 17 - 1))
    hart.writeCSR(.pmpcfg0, Self.naturallyAligned4 | 4 | (Self.naturallyAligned | 7) << 8)
    #expect(firstCause(&hart) == 1)
    #expect(hart.readCSR(.mepc) == 0x1002)
    #expect(hart.readCSR(.mtval) == 0x1004)
  }
}
