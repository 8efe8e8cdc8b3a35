import Testing

@testable import BoardRunning

/// Which printed verdicts of a disk's own test programs are believed, if the user asks for those programs.
struct PrintedVerdictTests {
  private static let cases: [(lines: [String], status: Int32?)] = [
    (["test pgbug: OK"], 0),
    (["test pgbug: FAILED"], 1),
    (["test pgbug: usertrap(): unexpected scause 0xf pid=4", "            sepc=0x1 stval=0x2", "OK"], 0),
    (["test pgbug: pgbug: exec succeeded", "FAILED"], 1),
    (["test pgbug: OK", "FAILED -- lost some free pages 3 (out of 9)"], 1),
    (["test opentest: OK", "ALL TESTS PASSED"], nil),
    (["test opentest: FAILED", "test pgbug: OK"], 0),
    (["test pgbug2: OK"], nil),
    ([], nil),
  ]

  @Test(arguments: cases)
  func `a test's own line counts, and a later failure takes it back`(lines: [String], status: Int32?) {
    var verdict = PrintedVerdict(test: "pgbug")
    lines.forEach { verdict.hear($0) }
    #expect(verdict.status == status)
  }
}
