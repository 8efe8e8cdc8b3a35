import Foundation
import LabEvents
import LabPrograms
import ObjectFile
import Testing

@testable import HostSupport
@testable import LabDiagnosis
@testable import LabGrading
@testable import LabModel
@testable import LabReports
@testable import Submissions
@testable import VirtBoard

/// SECURITY.md's clauses about what is shown, and about what a report contains.
struct SecurityTests {
  /// All kinds of text that are not plain, and how each is shown.
  private static let commands: [(raw: String, shown: String)] = [
    ("\u{1B}[2J", "\\u{1b}[2J"), ("\u{1B}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
    ("\u{9B}31m", "\\u{9b}31m"),
    ("a\rb", "a\\u{d}b"), ("a\u{8}b", "a\\u{8}b"), ("\0", "\\u{0}"), ("\u{7F}", "\\u{7f}"),
    ("a\u{202E}b\u{2066}c\u{200F}d", "a\\u{202e}b\\u{2066}c\\u{200f}d"), ("a\u{2028}b", "a\\u{2028}b"),
    ("\u{FEFF}x\u{E0041}", "\\u{feff}x\\u{e0041}"), ("a\tb é 😀", "a\tb é 😀"),
  ]

  @Test("text is shown without its commands", arguments: commands) func text(raw: String, shown: String) {
    #expect(VisibleText.of(raw) == shown)
    #expect(VisibleText.isPlain(shown))
    #expect(VisibleText.of("a\nb") == "a\\u{a}b")
    #expect(VisibleText.of("a\nb", lines: true) == "a\nb")
  }

  /// Bytes of a guest, and what the terminal gets for them.
  private static let streams: [(bytes: [UInt8], shown: String)] = [
    (Array("\u{1B}[31mred".utf8), "^[[31mred"), ([0x61, 0x08, 0x0D, 0x0A, 0x09], "a\u{8}\r\n\t"),
    ([0x00, 0x07, 0x7F, 0x04], "^@^G^?"), ([0x9B, 0x33, 0x31, 0x6D], "\\x9b31m"),
    ([0xC2, 0x9B, 0x6D], "\\u{9b}m"), ([0xE2, 0x80, 0xAE, 0x61], "\\u{202e}a"), (Array("é😀".utf8), "é😀"),
    ([0xC0, 0x9B], "\\xc0\\x9b"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xE2, 0x28], "\\xe2("),
    ([0xF0, 0x9F, 0x98], "\\xf0\\x9f\\x98"), ([0xFF, 0xFE, 0x41], "\\xff\\xfeA"),
  ]

  @Test("a guest's bytes are shown without their commands, in pieces of any size", arguments: streams)
  func bytes(bytes: [UInt8], shown: String) {
    for size in 1...max(1, bytes.count) {
      var filter = VisibleBytes()
      var result: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        result += filter.shown(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(String(decoding: result + filter.end(), as: UTF8.self) == shown, "in pieces of \(size)")
    }
  }

  @Test func `a line of any length takes little room in a report`() {
    let recorder = TestRecorder(keeping: 16 << 10)
    // For Swift, this is one character: a letter and its accents.
    let line = "a" + String(repeating: "\u{301}", count: 1 << 20)
    for _ in 0..<100 { recorder.record(.consoleLine(line)) }
    #expect(recorder.console.utf8.count <= 17 * 1024)
    let said = recorder.explanation(of: .failed(status: 1)) ?? ""
    #expect(said.utf8.count <= 1100)
    #expect((recorder.explanation(of: .panicked(line)) ?? "").utf8.count <= 1100)
  }

  @Test func `a text is cut between characters`() {
    #expect(VisibleText.prefix("aé😀", bytes: 7) == "aé😀")
    #expect(VisibleText.prefix("aé😀", bytes: 6) == "aé...")
    #expect(VisibleText.prefix("aé😀", bytes: 2) == "a...")
    #expect(VisibleText.prefix("aé😀", bytes: 0) == "...")
  }

  private static let asked = Lab.Test(
    name: "a", title: "A", points: 2, run: ["p"], proves: "", expects: "")

  @Test func `what a solution's process answers is about the test that was asked for`() throws {
    var forged = TestResult(test: Self.asked, verdict: .passed, recorder: TestRecorder(keeping: 16 << 10))
    forged.test.points = 1000
    forged.test.title = "another"
    forged.console = "x\u{1B}[2J\n" + String(repeating: "y", count: 1 << 20)
    forged.explanation = "\u{202E}z\n"
    let answer = try #require(
      TestResult(answer: [UInt8](try JSONEncoder().encode(forged)), to: Self.asked, keeping: 16 << 10))
    #expect(answer.test == Self.asked)
    #expect(answer.earned == 2)
    #expect(answer.console.hasPrefix("x\\u{1b}[2J\nyyy"))
    #expect(answer.console.utf8.count < 40_000)
    #expect(answer.explanation == "\\u{202e}z\\u{a}")
    #expect(TestResult(answer: Array("{}".utf8), to: Self.asked, keeping: 16 << 10) == nil)
    #expect(
      TestResult(answer: [UInt8](repeating: 0x5B, count: 1 << 20), to: Self.asked, keeping: 16 << 10) == nil)
  }

  @Test func `a report's lines hold nothing but text and the style's colours`() throws {
    var test = Self.asked
    test.title = "A\u{1B}[2J"
    let lab = Lab(
      name: "x", title: "X", edition: "", programs: [],
      limits: .init(
        instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
        boardInstructions: 1),
      groups: [.init(title: "g\u{9B}m", tests: [test])], treeOnly: [])
    var grading = Grading(lab: lab, solution: "s", tests: [test])
    var report = TextReport(feedback: .full)
    var result = TestResult(
      test: test, verdict: .failed(status: 1), explanation: "a\u{1B}c\nb", instructions: nil,
      console: "\u{7}")
    let bad = "x\u{1B}[2J\ny"
    let mistake = Mistake(id: bad, name: bad, explanation: bad, concept: bad, staffNote: bad)
    let place = SourcePlace(function: bad, file: bad, line: 1)
    let fault = FaultReport(
      kind: .panic, pid: 3, program: bad, place: place, call: bad, repetitions: 1, size: 0,
      response: .panicked,
      panic: .init(text: bad, activity: bad, callers: [place]))
    result.diagnosis = Diagnosis(fault: fault, mistakes: [mistake, mistake], gap: bad)
    let added = grading.add(result)
    let entry = try #require(added)
    let lines = report.lines(for: entry)
    #expect(lines.count > 12)
    for line in lines { #expect(VisibleText.isPlain(line), "\(line.debugDescription)") }
  }

  @Test(
    "a lab's text is plain, and its names stay in the tree",
    arguments: [
      ("\"title\": \"X\"", "\"title\": \"X\\u202e\"", "title: the string has a control character"),
      ("\"title\": \"X\"", "\"title\": \"\\u009b2J\"", "title: the string has a control character"),
      (
        "\"run\": [\"p\"]", "\"run\": [\"p\\u0000\"]",
        "groups[0].tests[0].run[0]: the string has a control character"
      ),
      ("\"name\": \"time\"", "\"name\": \"../x\"", "treeOnly[0].name: \"../x\" has a slash"),
      ("\"name\": \"time\"", "\"name\": \"a\"", "treeOnly[0].name: \"a\" is used twice"),
      (
        "\"memoryMiB\": 16", "\"memoryMiB\": 4097",
        "limits.memoryMiB: 4097 is out of range: 1 to 4096 is allowed"
      ),
      (
        "\"consoleBytes\": 100", "\"consoleBytes\": 1048577",
        "limits.consoleBytes: 1048577 is out of range: 1 to 1048576 is allowed"
      ),
    ])
  func lab(good: String, bad: String, message: String) throws {
    let lab = """
      {
        "format": 1, "name": "x", "title": "X", "edition": "now", "points": 1, "programs": ["p"],
        "limits": {"instructions": 1000, "kernelSteps": 1000, "processorSeconds": 1, "consoleBytes": 100,
          "memoryMiB": 16, "boardInstructions": 9},
        "groups": [{"title": "g", "tests": [
          {"name": "a", "title": "g: a", "points": 1, "run": ["p"], "proves": "a holds", "expects": "a"}
        ]}],
        "treeOnly": [{"name": "time", "title": "t", "points": 1, "proves": "", "expects": ""}], "extra": [],
        "dear": [], "notOfEdition": []
      }
      """
    _ = try LabReader.read(Array(lab.utf8))
    let error = #expect(throws: JSONError.self) {
      try LabReader.read(Array(lab.replacing(good, with: bad).utf8))
    }
    #expect(error?.description == message)
  }

  @Test("JSON of any depth is answered", arguments: ["[", "{\"a\":", "[{\"a\":"]) func depth(open: String) {
    let text = String(repeating: open, count: 100_000)
    #expect(throws: JSONError.self) { try LabReader.read(Array(text.utf8)) }
  }

  /// A kernel that never ends and uses devices all the time. What the devices do has a limit, too.
  @Test func `a kernel that counts little is ended by what its devices do`() throws {
    var lab = try LabCatalogue.lab("lazy")
    // An access is dearer than the two instructions beside it.
    lab.limits.boardInstructions = 1_000_000
    // loop: addi t1, t1, 1; sw t1, 0x44(t0); j loop. t0 points to the disk's registers.
    var bytes = try #require(LabPrograms.guest("bad-silent"))
    let elf = try ELF(parsing: bytes)
    let text = try #require(
      elf.loadableSegments.first { $0.virtualAddress...$0.virtualAddress + $0.fileSize ~= elf.entry })
    let start = Int(text.offset + elf.entry - text.virtualAddress)
    let code: [UInt32] = [0x1000_12B7, 0x0013_0313, 0x0462_A223, 0xFF9F_F06F]
    for (n, word) in code.enumerated() {
      for byte in 0..<4 { bytes[start + 4 * n + byte] = UInt8(truncatingIfNeeded: word >> UInt32(8 * byte)) }
    }
    let board = try Board(kernel: try ELF(parsing: bytes), BoardConfiguration())
    board.deviceWorkLimit = 1_000_000
    #expect(board.run() == .limit)
    #expect(board.retired < 200_000)
    let folder = FileManager.default.temporaryDirectory.appending(path: "SecurityTests-\(UUID())")
    try Data(bytes).write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let grader = Grader(lab: lab, solution: try SolutionCatalogue.solution(folder.path), tests: ["map"])
    var verdicts: [Verdict] = []
    try grader.run { verdicts.append($0.verdict) }
    #expect(verdicts == [.outOfInstructions(limit: 1_000_000)])
  }
}
