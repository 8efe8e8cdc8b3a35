import Foundation
import LabEvents
import LabPrograms
import Testing

@testable import LabMeter
@testable import LabModel
@testable import LabReports

/// Kernels that never reach the shell: each test gets the boot's verdict, and the grader continues with the
/// next test.
struct BoardBootVerdictTests {
  struct Boot: Sendable, CustomTestStringConvertible {
    let guest: String
    let verdict: Verdict
    let explanation: String
    /// The start of the console's text. If it is empty, the console must be empty; if it is nil, the console
    /// may have any text.
    var console: String? = ""
    var testDescription: String { guest }
  }

  static let noMemory =
    "hart 0: main() at labs/guests/bad-fault.c:7 stores to 0x40000000, before the kernel has set mtvec"
  static let nowhere = "hart 0: a jump to 0x123456789abc, before the kernel has set mtvec"
  static let tooLong = Verdict.outOfInstructions(limit: BoardVerdict.instructions)

  static let boots = [
    Boot(guest: "bad-silent", verdict: tooLong, explanation: "still running after 1,000,000"),
    Boot(
      guest: "bad-garbage", verdict: tooLong, explanation: "still running after 1,000,000", console: nil),
    Boot(
      guest: "bad-prompt", verdict: tooLong, explanation: "still running after 1,000,000",
      console: "init: starting sh"),
    Boot(
      guest: "bad-endless", verdict: tooLong, explanation: "still running after 1,000,000",
      console: "hart 0 starting\nhart 0 starting\n"),
    Boot(
      guest: "bad-fault", verdict: .ended(noMemory), explanation: noMemory, console: "hello"),
    Boot(
      guest: "bad-nowhere", verdict: .ended(nowhere), explanation: nowhere, console: "hello"),
    Boot(
      guest: "bad-panic", verdict: .panicked("something"), explanation: "something",
      console: "xv6 kernel is booting\npanic: something"),
    Boot(
      guest: "bad-off", verdict: .ended("the guest switched the machine off"),
      explanation: "the guest switched the machine off"),
    Boot(
      guest: "bad-reset", verdict: .ended("the guest reset the machine"),
      explanation: "the guest reset the machine"),
    // It claims success, but it has never run a shell that a test could use.
    Boot(
      guest: "bad-early", verdict: .deadlocked, explanation: "every process is asleep",
      console: "init: starting sh\n$ ALL TESTS PASSED"),
  ]

  @Test(arguments: boots)
  func `each test of a kernel that does not boot tells why`(boot: Boot) throws {
    let results = try BoardVerdict.grade(boot.guest, [["echo", "a"], ["echo", "b"]])
    #expect(results.map(\.test.run) == [["echo", "a"], ["echo", "b"]])
    for result in results {
      #expect(result.verdict == boot.verdict)
      #expect(result.earned == 0)
      let explanation = try #require(result.explanation)
      #expect(explanation.hasPrefix("before the shell's prompt: " + boot.explanation))
      if let console = boot.console {
        #expect(result.console.hasPrefix(console))
        #expect(result.console.isEmpty == console.isEmpty)
      }
    }
    #expect(try BoardVerdict.grade(boot.guest, [["echo", "a"], ["echo", "b"]]) == results)
  }

  @Test func `where a kernel panicked that does not boot is told, once`() throws {
    let results = try BoardVerdict.grade("bad-boot", [["echo", "a"], ["echo", "b"]])
    for result in results {
      let panic = try #require(result.diagnosis?.fault?.panic)
      #expect(panic.text == "freerange" && panic.activity == "at boot")
      #expect(panic.callers.map(\.function) == ["freerange", "kinit", "main"])
      #expect(panic.callers.first?.line == 16)
    }
    var report = TextReport()
    let lines = results.map {
      report.lines(
        for: Grading.Entry(
          name: "", title: "", group: "", points: 1, expects: "", outcome: Grading.Outcome($0)))
    }
    #expect(
      lines[0].suffix(4) == [
        "    who       the kernel itself", "    what      at boot",
        "    then      the kernel panicked (freerange) in freerange() at",
        "              labs/guests/bad-boot.c:16",
      ])
    #expect(lines[1].last == "    panicked as above")
  }

  @Test func `a panic is told from a file without symbols, too`() throws {
    var kernel = try #require(LabPrograms.guest("bad-panic"))
    // e_shoff; e_shentsize, e_shnum, e_shstrndx
    kernel.replaceSubrange(40..<48, with: repeatElement(0, count: 8))
    kernel.replaceSubrange(58..<64, with: repeatElement(0, count: 6))
    #expect(try BoardVerdict.grade(kernel, [["echo", "a"]]).map(\.verdict) == [.panicked("something")])
  }

  @Test(arguments: ["bad-silent", "bad-garbage", "bad-fault"])
  func `more harts change nothing for a kernel that does not boot`(guest: String) throws {
    let one = try BoardVerdict.grade(guest, [["echo", "a"]])
    let three = try BoardVerdict.grade(guest, [["echo", "a"]], harts: 3)
    #expect(three.map(\.verdict.word) == one.map(\.verdict.word))
  }
}

/// A kernel that runs the lab's disk. The command's first argument says what goes wrong.
struct BoardTestVerdictTests {
  struct Mischief: Sendable, CustomTestStringConvertible {
    let command: [String]
    let verdict: Verdict
    let explanation: String?
    init(_ command: String, _ verdict: Verdict, _ explanation: String?) {
      self.command = command.split(separator: " ").map(String.init)
      self.verdict = verdict
      self.explanation = explanation
    }
    var testDescription: String { command.joined(separator: " ") }
  }

  static let emptyClaim =
    "the console says that the tests passed, but the program did not end with status 0"

  static let commands = [
    Mischief("echo hello", .passed, nil),
    Mischief("cat missing", .failed(status: 1), "cat: cannot open missing"),
    Mischief("echo @panic", .panicked("exec"), "exec"),
    // The program has ended well, but the shell does not come back.
    Mischief("echo @panic-exit", .panicked("exit"), "exit"),
    Mischief(
      "echo @spin", .outOfInstructions(limit: BoardVerdict.instructions), "still running after 1,000,000"),
    Mischief(
      "echo @noise", .outOfInstructions(limit: BoardVerdict.instructions), "still running after 1,000,000"),
    Mischief(
      "echo @off", .ended("the guest switched the machine off"), "the guest switched the machine off"),
    Mischief(
      "echo @status", .ended("the guest switched the machine off with status 7"),
      "the guest switched the machine off with status 7"),
    Mischief("echo @reset", .ended("the guest reset the machine"), "the guest reset the machine"),
    Mischief("echo @sleep", .deadlocked, "every process is asleep and nothing can wake one"),
    Mischief(
      "echo @fault", .ended("hart 0 traps for ever at 0x4000, cause 12"),
      "hart 0 traps for ever at 0x4000, cause 12"),
    // The program exits with 1, but the kernel tells the shell 0, and tells the reader that all is well.
    Mischief("cat @lie", .forged(emptyClaim), emptyClaim),
    // The words that a program prints do not decide its verdict.
    Mischief("echo ALL TESTS PASSED", .passed, nil),
  ]

  @Test func `every test gets its own verdict in one run, and gets it again`() throws {
    let commands = Self.commands.map(\.command)
    let results = try BoardVerdict.grade("tiny", commands)
    #expect(results.count == commands.count)
    for (result, expected) in zip(results, Self.commands) {
      #expect(result.verdict == expected.verdict, "\(expected.testDescription)")
      #expect((result.explanation == nil) == (expected.explanation == nil), "\(expected.testDescription)")
      #expect(
        result.explanation?.hasPrefix(expected.explanation ?? "") ?? true,
        "\(expected.testDescription): \(result.explanation ?? "")")
      #expect(
        try #require(result.instructions) <= BoardVerdict.instructions, "\(expected.testDescription)")
      #expect(result.console.hasPrefix(result.verdict.word == "hung" ? "" : expected.testDescription))
    }
    #expect(try BoardVerdict.grade("tiny", commands, jobs: 2) == results)
  }

  @Test(arguments: [1, 3]) func `a fault that nothing can end is told at once`(harts: Int) throws {
    // Without that, the test would run to its limit.
    let results = try BoardVerdict.grade(
      "tiny", [["echo", "@again"], ["echo", "hello"]], harts: harts, instructions: 1_000_000_000)
    guard case .endlessFault(let fault) = results[0].verdict else {
      Issue.record("\(results[0].verdict)")
      return
    }
    #expect(fault.scause == 15 && fault.times == FaultWatch.standard)
    #expect(results[0].explanation?.hasPrefix("the same fault 100,000 times: a store at 0x") == true)
    #expect(results[0].explanation?.hasSuffix(": nothing was mapped") == true)
    #expect(try #require(results[0].instructions) < 100_000_000)
    #expect(results[0].diagnosis?.fault?.address == fault.stval)
    #expect(results[0].diagnosis?.fault?.repetitions == 100_000)
    #expect(results[1].verdict == .passed)
  }

  /// It prints more than is kept, and passes.
  @Test func `a kernel may print as much as it likes`() throws {
    let result = try #require(try BoardVerdict.grade("tiny", [["echo", "@chatter"]]).first)
    #expect(result.verdict == .passed)
    #expect(result.console.hasPrefix("echo @chatter\nrefused\n"))
    #expect(result.console.hasSuffix("refused\n@chatter"))
    #expect(result.console.contains(" are left out here)"))
    #expect(result.console.utf8.count <= BoardVerdict.consoleBytes + 100)
  }

  @Test func `what a kernel prints does not reach the reader's terminal`() throws {
    let result = try #require(try BoardVerdict.grade("tiny", [["echo", "@escape"]]).first)
    #expect(result.verdict == .passed)
    #expect(result.console == "echo @escape\n\\u{1b}[2J\u{FFFD}\u{FFFD}\\u{7}|\n@escape")
  }

  @Test(arguments: [1, 7] as [UInt64])
  func `harts that take part change no verdict`(seed: UInt64) throws {
    let commands = Self.commands.map(\.command).filter { $0 != ["echo", "@sleep"] }
    let results = try BoardVerdict.grade("tiny", commands, harts: 3, seed: seed)
    let one = try BoardVerdict.grade("tiny", commands)
    #expect(results.map(\.verdict.word) == one.map(\.verdict.word))
    #expect(try BoardVerdict.grade("tiny", commands, harts: 3, seed: seed) == results)
  }

  /// It has no lazy allocation and no guard page below the stack, and a process gets 512 KiB.
  static let labTests = [
    Mischief("usertests pgbug", .passed, nil),
    Mischief("usertests bsstest", .passed, nil),
    Mischief("usertests opentest", .passed, nil),
    Mischief(
      "lazytests lazy_alloc", .failed(status: 1),
      "lazy alloc: sbrk(1 GiB): expected the old break, saw -1"),
    Mischief("usertests stacktest", .failed(status: 1), "stacktest: load from"),
  ]

  @Test(arguments: labTests)
  func `the lab's own tests tell what the kernel can do`(test: Mischief) throws {
    let result = try #require(try BoardVerdict.grade("tiny", [test.command]).first)
    #expect(result.verdict == test.verdict)
    #expect((result.explanation == nil) == (test.explanation == nil))
    #expect(result.explanation?.hasPrefix(test.explanation ?? "") ?? true)
  }

  @Test func `a panic ends the test long before its limit`() throws {
    for result in try BoardVerdict.grade("tiny", [["echo", "@panic"], ["echo", "@panic-exit"]]) {
      #expect(try #require(result.instructions) < BoardVerdict.instructions / 2)
    }
  }

  @Test func `order and company of tests change no result`() throws {
    let commands = Self.commands.map(\.command)
    let forward = try BoardVerdict.grade("tiny", commands)
    let backward = try BoardVerdict.grade("tiny", commands.reversed())
    for (one, other) in zip(forward, backward.reversed()) {
      var other = other
      other.test = one.test
      #expect(one == other)
    }
  }

  /// The command ends, but its program never ended, and the shell asks for the next command.
  static let vanished = [
    Mischief("echo @claim", .forged(emptyClaim), emptyClaim),
    Mischief("cat @swap", .forged(emptyClaim), emptyClaim),
    Mischief("echo @kill", .vanished, "without an exit of its own"),
    Mischief("echo @shell", .vanished, "without an exit of its own"),
    Mischief(
      "echo @stack", .killed("echo was killed: store page fault at"), "echo was killed: store page fault"),
  ]

  @Test(arguments: vanished)
  func `a program that is done away with has not passed`(mischief: Mischief) throws {
    let result = try #require(try BoardVerdict.grade("tiny", [mischief.command]).first)
    #expect(result.earned == 0)
    #expect(result.verdict.word == mischief.verdict.word)
    #expect(
      result.explanation?.contains(mischief.explanation ?? "") == true, "\(result.explanation ?? "nil")")
  }

  @Test func `a panic that only a program speaks of is none`() throws {
    let result = try #require(try BoardVerdict.grade("tiny", [["echo", "panic:", "not", "really"]]).first)
    #expect(result.verdict == .passed)
  }

  @Test func `a command that is no program of the disk has not passed`() throws {
    let result = try? BoardVerdict.grade("tiny", [["nothing"]]).first
    #expect(result?.passed != true)
  }
}
