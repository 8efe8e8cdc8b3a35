/// A lab: its tests, what they are worth, and what a run of one may cost.
///
/// `labs/<lab>/lab.json` is where one is written down; `LabReader` reads it.
public struct Lab: Sendable, Equatable {
  public var name: String
  public var title: String
  public var edition: String
  /// The lab's own programs, beside the utilities that every disk carries.
  public var programs: [String]
  public var limits: Limits
  public var groups: [Group]
  /// Points that only a solution's source tree can bring (the hours in `time.txt`); they run nothing.
  public var treeOnly: [Test]
  /// Checks of our own for what the official tests miss, with a score of their own: they never change the official one.
  public var extra: [Test] = []

  /// What one test may cost before it is ended.
  public struct Limits: Sendable, Equatable, Codable {
    /// Retired user instructions.
    public var instructions: UInt64
    /// Bytes of console output.
    public var consoleBytes: Int
    /// Seconds of host wall-clock time: the last resort, never reached by a run that makes progress.
    public var wallSeconds: Int
    /// Guest RAM in MiB.
    public var memoryMiB: Int
    /// Retired instructions of all harts, where a real kernel runs: its own work counts too, and so do traps.
    public var boardInstructions: UInt64
  }

  /// Tests under one heading, in the official grader's order.
  public struct Group: Sendable, Equatable {
    public var title: String
    public var tests: [Test]
  }

  /// One test: a command that must exit with status 0 on a machine of its own.
  public struct Test: Sendable, Equatable, Codable {
    /// A name that is unique in the lab, for `--test`.
    public var name: String
    /// The official grader's title.
    public var title: String
    public var points: Int
    /// The command: a program of the disk image and its arguments.
    public var run: [String]
    /// What passing proves.
    public var proves: String
    /// What the lab expects where the test fails.
    public var expects: String
    /// What an extra test is about; nil for an official one.
    public var concerns: Concern?

    public var isExtra: Bool { concerns != nil }
  }

  /// What an extra test is about, and so whom it is fair to.
  public enum Concern: String, Sendable, Equatable, Codable, CaseIterable {
    /// Pages that come into being late: a kernel that allocates at once may fail it.
    case laziness
    /// What holds of every kernel, lazy or not: the unmodified one passes.
    case memory
    /// No page is lost, by the test itself or by any that runs beside it.
    case pages
  }

  /// The official tests, in order.
  public var tests: [Test] { groups.flatMap(\.tests) }

  /// What the official tests are worth together.
  public var points: Int { tests.reduce(0) { $0 + $1.points } }
}
