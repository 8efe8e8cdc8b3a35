import LabEvents
import Testing

@testable import HostSupport
@testable import LabDiagnosis
@testable import LabModel
@testable import LabReports

/// The report that a student reads.
struct TextReportTests {
  private static func test(_ name: String, _ points: Int) -> Lab.Test {
    Lab.Test(name: name, title: "g: \(name)", points: points, run: [name], proves: "p", expects: "e")
  }

  @Test func `a report has the official words, one line a test and one more for a lost one`() {
    let a = Self.test("a", 20)
    let b = Self.test("b", 5)
    let c = Self.test("c", 0)
    let lab = Lab(
      name: "x", title: "X", edition: "now", programs: [],
      limits: .init(
        instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
        boardInstructions: 1),
      groups: [.init(title: "running a", tests: [a]), .init(title: "rest", tests: [b, c])], treeOnly: [])
    var grading = Grading(lab: lab, solution: "s", tests: lab.tests)
    for (test, verdict) in [(a, Verdict.passed), (b, .panicked("remap")), (c, .passed)] {
      grading.add(
        TestResult(
          test: test, verdict: verdict, recorder: TestRecorder(keeping: 16 << 10), instructions: 1_234_567))
    }
    var report = TextReport()
    let lines = grading.tests.flatMap { report.lines(for: $0) }
    #expect(
      lines == [
        "== Test running a ==",
        "  g: a: OK (20/20, 1,234,567 instructions)",
        "== Test rest ==",
        "  g: b: FAIL (0/5, 1,234,567 instructions)",
        "    panicked: remap",
        "    expected  e",
        "  g: c: OK (no points, 1,234,567 instructions)",
      ])
    #expect(TextReport.score(grading) == "Score: 20/25")
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_000_000, "1,000,000"),
    (UInt64.max, "18,446,744,073,709,551,615"),
  ])
  func `numbers are grouped alike in every locale`(number: UInt64, text: String) {
    #expect(grouped(number) == text)
  }
}

/// One line about what went wrong, made from what the machine reported.
struct TestRecorderTests {
  @Test func `a failed test is explained by its own last words, not by the kernel's or the verdict's`() {
    let recorder = TestRecorder(keeping: 16 << 10)
    for line in [
      "test lazy alloc: ", "sbrk: expected 0x4000, got -1", "usertrap(): unexpected scause 0xf pid=3",
      "            sepc=0x12 stval=0x40", "lazy alloc FAILED",
    ] {
      recorder.record(.consoleLine(line))
    }
    #expect(recorder.explanation(of: .failed(status: 1)) == "sbrk: expected 0x4000, got -1")
  }

  @Test func `a test process that died of a trap is named with its fault`() {
    let recorder = TestRecorder(keeping: 16 << 10)
    recorder.record(.killed(pid: 3, program: "t", reason: .trap(scause: 15, stval: 0x4000, sepc: 0x12)))
    recorder.record(.exit(pid: 3, parent: 2, program: "t", status: -1))
    let verdict = Verdict.of(status: 1, recorder)
    #expect(verdict == .killed("t (pid 3) was killed: store page fault at 0x4000 (sepc 0x12)"))
    recorder.record(.consoleLine("t: expected this, saw that"))
    #expect(
      recorder.explanation(of: verdict)
        == "t: expected this, saw that; t (pid 3) was killed: store page fault at 0x4000 (sepc 0x12)")
  }

  @Test(arguments: [
    (KernelActivity.systemCall("fork"), "remap (in fork() of t, pid 3)"),
    (.pageFault, "remap (in a page fault of t, pid 3)"), (.trap, "remap (in a trap of t, pid 3)"),
    (.boot, "remap (starting t, pid 3)"),
  ])
  func `a panic is told with what the kernel was doing, and for whom`(activity: KernelActivity, line: String)
  {
    let recorder = TestRecorder(keeping: 16 << 10)
    recorder.record(.panic(text: "remap", pid: 3, program: "t", activity: activity, callers: []))
    #expect(recorder.explanation(of: .panicked("remap")) == line)
  }

  @Test func `a result without a count says so by leaving it out`() throws {
    let test = Lab.Test(name: "a", title: "g: a", points: 2, run: ["a"], proves: "", expects: "")
    let lab = Lab(
      name: "x", title: "X", edition: "", programs: [],
      limits: .init(
        instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
        boardInstructions: 1),
      groups: [.init(title: "g", tests: [test])], treeOnly: [])
    var grading = Grading(lab: lab, solution: "s", tests: [test])
    let added = grading.add(
      TestResult(test: test, verdict: .crashed("signal 4"), recorder: TestRecorder(keeping: 16 << 10)))
    let entry = try #require(added)
    var report = TextReport()
    #expect(
      report.lines(for: entry) == [
        "== Test g ==", "  g: a: FAIL (0/2)",
        "    crashed: the solution's own code ended its process: signal 4",
      ])
  }

  @Test func `a grandchild's death is the test's own business`() {
    let recorder = TestRecorder(keeping: 16 << 10)
    recorder.record(.killed(pid: 4, program: "t", reason: .trap(scause: 13, stval: 8, sepc: 0)))
    recorder.record(.exit(pid: 4, parent: 3, program: "t", status: -1))
    #expect(Verdict.of(status: 1, recorder) == .failed(status: 1))
    #expect(recorder.explanation(of: .failed(status: 1)) == "exited with status 1 and said nothing")
  }

  @Test func `console text reaches no terminal as commands`() {
    let recorder = TestRecorder(keeping: 16 << 10)
    recorder.record(.consoleLine("a\u{1B}[2Jb\u{7}c\u{202E}d"))
    #expect(recorder.console == "a\\u{1b}[2Jb\\u{7}c\\u{202e}d")
  }

  @Test func `a test that prints for ever keeps its first and its last lines`() {
    let recorder = TestRecorder(keeping: 100)
    for number in 1000..<10_000 { recorder.record(.consoleLine("line \(number)")) }
    #expect(
      recorder.console.split(separator: "\n") == [
        "line 1000", "line 1001", "line 1002", "line 1003", "line 1004",
        "(8,990 lines, 89,900 bytes, are left out here)",
        "line 9995", "line 9996", "line 9997", "line 9998", "line 9999",
      ])
    #expect(recorder.explanation(of: .failed(status: 1)) == "line 9999")
  }

  @Test(arguments: [0, 1, 99, 100, 101, 1000, 5000]) func `what is kept has its bound`(bytes: Int) {
    let recorder = TestRecorder(keeping: bytes)
    var all = 0
    for number in 0..<300 {
      let line = String(repeating: "x", count: number * 7 % 23)
      all += line.utf8.count + 1
      recorder.record(.consoleLine(line))
      // The last line is kept whatever its length, and a note takes some bytes.
      #expect(recorder.console.utf8.count <= bytes + 100)
    }
    #expect(recorder.console.contains("left out") == (all > bytes))
  }

  /// What ends a test is not told by seconds on the wall, and is told in the same words each time.
  @Test(arguments: [
    (
      Verdict.outOfSteps(limit: 4_000_000_000),
      "the solution's own code has not returned after 4,000,000,000 steps of the kernel: an endless loop?"
    ),
    (
      .stuck(seconds: 60),
      "the solution's own code has used 60 s of processor time without calling the kernel: an endless loop?"
    ),
    (
      .endlessFault(.init(scause: 13, stval: 0x5000, sepc: 0x12, times: 100_000)),
      "the same fault 100,000 times: a load at 0x5000, pc 0x12: nothing was mapped"
    ),
    (
      .endlessFault(.init(scause: 2, stval: 0, sepc: 0x12, times: 100_000)),
      "the same trap 100,000 times: cause 2, stval 0x0, pc 0x12: nothing changed"
    ),
  ])
  func `a run without end is told by what it did`(verdict: Verdict, sentence: String) {
    #expect(verdict.word == "hung")
    #expect(TestRecorder(keeping: 0).explanation(of: verdict) == sentence)
  }
}
