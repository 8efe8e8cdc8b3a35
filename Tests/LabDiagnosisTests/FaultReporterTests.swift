import LabEvents
import LazyMutants
import LazySolutions
import Sv39MMU
import Testing
import XV6Kernel

@testable import LabDiagnosis
@testable import LabGrading
@testable import LabModel
@testable import LabRunning
@testable import LazyDiagnosis
@testable import Submissions

/// A run has many faults. These tests check which of them the report gives as the reason for a lost test.
struct FaultReporterTests {
  private static let library = ProgramLibrary(lab: "lazy")

  private static func report(_ test: String, _ solution: any LabSolution) throws -> FaultReport? {
    let lab = try LabCatalogue.lab("lazy")
    let asked = try #require(lab.tests.first { $0.name == test })
    let hosted = HostedTest(
      test: asked, limits: lab.limits, disk: try LabDisk.image(for: lab.name), solution: solution,
      library: library)
    let result = try hosted.run()
    #expect(!result.passed)
    return try #require(result.diagnosis).fault
  }

  private static func mutant(_ name: String) throws -> any LabSolution {
    try #require(LazyMutants.all.first { $0.name == name }).make.init()
  }

  @Test func `a passed test has no diagnosis, and a lost one that is about no fault names none`() throws {
    let lab = try LabCatalogue.lab("lazy")
    var results: [TestResult] = []
    try Grader(lab: lab, solution: SolutionCatalogue.solution("starter"), tests: ["map", "sbrkarg"])
      .run { results.append($0) }
    #expect(results.map(\.passed) == [false, true])
    #expect(results.map { $0.diagnosis == nil } == [false, true])
    #expect(results[0].diagnosis?.fault == nil, "sbrk() refused, as the unmodified kernel must")
  }

  /// Before that fault, the test wants the kernel to kill many children.
  @Test(
    arguments: [
      (
        "sbrkmuch", "loads-unhandled", FaultReport.Kind.fault, Access.load, Region.heap,
        FaultReport.Response.killed
      ),
      ("map", "faults-unhandled", .fault, .store, .heap, .killed),
      ("map", "growth-forgets-size", .fault, .store, .promised, .killed),
      ("stacktest", "guard-page-remapped", .fault, .load, .guardPage, .panicked),
      ("sbrkarg", "copyin-pays-nothing", .copy, .load, .heap, .refused),
      ("sbrkarg", "copyout-pays-nothing", .copy, .store, .heap, .refused),
      ("kernmem", "everything-is-owed", .fault, .load, .aboveSize, .mapped),
    ] as [(String, String, FaultReport.Kind, Access, Region, FaultReport.Response)])
  func `the fault that the test is lost over`(
    test: String, mutant: String, kind: FaultReport.Kind, access: Access, region: Region,
    response: FaultReport.Response
  ) throws {
    let report = try #require(try Self.report(test, Self.mutant(mutant)))
    #expect(report.kind == kind && report.access == access && report.region == region)
    #expect(report.response == response)
    #expect(report.expected?.isMet(by: response) == false)
    #expect(report.walk?.va == report.address && report.walk?.steps.isEmpty == false)
    #expect(report.place?.file?.hasSuffix(".c") == true && report.place?.line != nil)
    #expect(report.call == (kind == .fault ? nil : access == .load ? "write" : "pipe"))
  }

  @Test func `a panic outside of a fault is told with the system call and its place`() throws {
    let report = try #require(try Self.report("unmap", BlogWalkaddr()))
    #expect(report.kind == .panic && report.call == "wait" && report.panic?.text == "freewalk: leaf")
    #expect(report.panic?.callers.first?.function == "freewalk")
    #expect(report.place?.function == "lazyunmap" && report.place?.file == "lazytests.c")
  }

  // Uses only events, as a board would report them.

  private static let nothing = WalkResult.fault(.invalid(level: 0))

  private static func walk(_ va: UInt64, _ access: Access, _ result: WalkResult = nothing) -> PageWalk {
    PageWalk(va: va, access: access, privilege: .user, steps: [], result: result)
  }

  private static func fault(_ pid: Int32, _ va: UInt64, size: UInt64 = 0x9000) -> LabEvent {
    .pageFault(
      PageFault(
        pid: pid, program: "t", scause: 15, stval: va, sepc: 0x10, stackPointer: 0x7000, size: size,
        walk: walk(va, .store)))
  }

  private static func killed(_ pid: Int32, _ va: UInt64) -> LabEvent {
    .killed(pid: pid, program: "t", reason: .trap(scause: 15, stval: va, sepc: 0x10))
  }

  private static let mapped = PTE(pa: 0x8700_0000, flags: [.v, .r, .w, .u])

  /// The test's process 2 has a child 3, and 3 has a child 4. Each has one page of heap, at 0x8000.
  private static let family: [LabEvent] = [
    .exec(pid: 2, path: "t", size: 0x8000),
    .sbrk(pid: 2, increment: 0x1000, result: 0x8000, size: 0x9000),
    .fork(parent: 2, child: 3), .fork(parent: 3, child: 4),
  ]

  private static func report(_ verdict: Verdict, _ events: [LabEvent]) -> FaultReport? {
    let test = Lab.Test(name: "t", title: "t", points: 1, run: ["t"], proves: "", expects: "")
    var builder = DiagnosisBuilder(test, library: library, knowledge: LazyKnowledge())
    for event in family + events { builder.hear(event, at: 0) }
    return builder.diagnosis(of: verdict).fault
  }

  @Test func `what the lab wants is no reason, before or after`() {
    let wanted: [LabEvent] = [
      Self.fault(4, 0x8000), .faultServed(pid: 4, address: 0x8000, entry: Self.mapped),
      Self.fault(4, 0x9000), Self.killed(4, 0x9000), .exit(pid: 4, parent: 3, program: "t", status: -1),
    ]
    #expect(Self.report(.failed(status: 1), wanted) == nil)
    let wrong: [LabEvent] = [
      Self.fault(3, 0x9000), .faultServed(pid: 3, address: 0x9000, entry: Self.mapped),
    ]
    for events in [wrong + wanted, wanted + wrong] {
      let report = Self.report(.failed(status: 1), events)
      #expect(report?.pid == 3 && report?.region == .atSize && report?.response == .mapped)
    }
  }

  @Test func `a kill for want of memory is the test's own death, and as expected`() {
    let events: [LabEvent] = [
      Self.fault(3, 0x8000), .outOfMemory(pid: 3), Self.killed(3, 0x8000),
      .exit(pid: 3, parent: 2, program: "t", status: -1),
    ]
    #expect(Self.report(.failed(status: 1), events) == nil)
    #expect(Self.report(.killed("t"), events)?.expected == .killOutOfMemory)
  }

  @Test func `a fault that comes again and again is counted`() {
    let once: [LabEvent] = [
      Self.fault(3, 0x8000), .faultServed(pid: 3, address: 0x8000, entry: PTE(rawValue: 0)),
    ]
    let report = Self.report(.outOfInstructions(limit: 1), (0..<100).flatMap { _ in once })
    #expect(report?.repetitions == 100 && report?.response == .resumed)
    #expect(Self.report(.outOfInstructions(limit: 1), []) == nil)
  }

  @Test(
    arguments: [(0x9000, FaultReport.Response.copied), (0x6010, .copied), (0x8000, nil), (0x8FFF, nil)]
      as [(UInt64, FaultReport.Response?)])
  func `a copy that should have been refused`(address: UInt64, response: FaultReport.Response?) {
    let events: [LabEvent] = [
      .systemCall(pid: 3, name: "read", arguments: .init(0, address, 1)),
      .userCopy(pid: 3, direction: .copyout, address: address, count: 1, succeeded: true),
    ]
    let report = Self.report(.failed(status: 1), events)
    #expect(report?.response == response && report?.call == (response == nil ? nil : "read"))
  }

  @Test func `a leaf that panics is blamed on who mapped it`() {
    let mapped: [LabEvent] = [
      Self.fault(3, 0x9000), .faultServed(pid: 3, address: 0x9000, entry: Self.mapped),
    ]
    func panic(_ text: String) -> [LabEvent] {
      [.panic(text: text, pid: 2, program: "t", activity: .systemCall("wait"), callers: [])]
    }
    let blamed = Self.report(.panicked("freewalk: leaf"), mapped + panic("freewalk: leaf"))
    #expect(blamed?.kind == .fault && blamed?.panic?.text == "freewalk: leaf")
    #expect(Self.report(.panicked("x"), mapped + panic("x"))?.kind == .panic)
  }
}
