import Sv39MMU
import Testing

@testable import RV64

/// Physical memory protection, by entries alone and as a hart meets it.
@Suite struct HartPMPTests {
  private static let topOfRange: UInt64 = 1 << 3
  private static let naturallyAligned: UInt64 = 3 << 3
  private static let locked: UInt64 = 1 << 7

  @Test(
    arguments: [
      // xv6's: everything, by the top of one range.
      ([0x3F_FFFF_FFFF_FFFF], topOfRange | 7, 0x8000_0000, 7),
      // One page; two pages; all there is.
      ([0x2000_0000 | 0x1FF], naturallyAligned | 1, 0x8000_0000, 1),
      ([0x2000_0000 | 0x1FF], naturallyAligned | 1, 0x8000_1000, 0),
      ([0x2000_0000 | 0x3FF], naturallyAligned | 1, 0x8000_1000, 1),
      ([0x2000_0000 | 0x3FF], naturallyAligned | 1, 0x8000_2000, 0),
      ([0x3F_FFFF_FFFF_FFFF], naturallyAligned | 5, 0x8000_0000, 5),
      // Less than a page counts as the page.
      ([0x2000_0000], naturallyAligned | 3, 0x8000_0000, 3),
      // A range between two addresses; an empty one; one below.
      ([0x2000_0000, 0x2000_0800], (topOfRange | 7) << 8, 0x8000_1000, 7),
      ([0x2000_0000, 0x2000_0800], (topOfRange | 7) << 8, 0x8000_2000, 0),
      ([0x2000_0000, 0x2000_0800], (topOfRange | 7) << 8, 0x7FFF_F000, 0),
      ([0x2000_0800, 0x2000_0000], (topOfRange | 7) << 8, 0x8000_1000, 0),
      // The first match decides.
      (
        [0x2000_0000 | 0x1FF, 0x3F_FFFF_FFFF_FFFF], naturallyAligned | (naturallyAligned | 7) << 8,
        0x8000_0000, 0
      ),
      // W without R is reserved and gives neither; NA4 is not taken.
      ([0x3F_FFFF_FFFF_FFFF], naturallyAligned | 2, 0x8000_0000, 0),
      ([0x2000_0000], 2 << 3 | 7, 0x8000_0000, 0),
    ] as [([UInt64], UInt64, UInt64, UInt64)])
  func whatEntriesPermit(addresses: [UInt64], configuration: UInt64, page: UInt64, permissions: UInt64) {
    var pmp = PMP()
    for (i, address) in addresses.enumerated() { pmp.setAddress(i, address) }
    pmp.setConfiguration(from: 0, configuration)
    for mode in [PrivilegeMode.user, .supervisor] {
      #expect(pmp.allows(.load, page: page, mode: mode) == (permissions & 1 != 0))
      #expect(pmp.allows(.store, page: page, mode: mode) == (permissions & 2 != 0))
      #expect(pmp.allows(.fetch, page: page, mode: mode) == (permissions & 4 != 0))
    }
    for access in Access.allCases { #expect(pmp.allows(access, page: page, mode: .machine)) }
  }

  @Test func lockedEntriesBindMachineModeAndStay() {
    var pmp = PMP()
    pmp.setAddress(0, 0x2000_0000)
    pmp.setAddress(1, 0x2000_0400)
    let locked = (Self.topOfRange | Self.locked | 1) << 8
    pmp.setConfiguration(from: 0, locked)
    #expect(pmp.allows(.load, page: 0x8000_0000, mode: .machine))
    #expect(!pmp.allows(.store, page: 0x8000_0000, mode: .machine))
    #expect(pmp.allows(.store, page: 0x8000_1000, mode: .machine))
    // Neither it, nor its address, nor its bottom's address changes; the entry below it does.
    pmp.setConfiguration(from: 0, 7)
    #expect(pmp.configuration(from: 0) == locked | 7)
    pmp.setAddress(0, 0)
    pmp.setAddress(1, 0)
    #expect(pmp.address(0) == 0x2000_0000)
    #expect(pmp.address(1) == 0x2000_0400)
  }

  @Test func addressesReadAsTheirGranularitySays() {
    var pmp = PMP()
    pmp.setAddress(15, .max)
    #expect(pmp.address(15) == 0x3F_FFFF_FFFF_FC00)
    pmp.setConfiguration(from: 8, Self.naturallyAligned << 56)
    #expect(pmp.configuration(from: 8) == Self.naturallyAligned << 56)
    pmp.setAddress(15, 0)
    #expect(pmp.address(15) == 0x1FF)
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
}
