import LabEvents
import Sv39MMU
import Testing

@testable import LabMeter

/// The meter reads streams of events that the test makes, as if they came from a host.
@Suite struct MeterTests {
  private static let trapframe: UInt64 = (1 << 38) - 0x2000

  /// Process 5 is the command; it becomes a program of one page with the table at 0x1000.
  private func started() -> Meter {
    var meter = Meter(command: 5)
    meter.take(.pageAllocated(page: 0x9000, free: 100), 3)
    meter.take(.systemCall(pid: 5, name: "exec", arguments: .init(0, 0, 0)), 100)
    allocate(&meter, 0x1000, at: 100, zeroed: true)
    map(&meter, 0x8000, Self.trapframe, at: 100)
    allocate(&meter, 0x2000, at: 100, zeroed: true)
    map(&meter, 0x2000, 0, at: 100)
    meter.take(.exec(pid: 5, path: "/p", size: 4096), 100)
    return meter
  }

  private func allocate(_ meter: inout Meter, _ page: UInt64, at time: UInt64, zeroed: Bool = false) {
    meter.take(.pageAllocated(page: page, free: 0), time)
    if zeroed { meter.take(.pageFilled(page: page, byte: 0), time) }
  }

  private func map(_ meter: inout Meter, _ page: UInt64, _ address: UInt64, at time: UInt64) {
    meter.take(
      .pageMapped(pagetable: 0x1000, address: address, entry: PTE(rawValue: page >> 2 | 0x1F)), time)
  }

  @Test func `peak and mean are exact, over retired instructions`() {
    var meter = started()  // one page from instruction 100 on
    allocate(&meter, 0x3000, at: 110)
    map(&meter, 0x3000, 0x1000, at: 110)  // two pages
    allocate(&meter, 0x4000, at: 120)
    map(&meter, 0x4000, 0x2000, at: 120)  // three pages
    meter.take(.pageFreed(page: 0x4000, free: 0), 120)  // two pages again, at the same moment
    meter.take(.pageFreed(page: 0x3000, free: 0), 140)  // one page
    let measurement = meter.measurement(.ended, retired: 150)
    #expect(measurement.figures.peakPages == 3)
    #expect(measurement.figures.meanPages == Double(10 * 1 + 10 * 2 + 20 * 2 + 10 * 1) / 50)
    #expect(measurement.figures.instructions == 50)
    #expect(measurement.figures.handedOut == 4, "what was there before is nobody's cost")
    #expect(measurement.figures.tablePages == 1)
  }

  @Test func `what others do is not counted`() {
    var meter = started()
    meter.take(.systemCall(pid: 1, name: "wait", arguments: .init(0, 0, 0)), 101)
    meter.take(.fork(parent: 5, child: 6), 101)
    meter.take(.systemCall(pid: 6, name: "getpid", arguments: .init(0, 0, 0)), 102)
    meter.take(.fork(parent: 1, child: 7), 103)
    meter.take(.systemCall(pid: 7, name: "getpid", arguments: .init(0, 0, 0)), 104)
    #expect(meter.measurement(.ended, retired: 110).figures.systemCalls == 1)
  }

  private static let store = KillReason.trap(scause: 15, stval: 0x5000, sepc: 8)
  private static let ends: [([LabEvent], RunEnd, Outcome)] = [
    ([.exit(pid: 5, parent: 1, program: "p", status: 0)], .ended, Outcome(.finished)),
    (
      [.exit(pid: 5, parent: 1, program: "p", status: 3)], .ended,
      Outcome(.failed, "the program ended with status 3")
    ),
    (
      [.killed(pid: 5, program: "p", reason: store), .exit(pid: 5, parent: 1, program: "p", status: -1)],
      .ended,
      Outcome(.killed, "for a store at 0x5000")
    ),
    (
      [.outOfMemory(pid: 5), .killed(pid: 5, program: "p", reason: store)], .ended,
      Outcome(.outOfMemory, "killed, because there was no page left for a store at 0x5000")
    ),
    (
      [
        .outOfMemory(pid: 5), .systemCall(pid: 5, name: "sbrk", arguments: .init(0, 0, 0)),
        .killed(pid: 5, program: "p", reason: .signal(by: 9)),
      ], .ended, Outcome(.killed, "for a kill by process 9")
    ),
    (
      [.outOfMemory(pid: 5), .exit(pid: 5, parent: 1, program: "p", status: 1)], .ended,
      Outcome(.outOfMemory, "the program was refused memory and ended with status 1")
    ),
    (
      [.panic(text: "no\u{1B}thing", pid: 5, program: "p", activity: .pageFault, callers: [])], .ended,
      Outcome(.panicked, "no\\u{1b}thing")
    ),
    ([], .stopped("too long"), Outcome(.stopped, "too long")),
  ]

  @Test(arguments: ends.indices) func `the outcome is what the events say`(index: Int) {
    let (events, end, outcome) = Self.ends[index]
    var meter = started()
    for event in events { meter.take(event, 120) }
    #expect(meter.measurement(end, retired: 120).outcome == outcome)
  }

  @Test func `a long course is kept in few intervals, with its highest values`() {
    var residency = Residency()
    for moment in 0..<10_000 as Range<UInt64> {
      residency.advance(to: moment * 10)
      residency.change(to: moment == 7777 ? 99 : 1)
    }
    #expect(residency.highest.count <= Residency.limit)
    #expect(residency.peak == 99 && residency.end == 99_990)
    #expect(residency.columns(10, of: 99_990) == [1, 1, 1, 1, 1, 1, 1, 99, 1, 1])
    #expect(residency.columns(4, of: 199_980) == [1, 99, nil, nil])
  }

  @Test func `of many faults, one in some power of two is kept`() {
    var log = FaultLog()
    for index in 0..<5000 as Range<UInt64> { log.add(FaultMark(moment: index, address: 0)) }
    #expect(log.every == 16)
    #expect(log.marks.map(\.moment) == (0..<313 as Range<UInt64>).map { $0 * 16 })
  }
}
