import Sv39MMU
import TestSupport
import Testing

@testable import RV64

/// The hart tells each way into user mode and out of it, and the places of a program that are executed.
@Suite struct UserWatchTests {
  /// Notes what it hears.
  private final class Watcher: UserWatcher, @unchecked Sendable {
    var entries: [UInt64] = []
    var exits: [(pc: UInt64, cause: UInt64)] = []
    var reached: [UInt64] = []
    var closes: PlaceMap?

    func entered(_ crossing: UserCrossing) { entries.append(crossing.pc) }
    func left(_ crossing: UserCrossing, cause: UInt64) { exits.append((crossing.pc, cause)) }
    func reached(_ pc: UInt64, satp: UInt64, hart: UInt64) {
      reached.append(pc)
      closes?.close(pc)
    }
  }

  /// Counts x5 down from 3 to 0, and then jumps over one instruction.
  private static let code: [Code] = [
    .addi(5, 0, 3), .addi(5, 5, -1), .bne(5, 0, -4), .jal(0, 8), .addi(6, 6, 1), .addi(7, 7, 1), .ecall,
  ]
  private static let start: UInt64 = 0x1000
  private static func text(_ guest: HartTestGuest) -> [UInt8] {
    (0..<28).map { guest.memory.load8(HartTestGuest.frame(0) + $0) }
  }

  private func run(
    places: [UInt64], closing: Bool = false, fastPaths: FastPaths = .standard,
    change: (HartTestGuest) -> Void = { _ in }
  ) throws -> (watcher: Watcher, retired: UInt64, x7: UInt64) {
    let guest = try HartTestGuest()
    var hart = guest.hart(running: Self.code, fastPaths: fastPaths)
    let map = PlaceMap(text: Self.text(guest), at: Self.start, places: places)
    change(guest)
    let watcher = Watcher()
    if closing { watcher.closes = map }
    hart.watcher = watcher
    hart.places = map
    #expect(hart.runUser(until: 1000) == .trap(scause: 8, stval: 0))
    return (watcher, hart.retired, hart.register(7))
  }

  @Test(arguments: [FastPaths.standard, []])
  func `a place is told each time that it is executed, until it is closed`(fastPaths: FastPaths) throws {
    let loop = Self.start + 4
    let open = try run(places: [loop], fastPaths: fastPaths)
    #expect(open.watcher.reached == [loop, loop, loop])
    let closed = try run(places: [loop], closing: true, fastPaths: fastPaths)
    #expect(closed.watcher.reached == [loop])
    #expect(open.retired == closed.retired && open.x7 == 1)
  }

  @Test func `code behind a jump is decoded, but not executed`() throws {
    let places = (0..<7).map { Self.start + 4 * UInt64($0) }
    let run = try run(places: places, closing: true)
    #expect(run.watcher.reached == places.filter { $0 != Self.start + 16 })
    #expect(try self.run(places: []).retired == run.retired)
  }

  @Test func `a page that does not hold the program's text has no places`() throws {
    let run = try run(places: [Self.start + 20]) { guest in
      guest.put([.addi(6, 6, 2)], at: HartTestGuest.frame(0) + 16)
    }
    #expect(run.watcher.reached.isEmpty && run.x7 == 1)
  }

  @Test func `places that the text does not have are left out`() throws {
    let run = try run(places: [Self.start + 1, 0, Self.start + 4096, .max])
    #expect(run.watcher.reached.isEmpty)
  }

  @Test func `entries and exits are told with pc and cause`() throws {
    let run = try run(places: [])
    #expect(run.watcher.entries == [Self.start])
    #expect(run.watcher.exits.map(\.pc) == [Self.start + 24])
    #expect(run.watcher.exits.map(\.cause) == [8])
  }
}
