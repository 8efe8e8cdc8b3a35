import ObjectFile
import RV64
import Testing

@testable import VirtBoard

/// A follower of a kernel gets reports about its steps, and the machine does the same as without a follower.
@Suite struct ProbeTests {
  private static let cases = [("kernel-modern", 1), ("kernel-modern", 3), ("scheduler", 3), ("garbage", 2)]

  private func board(_ name: String, _ harts: Int, _ grain: TraceGrain) throws -> Board {
    var configuration = GuestBoard.configuration(harts: harts)
    configuration.instructionLimit = 100_000
    configuration.trace = grain
    // Otherwise the board goes back in time to try the other version.
    configuration.virtio = .modern
    return try Board(kernel: GuestBoard.elf(name), configuration)
  }

  /// The probes are spread over all of the kernel's code, 14 bytes apart: in loops, in the middle of blocks,
  /// and at the ends of pages.
  @Test(arguments: cases, TraceGrain.allCases)
  func `probes change nothing`(guest: (name: String, harts: Int), grain: TraceGrain) throws {
    let plain = try board(guest.name, guest.harts, grain)
    let probed = try board(guest.name, guest.harts, grain)
    let said = (Transcript(plain), Transcript(probed))
    let text = try #require(GuestBoard.elf(guest.name).segments.first { $0.isLoadable })
    let probes = stride(from: text.physicalAddress, to: text.physicalAddress + text.memorySize, by: 2)
      .filter { $0 % 14 == 0 }
    var hits: UInt64 = 0
    var last: UInt64 = 0
    probed.follow(probes: ProbeSet(probes)) { step, retired in
      if case .probe = step { hits += 1 }
      #expect(retired >= last)
      last = retired
    }
    #expect(plain.run() == probed.run())
    #expect(hits > 1000)
    #expect(said.0.bytes == said.1.bytes)
    #expect(plain.retired == probed.retired)
    #expect(plain.clock == probed.clock)
    #expect(plain.traceSum == probed.traceSum)
  }

  /// A probe is hit before each execution of its instruction. The follower sees the registers of that moment.
  @Test(arguments: [1, 3]) func `a function's entry is seen at each call`(harts: Int) throws {
    let board = try board("kernel-modern", harts, .turns)
    let entry = try #require(GuestBoard.elf("kernel-modern").symbol(named: "trap_c")).address
    var causes: [UInt64] = []
    var callers: Set<UInt64> = []
    board.follow(probes: ProbeSet([entry])) { step, _ in
      switch step {
      case .probe(let hit):
        #expect(hit.address == entry && hit.pc == entry && hit.privilege == .supervisor)
        #expect(hit.sp % 16 == 0)
        callers.insert(hit.ra)
      case .userTrap(let trap): causes.append(trap.cause)
      case .userReturn(let event): #expect(event.satp >> 60 == 8)
      }
    }
    _ = board.run()
    #expect(callers.count == 1, "trap_s calls it, from one place")
    #expect(causes == [8, 15, 8])
  }

  /// Probes can be added and removed between runs, and have no effect afterwards.
  @Test func `probes can be taken away`() throws {
    let plain = try board("kernel-modern", 1, .turns)
    let other = try board("kernel-modern", 1, .turns)
    let entry = try GuestBoard.elf("kernel-modern").entry
    var hits = 0
    other.follow(probes: ProbeSet([entry, entry + 4])) { step, _ in if case .probe = step { hits += 1 } }
    _ = other.run(until: 1)
    #expect(hits == 1)
    other.follow(probes: ProbeSet()) { step, _ in if case .probe = step { hits += 1 } }
    #expect(plain.run() == other.run())
    #expect(hits == 1)
    #expect(plain.traceSum == other.traceSum)
  }
}
