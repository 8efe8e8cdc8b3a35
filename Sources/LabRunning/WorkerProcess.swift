import HostSupport
import LabDiagnosis
import LabModel

/// The grader's side when it grades a student's Swift solution: asks a worker process to run one test, and
/// reads the result.
package struct WorkerProcess {
  package var call: WorkerCall
  package let lab: Lab
  package let options: HostedOptions

  package init(call: WorkerCall, lab: Lab, options: HostedOptions) {
    self.call = call
    self.lab = lab
    self.options = options
  }

  /// Runs `test` in its own process. If the solution crashes or loops for ever, that is a verdict, not an
  /// error.
  package func run(_ test: Lab.Test) throws -> TestResult {
    let request = SolutionWorker.Request(lab: lab.name, test: test, limits: lab.limits, options: options)
    let seconds = lab.limits.workerSeconds
    switch try call.ask(request, processorSeconds: seconds) {
    case .answered(let bytes): return answer(bytes, test) ?? lost(test, .crashed("exit status 0"))
    case .late(let draft): return drafted(draft, test) ?? lost(test, .stuck(seconds: seconds))
    case .asleep(let draft):
      if let result = drafted(draft, test) { return result }
      throw HostFailure.asleep("test \"\(test.name)\"", seconds: call.patience)
    case .crashed(let how, let draft): return drafted(draft, test) ?? lost(test, .crashed(how))
    }
  }

  /// The result that a worker had written before its process crashed or was killed. nil if there is none, or
  /// if it says "passed": a test whose worker did not end normally has not passed.
  private func drafted(_ draft: [UInt8]?, _ test: Lab.Test) -> TestResult? {
    draft.flatMap { answer($0, test) }.flatMap { $0.passed ? nil : $0 }
  }

  private func answer(_ bytes: [UInt8], _ test: Lab.Test) -> TestResult? {
    TestResult(answer: bytes, to: test, keeping: lab.limits.consoleBytes)
  }

  private func lost(_ test: Lab.Test, _ verdict: Verdict) -> TestResult {
    var result = TestResult(test: test, verdict: verdict, recorder: TestRecorder(keeping: 0))
    result.diagnosis = .notRunAgain
    return result
  }
}

extension Lab.Limits {
  /// The processor time that a worker may use in all, in seconds. It bounds itself by instructions, by steps
  /// and by its watchdog, and needs at most some minutes. This ends one whose own bounds no longer work.
  package var workerSeconds: Int { 60 * processorSeconds }
}

extension HostFailure {
  /// A worker that did not run. This says nothing about the solution: nobody can tell a machine that is too
  /// slow from code that sleeps.
  package static func asleep(_ what: String, seconds: Double) -> HostFailure {
    HostFailure(
      description:
        "\(what): its process has used no processor time for \(Int(seconds)) s: the machine is too "
        + "slow, or the solution's own code sleeps; it is not graded")
  }
}
