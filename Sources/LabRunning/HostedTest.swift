import HostSupport
import LabDiagnosis
import LabEvents
import LabMeter
import LabModel
import RV64
import UserFollowing
import XV6Kernel

/// The grader's options for a test on the Swift kernel.
package struct HostedOptions: Sendable, Equatable, Codable {
  /// What goes into the run's hashes; nil means that no hashes are computed.
  package var trace: TraceGrain?
  /// Whether the result says how many pages the test lost.
  package var countsPages = false
  /// How many pages the test's processes may hold together; nil means no limit.
  package var quota: Int?
  /// Whether the diagnosis of a failed test shows how the test used memory.
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

/// Runs one test of a lab on xv6 in Swift. The machine is booted for this test and thrown away after it.
package struct HostedTest {
  package let test: Lab.Test
  package let limits: Lab.Limits
  package let disk: [UInt8]
  package let solution: any LabSolution
  package var options = HostedOptions()
  /// The programs on the disk, with their symbols. If it is nil, a failed test gets no explanation.
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

  /// The second run of a test that never ends stops after so many instructions or steps. A longer run shows
  /// nothing new, because the test repeats itself.
  private static let watched: (instructions: UInt64, steps: UInt64) = (100_000_000, 20_000_000)

  /// Boots and runs the test's command to its end. The verdict comes from what the host observed, never from
  /// console text.
  ///
  /// If the test fails or loses pages, it runs again on a new machine. The second run does exactly the same,
  /// but a recorder follows it to explain the failure. So tests that pass do not become slower. If the test
  /// failed, `lost` gets the result before the second run.
  ///
  /// If the solution's own code neither ends nor calls the kernel, this function never returns. Then `stuck`
  /// gets the result on another thread and must end the process. If this happens in the first run, there is
  /// no second run. If `stuck` is nil, nobody watches for that.
  package func run(
    lost: (TestResult) throws -> Void = { _ in },
    stuck: (@Sendable (TestResult) -> Void)? = nil
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

  private func runPlainly(_ stuck: (@Sendable (TestResult) -> Void)?) throws -> TestResult {
    let recorder = TestRecorder(keeping: limits.consoleBytes)
    let account = PageAccount()
    var run = command
    run.configuration.observe = { recorder.record($0) }
    run.configuration.trace = options.trace
    if options.countsPages { run.configuration.follow = { event, _ in account.record(event) } }
    let ledger = ledger(for: &run)
    let (kernel, outcome) = try run.run(
      stuck: Self.reporting(stuck) { [test, limits] in
        TestResult(test: test, verdict: .stuck(seconds: limits.processorSeconds), recorder: recorder)
      })
    let objection = library.flatMap { outcome == .finished(status: 0) ? ledger?.objection($0) : nil }
    var result = TestResult(
      test: test, verdict: try objection?.verdict ?? verdict(on: outcome, recorder), recorder: recorder,
      instructions: kernel.retired, trace: kernel.traceSum?.lines)
    if let objection { result.explanation = objection.sentence }
    if options.countsPages { result.lostPages = account.lost }
    return result
  }

  /// Runs the test again, and finds out from that run why the test failed.
  private func diagnosis(
    of result: TestResult, _ library: ProgramLibrary, _ stuck: (@Sendable (TestResult) -> Void)?
  ) throws -> Diagnosis {
    let recorder = DiagnosisRecorder(
      DiagnosisBuilder(
        test, library: library, knowledge: KnownLabs.knowledge(of: library.lab),
        meter: options.drawsMemory ? Meter(command: FirstProcess.command) : nil))
    var run = command
    run.configuration.follow = { recorder.record($0, at: $1) }
    let ledger = ledger(for: &run)
    switch result.verdict {
    case .outOfInstructions, .outOfSteps:
      run.configuration.instructionLimit = min(limits.instructions, Self.watched.instructions)
      run.configuration.stepLimit = min(limits.kernelSteps, Self.watched.steps)
    case .endlessFault: run.configuration.faultLimit = FaultWatch.followed
    default: break
    }
    let (kernel, outcome) = try run.run(stuck: Self.reporting(stuck) { result })
    if case .hostFailed = outcome { return .notRunAgain }
    if let mistake = ledger?.statusMistake { recorder.record(.statusMistaken(mistake), at: kernel.retired) }
    return recorder.diagnosis(of: result.verdict, lostPages: kernel.lostPages().count)
  }

  /// A function that reports `result`, without a diagnosis, to `stuck`.
  private static func reporting(
    _ stuck: (@Sendable (TestResult) -> Void)?, _ result: @escaping @Sendable () -> TestResult
  ) -> (@Sendable () -> Void)? {
    guard let stuck else { return nil }
    return {
      var result = result()
      result.diagnosis = .notRunAgain
      stuck(result)
    }
  }

  /// Lets a new ledger follow the test's processes in `run`; nil if the programs are not known.
  private func ledger(for run: inout CommandRun) -> UserLedger? {
    guard let name = test.run.first,
      let program = library?.program(name).flatMap({ UserProgram($0.elf, name: name) }),
      let launcher = library?.program("init").flatMap({ UserProgram($0.elf, name: "init") })
    else { return nil }
    let ledger = UserLedger(test, program: program, launcher: launcher)
    run.configuration.watcher = ledger
    run.configuration.places = ledger.map
    return ledger
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

extension Diagnosis {
  /// For a solution whose own code did not return, or ended its process.
  static let notRunAgain = Diagnosis(
    gap: "the solution's own code did not come to an end, so it was not watched in a second run")
}
