/// The grader's side of grading somebody's own Swift solution: asks a worker about one test and reads its result.
struct WorkerProcess {
  let call: WorkerCall
  let lab: Lab
  let options: HostedOptions

  /// Runs `test` in a process of its own. A crash or an endless loop of the solution is a verdict, not an error.
  func run(_ test: Lab.Test) throws -> TestResult {
    let request = SolutionWorker.Request(lab: lab.name, test: test, limits: lab.limits, options: options)
    switch try call.ask(request, seconds: lab.limits.wallSeconds) {
    case .answered(let bytes):
      return TestResult(answer: bytes, to: test) ?? lost(test, .crashed("exit status 0"))
    case .late: return lost(test, .outOfTime(seconds: lab.limits.wallSeconds))
    case .crashed(let how): return lost(test, .crashed(how))
    }
  }

  private func lost(_ test: Lab.Test, _ verdict: Verdict) -> TestResult {
    TestResult(test: test, verdict: verdict, recorder: TestRecorder())
  }
}
