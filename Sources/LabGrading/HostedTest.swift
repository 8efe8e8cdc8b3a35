import LabEvents
import RV64
import XV6Kernel

/// What a grader asks of a test on the Swift kernel, beside the test itself.
struct HostedOptions: Sendable, Equatable, Codable {
  /// What is folded into the run's hashes; nil for nothing.
  var trace: TraceGrain?
  /// Whether the result tells of pages that the test lost.
  var countsPages = false
  /// Pages that the test's processes may hold, together; nil for as many as there are.
  var quota: Int?
}

/// Runs one test of a lab on xv6 in Swift: a machine of its own, booted for this test and discarded after it.
struct HostedTest {
  let test: Lab.Test
  let limits: Lab.Limits
  let disk: [UInt8]
  let solution: any LabSolution
  var options = HostedOptions()

  /// Boots, runs the test's command to its end, and judges by what the host observed, never by console text.
  ///
  /// Where the solution's own code never ends, this never returns: `stuck` then gets the result, on another thread, and
  /// has to end the process.
  func run(stuck: @escaping @Sendable (TestResult) -> Void = { _ in }) throws -> TestResult {
    let recorder = TestRecorder()
    var configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + test.run
    configuration.memorySize = UInt64(limits.memoryMiB) << 20
    configuration.instructionLimit = limits.instructions
    configuration.consoleLimit = limits.consoleBytes
    configuration.observe = { recorder.record($0) }
    configuration.trace = options.trace
    let account = PageAccount()
    if options.countsPages { configuration.follow = { event, _ in account.record(event) } }
    configuration.quota = options.quota
    let kernel = try Kernel(configuration)

    let watchdog = Watchdog(kernel, limit: limits.wallSeconds) { [test] in
      stuck(TestResult(test: test, verdict: .stuck(seconds: Watchdog.patience), recorder: recorder))
    }
    defer { watchdog.cancel() }
    let verdict = try verdict(for: kernel.run(), recorder)
    var result = TestResult(
      test: test, verdict: verdict, recorder: recorder, instructions: kernel.retired,
      trace: kernel.traceSum)
    if options.countsPages { result.lostPages = account.lost }
    return result
  }

  private func verdict(for outcome: KernelOutcome, _ recorder: TestRecorder) throws(HostFailure) -> Verdict {
    switch outcome {
    case .finished(let status): status == 0 ? .passed : .of(status: Int(status), recorder)
    case .panicked(let text): .panicked(text)
    case .deadlocked, .idle: .deadlocked
    case .instructionLimit: .outOfInstructions(limit: limits.instructions)
    case .consoleLimit: .tooMuchOutput(limit: limits.consoleBytes)
    case .stopped: .outOfTime(seconds: limits.wallSeconds)
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }
}

/// The host could not give a machine what it needs: no verdict on the solution.
package struct HostFailure: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}
