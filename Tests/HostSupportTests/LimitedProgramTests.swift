import Foundation
import TestSupport
import Testing

@testable import HostSupport

/// A program of the host with limits, and the words that a person may have meant.
struct LimitedProgramTests {
  private static func run(_ script: String, seconds: Int = 20, memoryMiB: Int = 4096) throws
    -> LimitedProgram.End
  {
    try withTemporaryFolder { folder in
      try LimitedProgram(path: "/bin/sh", seconds: seconds, memoryMiB: memoryMiB)
        .run(["-c", script], log: folder.appending(path: "log"))
    }
  }

  @Test func `its status and both of its streams are told`() throws {
    let end = try Self.run("echo out; echo err >&2")
    #expect(end.succeeded && !end.ranOutOfTime && end.output == "out\nerr\n")
    #expect(try !Self.run("exit 3").succeeded)
  }

  @Test func `a loop ends by its processor time, and a child's loop too`() throws {
    for script in ["while :; do :; done", "sh -c 'while :; do :; done'; exit 1"] {
      let end = try Self.run(script, seconds: 1)
      #expect(!end.succeeded && end.ranOutOfTime, "\(script)")
    }
  }

  @Test func `what sleeps is ended too, and that is the host's failure`() {
    #expect(throws: HostFailure.self) { try Self.run("sleep 1000", seconds: 1) }
  }

  #if os(Linux)
    @Test func `memory has a limit`() throws {
      #expect(try !Self.run("x=1234567; while :; do x=$x$x; done", memoryMiB: 100).succeeded)
    }
  #endif

  @Test func `what it leaves running is ended, and its output is bounded`() throws {
    let end = try Self.run("sleep 1000 & echo $!")
    let pid = try #require(Int32(end.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    // The process is gone, or is waiting for its new parent to notice.
    var status = ""
    for _ in 0..<50 {
      status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
      if status.isEmpty || status.contains(") Z ") { break }
      usleep(100_000)
    }
    #expect(status.isEmpty || status.contains(") Z "))
    let loud = try Self.run("head -c 1000000 /dev/zero | tr '\\0' x")
    #expect(loud.output.utf8.count <= LimitedProgram.keptOutput + 3)
  }

  @Test(arguments: [
    ("grdae", "grade"), ("merg", "merge"), ("GRADE", "grade"), ("boot", "boot"), ("xyzzy", nil), ("", nil),
    ("--sed", "--seed"), ("--verbsoe", "--verbose"), ("--colour", nil),
  ])
  func `a misspelled word has a near one`(word: String, meant: String?) {
    let words = ["grade", "merge", "boot", "--seed", "--verbose", "--loud"]
    #expect(Spelling.meant(by: word, of: words) == meant)
  }

  @Test(arguments: [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "xbcd", 2)])
  func `a distance counts changes`(a: String, b: String, distance: Int) {
    #expect(Spelling.distance(a, b) == distance)
  }
}
