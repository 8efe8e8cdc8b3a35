import Testing
import Trials

/// A small part of what `tryall crashes` tries: cuts, torn and reordered writes during a file-system call,
/// and during the recovery after it.
@Suite("The power fails")
struct CrashTests {
  @Test(arguments: CrashCall.allCases) func `during one call`(call: CrashCall) throws {
    #expect(try CrashTrial([call]).run().wrong == [])
  }

  /// Every 29th pair of calls, and a case that needs three calls: a file without a name.
  static let sequences =
    CrashCall.sequences(of: 2).enumerated().filter { $0.offset % 29 == 0 }.map(\.element) + [
      [.hold, .unlinkA, .letGo], [.hold, .unlinkA, .writeHeld], [.create, .fill, .rename],
    ]

  @Test(arguments: sequences) func `during the last of several calls`(calls: [CrashCall]) throws {
    let report = try CrashTrial(calls).run()
    #expect(report.wrong == [])
    #expect(report.sequences == 1)
  }

  /// A trial that does not find a planted mistake proves nothing.
  @Test(arguments: LogMutation.allCases) func `and a log that is wrong is found`(mutation: LogMutation) throws
  {
    let sequences: [[CrashCall]] = [[.rename], [.create, .fill]]
    #expect(try sequences.contains { try !CrashTrial($0, mutation: mutation).run().wrong.isEmpty })
  }

  @Test func `in as many ways as there are`() throws {
    // mkdir changes the new inode and its block, the bitmap, the parent's inode and block: five or fewer
    // blocks go to the log, the header is written, they go home, and the header is cleared.
    let report = try CrashTrial([.mkdir]).run()
    let blocks = (report.writes - 2) / 2
    #expect(blocks == 4)
    #expect(report.writes == 2 * blocks + 2)
    #expect(report.crashes[.ordered] == report.writes + 1)
    #expect(report.crashes[.torn] == 2 * report.writes)
    #expect(report.crashes[.reordered] == 2 * (1 << blocks - blocks - 1))
    #expect(report.crashesOfRecovery > 0)
  }
}
