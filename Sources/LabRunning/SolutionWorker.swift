import LabDiagnosis
import LabModel
import XV6Kernel

/// The worker's side when the grader grades a student's Swift solution: each process runs one test.
///
/// A solution can harm its own process: with a trap, an endless loop, or text on its output. Only that one
/// test suffers.
public enum SolutionWorker {
  /// The grader's request.
  package struct Request: Codable {
    package var lab: String
    package var test: Lab.Test
    package var limits: Lab.Limits
    package var options: HostedOptions
  }

  /// The command line names two files. Runs the test that the first file asks for, and writes its result to
  /// the second.
  public static func main(_ solution: any LabSolution.Type) -> Never {
    WorkerCall.serve { (request: Request, reply: WorkerReply<TestResult>) in
      let stuck = TestResult(
        test: request.test, verdict: .stuck(seconds: request.limits.processorSeconds),
        recorder: TestRecorder(keeping: 0))
      let watchdog = Watchdog(
        seconds: request.limits.processorSeconds, progress: { 0 }, stuck: { try? reply.finish(stuck) })
      let made = solution.init()
      watchdog.cancel()
      let test = HostedTest(
        test: request.test, limits: request.limits, disk: try LabDisk.image(for: request.lab),
        solution: made, options: request.options, library: ProgramLibrary(lab: request.lab))
      let result = try test.run(
        lost: { result in
          // The grader uses this draft if the second run, which finds the explanation, does not end.
          var result = result
          result.diagnosis = .notRunAgain
          try reply.draft(result)
        },
        stuck: { try? reply.finish($0) })
      try reply.finish(result)
    }
  }
}
