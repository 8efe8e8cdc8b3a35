/// A lab: its tests, what they are worth, and what a run of one may cost.
///
/// `labs/<lab>/lab.json` is where one is written down; `LabReader` reads it.
package struct Lab: Sendable, Equatable {
  package var name: String
  package var title: String
  package var edition: String
  /// The lab's own programs, beside the utilities that every disk carries.
  package var programs: [String]
  package var limits: Limits
  package var groups: [Group]
  /// Points that only a solution's source tree can bring (the hours in `time.txt`); they run nothing.
  package var treeOnly: [Test]
  /// Checks of our own for what the official tests miss, with a score of their own: they never change the official one.
  package var extra: [Test] = []

  /// What one test may cost before it is ended.
  package struct Limits: Sendable, Equatable, Codable {
    /// Retired user instructions.
    package var instructions: UInt64
    /// Bytes of console output.
    package var consoleBytes: Int
    /// Seconds of host wall-clock time: the last resort, never reached by a run that makes progress.
    package var wallSeconds: Int
    /// Guest RAM in MiB.
    package var memoryMiB: Int
    /// Retired instructions of all harts, where a real kernel runs: its own work counts too, and so do traps.
    package var boardInstructions: UInt64
  }

  /// Tests under one heading, in the official grader's order.
  package struct Group: Sendable, Equatable {
    package var title: String
    package var tests: [Test]
  }

  /// One test: a command that must exit with status 0 on a machine of its own.
  package struct Test: Sendable, Equatable, Codable {
    /// A name that is unique in the lab, for `--test`.
    package var name: String
    /// The official grader's title.
    package var title: String
    package var points: Int
    /// The command: a program of the disk image and its arguments.
    package var run: [String]
    /// What passing proves.
    package var proves: String
    /// What the lab expects where the test fails.
    package var expects: String
    /// What an extra test is about; nil for an official one.
    package var concerns: Concern?

    package init(
      name: String, title: String, points: Int, run: [String], proves: String, expects: String,
      concerns: Concern? = nil
    ) {
      self.name = name
      self.title = title
      self.points = points
      self.run = run
      self.proves = proves
      self.expects = expects
      self.concerns = concerns
    }

    package var isExtra: Bool { concerns != nil }
  }

  /// What an extra test is about, and so whom it is fair to.
  package enum Concern: String, Sendable, Equatable, Codable, CaseIterable {
    /// Pages that come into being late: a kernel that allocates at once may fail it.
    case laziness
    /// What holds of every kernel, lazy or not: the unmodified one passes.
    case memory
    /// No page is lost, by the test itself or by any that runs beside it.
    case pages
  }

  /// The official tests, in order.
  package var tests: [Test] { groups.flatMap(\.tests) }

  /// What the official tests are worth together.
  package var points: Int { tests.reduce(0) { $0 + $1.points } }
}
