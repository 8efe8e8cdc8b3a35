import Foundation
import LabEvents
import Sv39MMU
import Testing

@testable import HostSupport
@testable import LabModel
@testable import LabReports

/// A report as text, letter by letter; and as JSON, written and read back.
struct FaultReportTextTests {
  private static let walk = PageWalk(
    va: 0xDF60, access: .load, privilege: .user,
    steps: [
      .init(level: 2, index: 0, address: 0x87F4_2000, entry: PTE(pa: 0x87F3_E000, flags: [.v])),
      .init(level: 1, index: 0, address: 0x87F3_E000, entry: PTE(pa: 0x87F3_D000, flags: [.v])),
      .init(
        level: 0, index: 13, address: 0x87F3_D068, entry: PTE(pa: 0x87F3_0000, flags: [.v, .r, .w, .x])),
    ], result: .fault(.supervisorPage(level: 0)))

  private static let guardPage = FaultReport(
    kind: .fault, pid: 4, program: "usertests",
    place: SourcePlace(function: "stacktest", file: "usertests/memory.c", line: 163), access: .load,
    address: 0xDF60, registers: .init(scause: 13, stval: 0xDF60, sepc: 0x2F0, sp: 0xEF60), repetitions: 1,
    region: .guardPage, size: 0xF000, walk: walk, response: .panicked,
    panic: .init(
      text: "remap", activity: "in a page fault",
      callers: [
        SourcePlace(function: "mappages", file: "kernel/vm.c", line: 149),
        SourcePlace(function: "usertrap", file: "kernel/trap.c", line: 72),
      ]), expected: .kill)

  private static let copy = FaultReport(
    kind: .copy, pid: 3, program: "usertests",
    place: SourcePlace(function: "sbrkarg", file: "usertests/memory.c", line: 101), call: "write",
    access: .load,
    address: 0xF000, repetitions: 1, region: .heap, size: 0x10000,
    walk: PageWalk(
      va: 0xF000, access: .load, privilege: .user, steps: [], result: .fault(.invalid(level: 0))),
    response: .refused, expected: .mapAndCopy)

  private static let panic = FaultReport(
    kind: .panic, pid: 3, program: "lazytests", place: SourcePlace(function: "lazyunmap"), call: "fork",
    repetitions: 1, size: 0x4000_4000, response: .panicked,
    panic: .init(text: "uvmcopy: page not present", activity: "in fork()", callers: []), expected: .survive)

  private static let mistake = Mistake(
    id: "m", name: "the guard page is mapped again", explanation: "One sentence. Another one.",
    concept: "the book", staffNote: "Look there.")

  private static func entry(_ report: FaultReport?, _ mistakes: [Mistake] = []) throws -> Grading.Entry {
    let test = Lab.Test(
      name: "a", title: "g: a", points: 5, run: ["a"], proves: "", expects: "a load from there kills")
    let lab = Lab(
      name: "x", title: "X", edition: "now", programs: [],
      limits: .init(
        instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
        boardInstructions: 1),
      groups: [.init(title: "g", tests: [test])], treeOnly: [])
    var grading = Grading(lab: lab, solution: "s", tests: [test])
    var result = TestResult(
      test: test, verdict: .panicked("remap"), explanation: "remap", instructions: 7, console: "panic: remap")
    result.diagnosis = Diagnosis(fault: report, mistakes: mistakes)
    let entry = grading.add(result)
    return try #require(entry)
  }

  private static func lines(_ entry: Grading.Entry, _ feedback: Feedback) -> [String] {
    var report = TextReport(feedback: feedback)
    return Array(report.lines(for: entry).dropFirst(3))
  }

  @Test func `a student reads the mistake, and the fault in five rows`() throws {
    #expect(
      Self.lines(try Self.entry(Self.guardPage, [Self.mistake, Self.mistake]), .student).joined(
        separator: "\n")
          == """
              mistake   the guard page is mapped again
                        One sentence. Another one.
              see       the book
              who       usertests (pid 4), in stacktest() at usertests/memory.c:163
              what      loaded from 0xdf60
              where     in the guard page, below the stack; it is mapped, but not for the
                        program (U clear)
              then      the kernel panicked (remap) in mappages() at kernel/vm.c:149
              expected  the process is killed, and nothing else is harmed
          """)
  }

  @Test func `staff read the walk and the chain of calls, and whoever wants all the rest too`() throws {
    let entry = try Self.entry(Self.guardPage, [Self.mistake])
    let staff = """
          mistake   the guard page is mapped again
                    One sentence. Another one.
          see       the book
          who       usertests (pid 4), in stacktest() at usertests/memory.c:163
          what      load page fault at 0xdf60 (scause 13, stval 0xdf60)
          where     in the guard page, below the stack
          walk      level 2, entry 0 at 0x87f42000: 0x87f3e000, valid
                    level 1, entry 0 at 0x87f3e000: 0x87f3d000, valid
                    level 0, entry 13 at 0x87f3d068: 0x87f30000, valid, readable,
                    writable, executable, not user
                    so: not a user page (U clear) at level 0
          then      the kernel panicked (remap) in mappages() at kernel/vm.c:149,
                    called by usertrap() at kernel/trap.c:72
          expected  the process is killed, and nothing else is harmed
          the lab   expects: a load from there kills
      """.split(separator: "\n").map(String.init)
    #expect(Self.lines(entry, .staff) == staff)
    var full = staff
    full.insert("    staff     Look there.", at: 3)
    full.insert("    registers scause 0xd, stval 0xdf60, sepc 0x2f0, sp 0xef60, sz 0xf000", at: 15)
    #expect(Self.lines(entry, .full) == full + ["    | panic: remap"])
  }

  @Test func `a mistake is explained once`() throws {
    let entry = try Self.entry(nil, [Self.mistake])
    var report = TextReport()
    let first = report.lines(for: entry)
    let second = report.lines(for: entry)
    #expect(first.contains("    mistake   the guard page is mapped again"))
    #expect(first.contains("    see       the book"))
    #expect(
      second.dropFirst(2) == [
        "    mistake   the guard page is mapped again (as above)", "    expected  a load from there kills",
      ])
  }

  @Test func `a copy is the kernel's doing, for a system call`() throws {
    #expect(
      Self.lines(try Self.entry(Self.copy), .student).joined(separator: "\n") == """
            who       usertests (pid 3), in sbrkarg() at usertests/memory.c:101
            what      the kernel, for write(), read from 0xf000
            where     in the heap, below sz (0x10000); nothing is mapped there
            then      the kernel gave the copy up, and write() failed
            expected  a page of zeroes is mapped there, and write() goes on
        """)
  }

  @Test func `a panic without an address is told with what the test expects`() throws {
    #expect(
      Self.lines(try Self.entry(Self.panic), .student).joined(separator: "\n") == """
            who       lazytests (pid 3), in lazyunmap()
            what      called fork()
            then      the kernel panicked (uvmcopy: page not present)
            expected  a load from there kills
        """)
  }

  @Test(arguments: Region.allCases) func `every region has words of its own`(region: Region) {
    var report = Self.copy
    report.region = region
    let rows = FaultReportText.rows(report, .student)
    #expect(rows.first { $0.label == "where" }?.text.isEmpty == false)
  }

  @Test(arguments: [guardPage, copy, panic]) func `json keeps a report whole`(report: FaultReport) throws {
    var grading = Grading(
      solution: "s", lab: "x", edition: "now", tests: [try Self.entry(report, [Self.mistake])])
    grading.tests[0].outcome?.diagnosis?.gap = "not all"
    let text = JSONFormat.text([grading])
    #expect(try JSONFormat.read(Array(text.utf8), name: "r") == [grading])
    #expect(text.contains("\"address\" : \"0x") || report.kind == .panic)
    #expect(!text.contains("\"access\" : 1"))
  }

  @Test(arguments: [("\"0xdf60\"", "\"57184\""), ("\"0xdf60\"", "\"0x\""), ("\"guardPage\"", "\"moon\"")])
  func `json that is no report is refused`(good: String, bad: String) throws {
    let grading = Grading(
      solution: "s", lab: "x", edition: "now", tests: [try Self.entry(Self.guardPage)])
    let text = JSONFormat.text([grading]).replacing(good, with: bad)
    #expect(throws: InputError.self) { try JSONFormat.read(Array(text.utf8), name: "r") }
  }

  /// The size of what a file or a worker sends is bounded, and it cannot command a terminal.
  @Test func `a diagnosis from outside is made safe`() {
    let bad = String(repeating: "x\u{1B}", count: 10_000)
    let mistake = Mistake(id: bad, name: bad, explanation: bad, concept: bad, staffNote: bad)
    var report = Self.guardPage
    report.program = bad
    report.panic?.callers = Array(repeating: SourcePlace(function: bad, file: bad, line: 1), count: 1000)
    let visible = Diagnosis(
      fault: report, mistakes: Array(repeating: mistake, count: 1000), gap: bad
    ).madeVisible(bytes: 1024)
    #expect(visible.mistakes.count == 16 && visible.fault?.panic?.callers.count == 32)
    let texts = [visible.gap, visible.fault?.program, visible.mistakes[0].staffNote]
    for text in texts { #expect(text.map { VisibleText.isPlain($0) && $0.utf8.count < 10_000 } == true) }
    #expect(visible.madeVisible().fault?.panic?.text == "remap")
  }
}
