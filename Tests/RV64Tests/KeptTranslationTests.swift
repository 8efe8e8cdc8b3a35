import Sv39MMU
import TestSupport
import Testing

@testable import RV64

/// Cached translations agree with the page tables in memory at every moment, whoever writes to them, with a
/// fence or without: as if there were no cache.
@Suite struct KeptTranslationTests {
  private static let spaces = 20
  private static let pages = 12
  private static let va: UInt64 = 0x10000

  /// Loads, stores, jumps to the page at x8, and comes back to an `ecall`; each may trap.
  private static let program: [Code] = [
    .ld(5, 9, 0), .addi(5, 5, 1), .sd(5, 9, 8), .lw(6, 10, 0), .sb(5, 10, 5), .jalr(1, 8, 0), .ecall,
  ]
  /// What a page begins with that is jumped to.
  private static let target: [Code] = [.addi(7, 7, 3), .jalr(0, 1, 0)]

  private static func prepare(_ guest: HartTestGuest) -> [UInt64] {
    for frame in 0..<pages { guest.put(target, at: HartTestGuest.frame(16 + frame)) }
    guest.put(program, at: HartTestGuest.frame(0))
    return (0..<spaces).map { _ in
      let satp = guest.newAddressSpace()
      guest.map(satp, 0x1000, HartTestGuest.frame(0))
      guest.map(satp, va, HartTestGuest.frame(16))
      return satp
    }
  }

  /// What the host, standing for a kernel, does to the tables of one space; the same for both harts.
  private static func change(_ guest: HartTestGuest, _ satp: UInt64, _ random: inout SeededGenerator) {
    let memory = guest.memory
    let page = va + random.next() % UInt64(pages) * 4096
    let frame = HartTestGuest.frame(16 + Int(random.next() % UInt64(pages)))
    let leaf = guest.leafTable(satp, va)
    let entry = leaf + PX(0, page) * 8
    switch random.next() % 12 {
    case 0...4: guest.map(satp, page, frame, flags: random.pick([0x1E, 0x1E, 0x12, 0x16, 0x18, 0x0E]))
    case 5, 6: guest.map(satp, page, frame, flags: 0)
    case 7: memory.store8(entry, memory.load8(entry) & ~UInt8(random.next() & 0xDF))
    case 8: memory.store32(entry, UInt32((frame >> 12) << 10) | 0x1F)
    // A whole table goes, in one write or entry by entry; the code goes with it.
    case 9:
      memory.fill(leaf, count: 4096, with: random.once(in: 2) ? 1 : 0)
      guest.map(satp, 0x1000, HartTestGuest.frame(0))
    // The way to the table is another: level 1 now leads to a copy of the leaf table.
    case 10:
      let copy = HartTestGuest.frame(40 + Int(random.next() % 8))
      memory.copy(from: leaf, to: copy, count: 4096)
      let root = (satp & 0xFFF_FFFF_FFFF) << 12
      let middle = memory.load64(root + PX(2, va) * 8) >> 10
      memory.store64(middle << 12 + PX(1, va) * 8, (copy >> 12) << 10 | 1)
    // The data is code, or a table, or one page under two names.
    default: guest.map(satp, page, random.pick([HartTestGuest.frame(0), leaf, frame]), flags: 0x1E)
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>) func followEveryWrite(seed: UInt64) throws {
    var twins = try HartTwins(running: [], without: .all)
    let spaces = (Self.prepare(twins.guests.0), Self.prepare(twins.guests.1))
    try #require(spaces.0 == spaces.1)
    var random = SeededGenerator(seed: seed)
    var traps = Set<UInt64>()
    for round in 0..<400 {
      // Mostly a few spaces, as xv6 goes to and fro, sometimes more than are kept.
      let satp = spaces.0[Int(random.next() % UInt64(round % 50 < 40 ? 4 : Self.spaces))]
      if random.once(in: 2) {
        var (a, b) = (random, random)
        Self.change(twins.guests.0, satp, &a)
        Self.change(twins.guests.1, satp, &b)
        random = a
      }
      func data() -> UInt64 {
        Self.va + random.next() % UInt64(Self.pages) * 4096 + 64 + random.next() % 500 * 8
      }
      for (n, value) in [(8, data() & ~4095), (9, data()), (10, data())] { twins.set(n, value) }
      twins.fast.satp = satp
      twins.slow.satp = satp
      // Only the slow hart gets a fence, which forgets all that it has.
      twins.slow.fence()
      twins.fast.pc = 0x1000
      twins.slow.pc = 0x1000
      let stop = try twins.run(until: twins.fast.retired + 10, "seed \(seed), round \(round)")
      if case .trap(let cause, _) = stop { traps.insert(cause) }
      if round % 40 == 0 {
        let same = twins.agree(onFrames: 0..<48)
        try #require(same, "seed \(seed), round \(round)")
      }
    }
    #expect(traps.isSuperset(of: [8, 12, 13, 15]), "the program must meet every fault: \(traps)")
  }

  @Test func aNewEntryDisturbsNobody() throws {
    let guest = try HartTestGuest()
    var hart = guest.hart(running: [.ld(5, 9, 0), .ecall])
    hart.setRegister(9, 0x10000)
    #expect(hart.runUser(until: 10) == .trap(scause: 8, stval: 0))
    let before = guest.memory.watch.log.count
    guest.map(hart.satp, 0x20000, HartTestGuest.frame(8))
    #expect(guest.memory.watch.log.count == before)
    guest.map(hart.satp, 0x10000, HartTestGuest.frame(9))
    #expect(guest.memory.watch.log.count == before + 1)
  }

  @Test func whoHasNotListenedForLongKnowsNothing() throws {
    let guest = try HartTestGuest()
    var hart = guest.hart(running: [.ld(5, 9, 0), .addi(9, 9, 0), .ecall])
    hart.setRegister(9, 0x10000)
    guest.memory.store64(HartTestGuest.frame(9), 99)
    #expect(hart.runUser(until: 10) == .trap(scause: 8, stval: 0))
    for n in 0..<2000 { guest.map(hart.satp, 0x10000, HartTestGuest.frame(8 + n % 2)) }
    hart.pc = 0x1000
    #expect(hart.runUser(until: 20) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 99)
  }

  /// A device that a store has just set to work writes to memory before the next instruction.
  @Test func aDeviceChangesATableInTheMiddleOfATurn() throws {
    let guest = try HartTestGuest()
    let device = Device(memory: guest.memory)
    let code: [Code] = [.ld(5, 9, 0), .sd(5, 10, 0), .ld(6, 9, 0), .ecall]
    let satp = guest.hart(running: code).satp
    guest.map(satp, 0x20000, 0x1000_0000)
    guest.memory.store64(HartTestGuest.frame(8), 1)
    guest.memory.store64(HartTestGuest.frame(9), 2)
    device.entry = guest.leafTable(satp, 0x10000) + PX(0, 0x10000) * 8
    device.value = (HartTestGuest.frame(9) >> 12) << 10 | HartTestGuest.all | 1
    var hart = Hart(memory: guest.memory, bus: device)
    hart.satp = satp
    hart.pc = 0x1000
    hart.setRegister(9, 0x10000)
    hart.setRegister(10, 0x20000)
    #expect(hart.runUser(until: 10) == .trap(scause: 8, stval: 0))
    #expect(hart.register(5) == 1)
    #expect(hart.register(6) == 2)
  }

  /// Writes `value` to RAM at `entry` when anything is stored to it.
  private final class Device: PhysicalBus {
    let memory: PhysicalMemory
    var entry: UInt64 = 0
    var value: UInt64 = 0

    init(memory: PhysicalMemory) { self.memory = memory }

    func read(_ address: UInt64, size: Int, hart: UInt64, time: UInt64) -> BusAnswer { .fault }
    func write(_ address: UInt64, size: Int, _ value: UInt64, hart: UInt64, time: UInt64) -> Bool {
      memory.store64(entry, self.value)
      return true
    }
    func signals(hart: UInt64) -> HartSignals { HartSignals(lines: 0, timerCompare: .max, stop: false) }
    func userTrap(_ trap: UserTrap) {}
  }
}
