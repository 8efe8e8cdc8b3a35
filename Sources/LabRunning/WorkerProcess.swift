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
    switch try call.ask(request, seconds: lab.limits.wallSeconds) {
    case .answered(let bytes):
      return TestResult(answer: bytes, to: test) ?? lost(test, .crashed("exit status 0"))
    case .late(let draft):
      return drafted(draft, test) ?? lost(test, .outOfTime(seconds: lab.limits.wallSeconds))
    case .crashed(let how, let draft): return drafted(draft, test) ?? lost(test, .crashed(how))
    }
  }

  /// The result that a worker had written before its process crashed or was killed. nil if there is none, or
  /// if it says "passed": a test whose worker did not end normally has not passed.
  private func drafted(_ draft: [UInt8]?, _ test: Lab.Test) -> TestResult? {
    draft.flatMap { TestResult(answer: $0, to: test) }.flatMap { $0.passed ? nil : $0 }
  }

  private func lost(_ test: Lab.Test, _ verdict: Verdict) -> TestResult {
    var result = TestResult(test: test, verdict: verdict, recorder: TestRecorder())
    result.diagnosis = .notRunAgain
    return result
  }
}
