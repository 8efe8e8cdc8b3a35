import LabPrograms
import ObjectFile
import Testing

@testable import LabDiagnosis
@testable import LabModel
@testable import LabRunning
@testable import UserFollowing

/// Kernels that answer for a program instead of running it. None of them earns anything, and each is told by
/// what was seen.
struct BoardForgeryTests {
  struct Trick: Sendable, CustomTestStringConvertible {
    let name: String
    /// The function in `usertests` that the trick is about.
    var function: String?
    var command = "usertests opentest"
    let word: String
    /// What the explanation says.
    let says: String
    var mistake: String?
    var testDescription: String { name }
  }

  static let lostStatus = "wait-status-lost"

  static let tricks = [
    Trick(
      name: "@wait-nothing", word: "failed", says: "status 0; pid 4 had exited with 7", mistake: lostStatus),
    Trick(name: "@exit-zero", word: "failed", says: "status 0; pid 4 had exited with 7", mistake: lostStatus),
    Trick(
      name: "@fork-nobody", word: "failed", says: "no process of that pid has run", mistake: lostStatus),
    Trick(name: "@fork-self", command: "usertests exitwait", word: "forged", says: "fork() at 0x"),
    Trick(name: "@finish", function: "finish", word: "forged", says: "led into another program"),
    Trick(name: "@jump", function: "finish", word: "forged", says: "it went on at 0x"),
    Trick(name: "@return", function: "finish", word: "failed", says: ""),
    Trick(name: "@patch", function: "opentest", word: "forged", says: "other text or tables in memory"),
    Trick(name: "@patch-later", function: "opentest", word: "forged", says: "other text or tables in memory"),
    Trick(name: "@other", word: "forged", says: "led into another program"),
    Trick(name: "@argv", word: "forged", says: "other arguments than those of the command"),
    Trick(name: "@registers", word: "forged", says: "its register x27 had changed"),
    Trick(name: "@skip", command: "usertests stacktest", word: "failed", says: ""),
    Trick(name: "@hope", command: "lazytests lazy_alloc", word: "killed", says: "page fault"),
  ]

  @Test(arguments: tricks)
  func `a kernel that answers for a program earns nothing`(trick: Trick) throws {
    let kernel = try Self.tiny(trick.name, at: trick.function)
    let command = trick.command.split(separator: " ").map(String.init)
    let result = try #require(try BoardVerdict.grade(kernel, [command]).first)
    #expect(result.earned == 0)
    #expect(result.verdict.word == trick.word, "\(result.verdict)")
    let explanation = try #require(result.explanation)
    #expect(trick.says.isEmpty || explanation.contains(trick.says), "\(explanation)")
    #expect(trick.mistake == nil || result.diagnosis?.mistakes.first?.id == trick.mistake)
  }

  @Test func `the same kernel without a trick passes`() throws {
    let commands = [["usertests", "opentest"], ["usertests", "pgbug"], ["echo", "a", "b"]]
    for result in try BoardVerdict.grade(Self.tiny("", at: nil), commands) {
      #expect(result.verdict == .passed, "\(result.test.run): \(result.explanation ?? "")")
    }
  }

  @Test func `a test whose checks were not executed has not passed`() throws {
    let library = ProgramLibrary(lab: "lazy")
    let program = try #require(library.program("usertests"))
    let ours = try #require(UserProgram(program.elf, name: "usertests"))
    let ledger = UserLedger(
      command: ["usertests", "opentest"], function: "opentest", program: ours, launcher: ours)
    let objection = try #require(ledger.objection(library))
    #expect(objection.verdict.word == "forged")
    let sentence = objection.sentence
    #expect(sentence.hasPrefix("usertests ended with 0, but none of its "), "\(sentence)")
    #expect(sentence.contains(" checks was executed, first usertests/"), "\(sentence)")
  }

  /// The kernel `tiny`, with the words in its file that say which trick it plays on every program.
  static func tiny(_ trick: String, at function: String?) throws -> [UInt8] {
    var bytes = try #require(LabPrograms.guest("tiny"))
    let kernel = try ELF(parsing: bytes)
    func put(_ word: [UInt8], at name: String) throws {
      let address = try #require(kernel.symbol(named: name)).address
      let segment = try #require(
        kernel.loadableSegments.first {
          address >= $0.virtualAddress && address - $0.virtualAddress < $0.fileSize
        })
      let offset = Int(segment.offset + address - segment.virtualAddress)
      bytes.replaceSubrange(offset..<(offset + word.count), with: word)
    }
    try put(Array(trick.utf8), at: "always")
    guard let function else { return bytes }
    let program = try #require(LabPrograms.programs(for: "lazy").first { $0.name == "usertests" })
    let place = try #require(try ELF(parsing: program.elf).symbol(named: function)).address
    try put((0..<8).map { UInt8(truncatingIfNeeded: place >> UInt64(8 * $0)) }, at: "place")
    return bytes
  }
}
