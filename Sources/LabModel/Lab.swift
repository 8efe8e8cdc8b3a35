/// A lab: its tests, their points, and the limits for a run of one test.
///
/// Each lab is described in `labs/<lab>/lab.json`; `LabReader` reads that file.
package struct Lab: Sendable, Equatable {
  package var name: String
  package var title: String
  package var edition: String
  /// The lab's own programs. Every disk also has the common utilities.
  package var programs: [String]
  package var limits: Limits
  package var groups: [Group]
  /// Points that only a solution's source tree can earn (the hours in `time.txt`). These tests run no
  /// program.
  package var treeOnly: [Test]
  /// Our own checks for mistakes that the official tests do not find. They have their own score and never
  /// change the official one.
  package var extra: [Test] = []
  /// Which tests say nothing about a student's kernel, because its edition of xv6 does not have them or fails
  /// them as it comes.
  package var notOfEdition: [EditionRow] = []
  /// Names of tests without points that take long. They run with the extra tests, or if they are named.
  package var dear: [String] = []

  /// The limits of one test. A test that reaches one is ended. None of them is wall-clock time, so a test has
  /// the same verdict on a busy machine.
  package struct Limits: Sendable, Equatable, Codable {
    /// Retired user instructions.
    package var instructions: UInt64
    /// Steps of a solution in Swift: its calls of the kernel's functions, and the bytes that it prints. xv6's
    /// own way to unmap, page by page, makes 0.08 G steps in the longest test. The lazy lab allows 25 times
    /// as many, which take the host half a minute.
    package var kernelSteps: UInt64
    /// Processor time that a solution in Swift may use without a step, in seconds.
    package var processorSeconds: Int
    /// How many bytes of the console's output are kept. A test may print any number.
    package var consoleBytes: Int
    /// Guest RAM in MiB.
    package var memoryMiB: Int
    /// Retired instructions for each hart that a real kernel runs on; together they may retire the sum. The
    /// kernel's own work counts too, and so does a hart that spins.
    package var boardInstructions: UInt64
  }

  /// The tests under one heading, in the official grader's order.
  package struct Group: Sendable, Equatable {
    package var title: String
    package var tests: [Test]
  }

  /// One test: a command that must exit with status 0. Each test has its own machine.
  package struct Test: Sendable, Equatable, Codable {
    /// The test's name for `--test`, unique in the lab.
    package var name: String
    /// The official grader's title.
    package var title: String
    package var points: Int
    /// The command: a program of the disk image and its arguments.
    package var run: [String]
    /// What a pass proves.
    package var proves: String
    /// What the lab expects of a kernel in this test. Reports show it if the test fails.
    package var expects: String
    /// What an extra test is about; nil for an official test.
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

    /// The C function that is the test: the command's argument without `-` and `_`. The places in the
    /// program's section `.places` that have this name belong to the test (`labs/user/checks.h`). Nil if the
    /// command names no test.
    package var function: String? {
      run.count == 2 ? run[1].filter { $0 != "-" && $0 != "_" } : nil
    }
  }

  /// The editions of xv6 whose kernels some tests do not fit. `KernelFacts` recognises them.
  package enum Edition: String, Sendable, Equatable, CaseIterable {
    case xv6Of2019 = "2019"
    /// Upstream since August 2025, lazy by itself.
    case xv6Of2025 = "2025"
  }

  /// Tests that are not asked of the kernels of an edition.
  package struct EditionRow: Sendable, Equatable {
    package var kernel: Edition
    package var tests: [String]
    /// The reason, in one line.
    package var why: String
  }

  /// Why `test` is not asked of kernels of `edition`; nil if it is.
  package func reason(toSkip test: Test, of edition: Edition) -> String? {
    notOfEdition.first { $0.kernel == edition && $0.tests.contains(test.name) }?.why
  }

  /// What an extra test is about. This also tells which kernels can be expected to pass it.
  package enum Concern: String, Sendable, Equatable, Codable, CaseIterable {
    /// Pages that are allocated late. A kernel that allocates at once may fail the test.
    case laziness
    /// Rules for every kernel, lazy or not. The unmodified kernel passes the test.
    case memory
    /// No page may be lost, by the test itself or by any process that runs beside it.
    case pages
  }

  /// The official tests, in order.
  package var tests: [Test] { groups.flatMap(\.tests) }

  /// The points of all official tests together.
  package var points: Int { tests.reduce(0) { $0 + $1.points } }
}
