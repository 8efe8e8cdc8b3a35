import Sv39MMU
import Testing

@testable import RV64

/// Loads and stores: alignment, pages, faults at each side, and that what faults does nothing.
@Suite struct HartMemoryTests {
  let guest: HartTestGuest
  init() throws { guest = try HartTestGuest() }

  /// A pattern in the two data pages at 0x10000, which lie apart in physical memory.
  private func fillData() {
    for i in 0..<8192 {
      let frame = HartTestGuest.frame(i < 4096 ? 8 : 20)
      guest.memory.store8(frame + UInt64(i & 4095), UInt8(truncatingIfNeeded: i * 7 + i >> 8))
    }
  }

  private func pattern(_ offset: Int, _ count: Int) -> UInt64 {
    (0..<count).reversed().reduce(0) { value, i in
      value << 8 | UInt64(UInt8(truncatingIfNeeded: (offset + i) * 7 + (offset + i) >> 8))
    }
  }

  private func hart(_ code: [Code]) -> Hart {
    let hart = guest.hart(running: code + [.ecall])
    guest.map(hart.satp, 0x11000, HartTestGuest.frame(20))
    fillData()
    return hart
  }

  @Test(
    arguments: [1, 2, 4, 8], [0, 1, 2, 3, 5, 7, 8, 4088, 4089, 4090, 4091, 4092, 4093, 4094, 4095, 4096])
  func loadsAndStoresOfAnyAlignment(size: Int, offset: Int) {
    let load: Code = [1: .lb(5, 7, 0), 2: .lh(5, 7, 0), 4: .lw(5, 7, 0), 8: .ld(5, 7, 0)][size] ?? .nop
    let store: Code = [1: .sb(6, 7, 0), 2: .sh(6, 7, 0), 4: .sw(6, 7, 0), 8: .sd(6, 7, 0)][size] ?? .nop
    var hart = hart([load, store, load])
    hart.setRegister(7, 0x10000 + UInt64(offset))
    hart.setRegister(6, 0x8877_6655_4433_2211)
    let shift = UInt64(64 - 8 * size)
    func extended(_ value: UInt64) -> UInt64 {
      UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
    }

    #expect(hart.runUser(until: 1) == .limit)
    #expect(hart.register(5) == extended(pattern(offset, size)))
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == extended(0x8877_6655_4433_2211))
    // The neighbours are as they were.
    for near in [offset - 1, offset + size] where near >= 0 {
      let frame = HartTestGuest.frame(near < 4096 ? 8 : 20)
      #expect(guest.memory.load8(frame + UInt64(near & 4095)) == UInt8(pattern(near, 1)))
    }
  }

  /// What lies at 0x10000 and 0x11000, and the fault of an access of 8 bytes at 0x10FFC.
  @Test(arguments: [
    (first: HartTestGuest.all, second: UInt64(0), loadStval: UInt64(0x11000), storeStval: UInt64(0x11000)),
    (0, HartTestGuest.all, 0x10FFC, 0x10FFC),
    (0, 0, 0x10FFC, 0x10FFC),
    (HartTestGuest.readWrite, HartTestGuest.readOnly, 0, 0x11000),
    (HartTestGuest.readOnly, HartTestGuest.readWrite, 0, 0x10FFC),
  ])
  func accessesAcrossPagesFaultAtTheRightSide(
    first: UInt64, second: UInt64, loadStval: UInt64, storeStval: UInt64
  ) {
    for (code, cause, stval) in [(Code.ld(5, 7, 0), 13, loadStval), (.sd(6, 7, 0), 15, storeStval)] {
      var hart = hart([code])
      guest.map(hart.satp, 0x10000, HartTestGuest.frame(8), flags: first)
      guest.map(hart.satp, 0x11000, HartTestGuest.frame(20), flags: second)
      hart.setRegister(5, 55)
      hart.setRegister(6, .max)
      hart.setRegister(7, 0x10FFC)
      if stval == 0 {
        #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
        #expect(hart.register(5) == pattern(0xFFC, 8))
      } else {
        #expect(hart.runUser(until: 100) == .trap(scause: UInt64(cause), stval: stval))
        #expect(hart.register(5) == 55)
        #expect(hart.pc == 0x1000)
        #expect(hart.retired == 0)
        #expect(guest.memory.load32(HartTestGuest.frame(8) + 0xFFC) == UInt32(pattern(0xFFC, 4)))
        #expect(guest.memory.load32(HartTestGuest.frame(20)) == UInt32(pattern(0x1000, 4)))
      }
    }
  }

  @Test func aFaultInTheMiddleOfABlockIsPrecise() {
    var hart = hart([.addi(5, 0, 1), .c(0x0285), .ld(5, 7, 16), .addi(5, 5, 1)])
    hart.setRegister(7, 0x4000_0000)
    #expect(hart.runUser(until: 100) == .trap(scause: 13, stval: 0x4000_0010))
    #expect(hart.walkFault == .invalid(level: 2))
    #expect(hart.pc == 0x1006)
    #expect(hart.retired == 2)
    #expect(hart.register(5) == 2)
    // The page appears, and the same instruction runs again.
    guest.map(hart.satp, 0x4000_0000, HartTestGuest.frame(8))
    #expect(hart.runUser(until: 100) == .trap(scause: 8, stval: 0))
    #expect(hart.walkFault == nil)
    #expect(hart.register(5) == pattern(16, 8) &+ 1)
    #expect(hart.retired == 4)
  }

  @Test func mappedAddressesWithoutRAMAreAccessFaults() {
    for (code, cause) in [
      (Code.ld(5, 7, 0), 5), (.sd(5, 7, 0), 7), (.lrD(5, 7), 5), (.amo(0, 3, 5, 6, 7), 7),
    ] {
      var hart = hart([code])
      guest.map(hart.satp, 0x12000, 0x1000_0000)
      hart.setRegister(7, 0x12008)
      #expect(hart.runUser(until: 100) == .trap(scause: UInt64(cause), stval: 0x12008))
    }
    var hart = hart([.jalr(0, 7, 0)])
    guest.map(hart.satp, 0x12000, 0x1000_0000)
    hart.setRegister(7, 0x12008)
    #expect(hart.runUser(until: 100) == .trap(scause: 1, stval: 0x12008))
    #expect(hart.pc == 0x12008)
    #expect(hart.retired == 1)
  }

  @Test func fetchFaults() {
    var hart = hart([.jalr(5, 7, 0)])
    hart.setRegister(7, 0x7000_0000)
    #expect(hart.runUser(until: 100) == .trap(scause: 12, stval: 0x7000_0000))
    #expect(hart.pc == 0x7000_0000)
    #expect(hart.register(5) == 0x1004)
    // Not executable; not canonical; falling off the end of a page.
    guest.map(hart.satp, 0x13000, HartTestGuest.frame(11), flags: HartTestGuest.readWrite)
    hart.pc = 0x13000
    #expect(hart.runUser(until: 100) == .trap(scause: 12, stval: 0x13000))
    hart.pc = 0x40_0000_0000
    #expect(hart.runUser(until: 100) == .trap(scause: 12, stval: 0x40_0000_0000))
    guest.put([.addi(5, 0, 7)], at: HartTestGuest.frame(3) + 4092)
    hart.pc = 0x4FFC
    #expect(hart.runUser(until: 100) == .trap(scause: 12, stval: 0x5000))
    #expect(hart.register(5) == 7)
    #expect(hart.pc == 0x5000)
  }

  // MARK: An instruction in two pages

  @Test func anInstructionAcrossTwoPages() {
    // Its halves lie in frames 0 and 30, which are no neighbours.
    var hart = guest.hart(running: [.addi(5, 5, 1), .addi(5, 5, 0x100), .ecall], at: 0x1FFA)
    guest.map(hart.satp, 0x2000, HartTestGuest.frame(30))
    let high = UInt16(truncatingIfNeeded: Code.addi(5, 5, 0x100).bits >> 16)
    guest.put([.c(high), .ecall], at: HartTestGuest.frame(30))
    for round in 1...3 {
      hart.pc = 0x1FFA
      #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
      #expect(hart.register(5) == UInt64(round) * 0x101)
      #expect(hart.pc == 0x2002)
      #expect(hart.retired == UInt64(round) * 2)
    }
    // Its second half changes by a store of the host, then by another mapping.
    guest.memory.store16(
      HartTestGuest.frame(30), UInt16(truncatingIfNeeded: Code.addi(5, 5, 0x200).bits >> 16))
    hart.setRegister(5, 0)
    hart.pc = 0x1FFA
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 0x201)
    guest.put(
      [.c(UInt16(truncatingIfNeeded: Code.addi(5, 5, 0x400).bits >> 16)), .ecall], at: HartTestGuest.frame(31)
    )
    guest.map(hart.satp, 0x2000, HartTestGuest.frame(31))
    hart.fence()
    hart.setRegister(5, 0)
    hart.pc = 0x1FFA
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 0x401)
  }

  @Test func aJumpAcrossTwoPagesFollowsItsSecondHalf() {
    // Nothing else of the second page is ever decoded: the jump leads back to 0x1800 or 0x1900.
    func halves(_ target: Int) -> (low: UInt16, high: UInt16) {
      let bits = Code.jal(0, target - 0x1FFE).bits
      return (UInt16(truncatingIfNeeded: bits), UInt16(truncatingIfNeeded: bits >> 16))
    }
    #expect(halves(0x1800).low == halves(0x1900).low)
    var hart = guest.hart(running: [.c(halves(0x1800).low), .c(halves(0x1800).high)], at: 0x1FFE)
    guest.put([.addi(5, 0, 8), .ecall], at: HartTestGuest.frame(0) + 0x800)
    guest.put([.addi(5, 0, 9), .ecall], at: HartTestGuest.frame(0) + 0x900)
    for (high, expected) in [(halves(0x1800).high, 8), (halves(0x1900).high, 9)] {
      guest.memory.store16(HartTestGuest.frame(1), high)
      hart.pc = 0x1FFE
      #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
      #expect(hart.register(5) == UInt64(expected))
    }
  }

  @Test func anInstructionWhoseSecondHalfIsMissingFaultsThere() {
    var hart = guest.hart(running: [.addi(5, 5, 1), .addi(5, 5, 1)], at: 0x1FFA)
    guest.map(hart.satp, 0x2000, 0, flags: 0)
    #expect(hart.runUser(until: 100) == .trap(scause: 12, stval: 0x2000))
    #expect(hart.pc == 0x1FFE)
    #expect(hart.retired == 1)
    #expect(hart.register(5) == 1)
    // A 16-bit instruction in the same place needs no second page.
    guest.put([.c(0x0285)], at: HartTestGuest.frame(0) + 0xFFE)
    #expect(hart.runUser(until: 100) == .trap(scause: 12, stval: 0x2000))
    #expect(hart.pc == 0x2000)
    #expect(hart.register(5) == 2)
  }

  // MARK: Address spaces

  @Test func satpSwitchesBetweenAddressSpaces() {
    var hart = hart([.ld(5, 7, 0)])
    let first = hart.satp
    let second = guest.newAddressSpace()
    guest.map(second, 0x1000, HartTestGuest.frame(0))
    guest.map(second, 0x10000, HartTestGuest.frame(20))
    hart.setRegister(7, 0x10000)
    for (satp, expected) in [(first, pattern(0, 8)), (second, pattern(0x1000, 8)), (first, pattern(0, 8))] {
      hart.satp = satp
      hart.pc = 0x1000
      #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
      #expect(hart.register(5) == expected)
    }
  }

  @Test func aFenceMakesChangedMappingsSeen() {
    var hart = hart([.ld(5, 7, 0), .sd(5, 7, 0)])
    hart.setRegister(7, 0x10000)
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    guest.map(hart.satp, 0x10000, HartTestGuest.frame(20), flags: HartTestGuest.readOnly)
    hart.fence()
    hart.pc = 0x1000
    #expect(hart.runUser(until: .max) == .trap(scause: 15, stval: 0x10000))
    #expect(hart.register(5) == pattern(0x1000, 8))
    guest.map(hart.satp, 0x1000, 0, flags: 0)
    hart.fence()
    hart.pc = 0x1000
    #expect(hart.runUser(until: .max) == .trap(scause: 12, stval: 0x1000))
  }

  @Test(arguments: [1, 255, 256, 257, 600]) func aFenceForgetsAnyNumberOfTranslations(pages: Int) {
    var hart = hart([
      .ld(5, 7, 0), .w(0x0055_0533), .w(0x0083_83B3), .addi(6, 6, -1), .bne(6, 0, -16),
    ])
    for (frame, value) in [(8, UInt64(3)), (20, 5)] {
      guest.memory.store64(HartTestGuest.frame(frame), value)
      for page in 0..<pages {
        guest.map(hart.satp, 0x20_0000 + UInt64(page) * 4096, HartTestGuest.frame(frame))
      }
      hart.fence()
      for (register, value) in [(6, UInt64(pages)), (7, 0x20_0000), (8, 4096), (10, 0)] {
        hart.setRegister(register, value)
      }
      hart.pc = 0x1000
      #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
      #expect(hart.register(10) == value * UInt64(pages))
    }
  }

  @Test func aFenceForgetsAnyNumberOfBlocks() {
    // A page of jumps to the next instruction: 1024 blocks. The other page differs in the last.
    let jumps = [Code](repeating: .jal(0, 4), count: 1023)
    var hart = guest.hart(running: jumps + [.jal(0, 4), .ecall])
    guest.put(jumps + [.addi(5, 0, 1)], at: HartTestGuest.frame(30))
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 0)
    guest.map(hart.satp, 0x1000, HartTestGuest.frame(30))
    hart.fence()
    hart.pc = 0x1000
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 1)
    #expect(hart.retired == 2048)
  }

  @Test func satpTakesBareAndSv39Only() {
    var hart = Hart(memory: guest.memory)
    let sv39: UInt64 = 8 << 60 | 0x80000
    hart.satp = sv39
    hart.satp = 9 << 60 | 0x1234
    #expect(hart.satp == sv39)
    hart.satp = 0
    #expect(hart.satp == 0)
    // Without translation addresses are physical, also in U mode.
    guest.put([.ld(5, 7, 0), .ecall], at: HartTestGuest.frame(0))
    guest.memory.store64(HartTestGuest.frame(1), 77)
    hart.pc = HartTestGuest.frame(0)
    hart.setRegister(7, HartTestGuest.frame(1))
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 77)
  }

  @Test func storesSetDirtyAndLoadsOnlyAccessed() {
    var hart = hart([.ld(5, 7, 0), .sd(5, 7, 0)])
    hart.setRegister(7, 0x10000)
    func entry() -> UInt64 {
      let result = Sv39.walk(
        memory: guest.memory, root: (hart.satp & 0xFFF_FFFF_FFFF) << 12, va: 0x10000, access: .load,
        privilege: .user, sum: false, mxr: false, updateAD: false)
      if case .translated(let found) = result { return found.pte.rawValue & 0xC0 }
      return .max
    }
    #expect(entry() == 0)
    #expect(hart.runUser(until: 1) == .limit)
    #expect(entry() == 0x40)
    #expect(hart.runUser(until: 2) == .limit)
    #expect(entry() == 0xC0)
  }

  // MARK: Registers

  @Test func x0StaysZero() {
    var hart = hart([
      .addi(0, 0, 5), .ld(0, 7, 0), .jalr(0, 8, 0), .ecall, .amo(0, 3, 0, 6, 7), .addi(5, 0, 0),
    ])
    hart.setRegister(0, 99)
    hart.setRegister(5, 1)
    hart.setRegister(7, 0x10000)
    hart.setRegister(8, 0x1010)
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.pc == 0x1018)
    #expect(hart.register(0) == 0)
    #expect(hart.register(5) == 0)
  }

  @Test func registersTravelThroughMemoryInTrapframeOrder() {
    var hart = hart([])
    for n in 0..<32 { hart.setRegister(n, UInt64(n) * 3) }
    let frame = HartTestGuest.frame(40)
    hart.saveRegisters(to: frame)
    for n in 1..<32 { #expect(guest.memory.load64(frame + UInt64(n - 1) * 8) == UInt64(n) * 3) }
    guest.memory.store64(frame + 9 * 8, 1234)
    hart.loadRegisters(from: frame)
    #expect(hart.register(10) == 1234)
    #expect(hart.register(31) == 93)
    #expect(hart.register(0) == 0)
    hart.loadRegisters(from: 0)
    #expect(hart.register(31) == 93)
  }

  // MARK: LR, SC, AMO

  @Test func storeConditionalNeedsItsReservation() {
    // lr, sc (succeeds); sc again (fails); lr.w then sc.d (fails); lr, a store to the place, sc (fails).
    var hart = hart([
      .lrD(10, 7), .scD(11, 6, 7), .scD(12, 8, 7), .lrW(13, 7), .scD(14, 8, 7), .lrD(15, 7), .sd(8, 7, 0),
      .scD(16, 6, 7), .lrW(17, 7), .addi(9, 7, 4), .scW(18, 8, 9), .ld(19, 7, 0),
    ])
    hart.setRegister(6, 600)
    hart.setRegister(7, 0x10000)
    hart.setRegister(8, 800)
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect([11, 12, 14, 16, 18].map { hart.register($0) } == [0, 1, 1, 1, 1])
    #expect(hart.register(10) == pattern(0, 8))
    #expect(hart.register(13) == 600)
    #expect(hart.register(15) == 600)
    #expect(hart.register(19) == 800)
  }

  @Test func aTrapDropsTheReservation() {
    var hart = hart([.lrD(10, 7), .ecall, .scD(11, 6, 7)])
    hart.setRegister(7, 0x10000)
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    hart.pc += 4
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(11) == 1)
    // A limit between the two does not: time slices must not starve a program.
    hart.pc = 0x1000
    guest.put([.nop, .nop], at: HartTestGuest.frame(0) + 4)
    #expect(hart.runUser(until: hart.retired + 2) == .limit)
    #expect(hart.runUser(until: .max) == .trap(scause: 8, stval: 0))
    #expect(hart.register(11) == 0)
  }

  @Test(arguments: 1...7) func misalignedAtomicsTrap(offset: Int) {
    let words: [Code] = [.lrW(5, 7), .scW(5, 6, 7), .amo(0, 2, 5, 6, 7)]
    let doubles: [Code] = [.lrD(5, 7), .scD(5, 6, 7), .amo(0, 3, 5, 6, 7)]
    for (code, cause) in zip(doubles + (offset % 4 == 0 ? [] : words), [4, 6, 6, 4, 6, 6]) {
      var hart = hart([code])
      hart.setRegister(5, 5)
      hart.setRegister(7, 0x10000 + UInt64(offset))
      #expect(hart.runUser(until: .max) == .trap(scause: UInt64(cause), stval: 0x10000 + UInt64(offset)))
      #expect(hart.register(5) == 5)
      #expect(hart.retired == 0)
    }
  }

  @Test func atomicsOnReadOnlyPagesAreStoreFaults() {
    for (code, cause) in [(Code.amo(0, 3, 5, 6, 7), 15), (.amo(1, 2, 5, 6, 7), 15), (.lrD(5, 7), 8)] {
      var hart = hart([code])
      guest.map(hart.satp, 0x10000, HartTestGuest.frame(8), flags: HartTestGuest.readOnly)
      hart.setRegister(7, 0x10000)
      #expect(hart.runUser(until: .max) == .trap(scause: UInt64(cause), stval: cause == 8 ? 0 : 0x10000))
    }
    var hart = hart([.lrD(5, 7), .scD(6, 5, 7)])
    guest.map(hart.satp, 0x10000, HartTestGuest.frame(8), flags: HartTestGuest.readOnly)
    hart.setRegister(7, 0x10000)
    #expect(hart.runUser(until: .max) == .trap(scause: 15, stval: 0x10000))
  }
}
