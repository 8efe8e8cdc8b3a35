import HostSupport
import LabDiagnosis
import LabEvents
import LabMeter
import LabModel
import RV64
import XV6Kernel

/// What a grader asks of a test on the Swift kernel, beside the test itself.
package struct HostedOptions: Sendable, Equatable, Codable {
  /// What is folded into the run's hashes; nil for nothing.
  package var trace: TraceGrain?
  /// Whether the result tells of pages that the test lost.
  package var countsPages = false
  /// Pages that the test's processes may hold, together; nil for as many as there are.
  package var quota: Int?
  /// Whether the diagnosis of a lost test tells what it did with memory.
  package var drawsMemory = false

  package init(
    trace: TraceGrain? = nil, countsPages: Bool = false, quota: Int? = nil, drawsMemory: Bool = false
  ) {
    self.trace = trace
    self.countsPages = countsPages
    self.quota = quota
    self.drawsMemory = drawsMemory
  }
}

/// Runs one test of a lab on xv6 in Swift: a machine of its own, booted for this test and discarded after it.
package struct HostedTest {
  package let test: Lab.Test
  package let limits: Lab.Limits
  package let disk: [UInt8]
  package let solution: any LabSolution
  package var options = HostedOptions()
  /// What the programs on the disk are known by; nil for no explanation of a lost test.
  package var library: ProgramLibrary?

  package init(
    test: Lab.Test, limits: Lab.Limits, disk: [UInt8], solution: any LabSolution,
    options: HostedOptions = HostedOptions(), library: ProgramLibrary? = nil
  ) {
    self.test = test
    self.limits = limits
    self.disk = disk
    self.solution = solution
    self.options = options
    self.library = library
  }

  /// Instructions, and seconds, after which a test that never ends is watched no longer: it does the same for ever.
  private static let watched: (instructions: UInt64, seconds: Int) = (100_000_000, 10)

  /// Boots, runs the test's command to its end, and judges by what the host observed, never by console text.
  ///
  /// A test that is lost, or has lost pages, runs again on a fresh machine, which does the same, with somebody watching: passing tests pay
  /// nothing for explanations. `lost` hears of the result before that.
  ///
  /// Where the solution's own code never ends, this never returns: `stuck` then gets the result, on another thread, and
  /// has to end the process. It is not run a second time.
  package func run(
    lost: (TestResult) throws -> Void = { _ in },
    stuck: @escaping @Sendable (TestResult) -> Void = { _ in }
  ) throws -> TestResult {
    var result = try runPlainly(stuck)
    guard let library else { return result }
    if result.passed {
      guard let pages = result.lostPages, pages > 0 else { return result }
    } else {
      try lost(result)
    }
    result.diagnosis = try diagnosis(of: result, library, stuck)
    return result
  }

  private func runPlainly(_ stuck: @escaping @Sendable (TestResult) -> Void) throws -> TestResult {
    let recorder = TestRecorder()
    let account = PageAccount()
    var run = command
    run.configuration.observe = { recorder.record($0) }
    run.configuration.trace = options.trace
    if options.countsPages { run.configuration.follow = { event, _ in account.record(event) } }
    let (kernel, outcome) = try run.run(seconds: limits.wallSeconds) { [test] in
      var result = TestResult(test: test, verdict: .stuck(seconds: Watchdog.patience), recorder: recorder)
      result.diagnosis = .notRunAgain
      stuck(result)
    }
    var result = TestResult(
      test: test, verdict: try verdict(on: outcome, recorder), recorder: recorder,
      instructions: kernel.retired, trace: kernel.traceSum)
    if options.countsPages { result.lostPages = account.lost }
    return result
  }

  /// Why the test was lost, by what happens when it runs again.
  private func diagnosis(
    of result: TestResult, _ library: ProgramLibrary, _ stuck: @escaping @Sendable (TestResult) -> Void
  ) throws -> Diagnosis {
    let recorder = DiagnosisRecorder(
      DiagnosisBuilder(
        test, library: library, knowledge: KnownLabs.knowledge(of: library.lab),
        meter: options.drawsMemory ? Meter(command: FirstProcess.command) : nil))
    var run = command
    run.configuration.follow = { recorder.record($0, at: $1) }
    var seconds = limits.wallSeconds
    if result.isEndless {
      run.configuration.instructionLimit = min(limits.instructions, Self.watched.instructions)
      seconds = min(seconds, Self.watched.seconds)
    }
    let (kernel, outcome) = try run.run(seconds: seconds) {
      var result = result
      result.diagnosis = .notRunAgain
      stuck(result)
    }
    return switch outcome {
    case .hostFailed: .notRunAgain
    case .stopped where !result.isEndless: .notRunAgain
    default: recorder.diagnosis(of: result.verdict, lostPages: kernel.lostPages().count)
    }
  }

  private var command: CommandRun {
    CommandRun(test.run, disk: disk, solution: solution, limits: limits, quota: options.quota)
  }

  private func verdict(on outcome: KernelOutcome, _ recorder: TestRecorder) throws(HostFailure) -> Verdict {
    if let verdict = try Verdict(outcome, limits) { return verdict }
    guard case .finished(let status) = outcome, status != 0 else { return .passed }
    return .of(status: Int(status), recorder)
  }
}

extension TestResult {
  /// Whether the test would have gone on for ever, as far as anybody can tell.
  fileprivate var isEndless: Bool {
    switch verdict {
    case .outOfInstructions, .outOfTime: true
    default: false
    }
  }
}

extension Diagnosis {
  /// The solution's own code did not come back, or took too long, or ended its process.
  static let notRunAgain = Diagnosis(
    gap: "the solution's own code did not come to an end, so it was not watched in a second run")
}
