import LabDiagnosis
import LabModel
import XV6Kernel

/// The worker's side of grading somebody's own Swift solution: one process, one test.
///
/// What the solution does to its process (a trap, an endless loop, text on its output) costs that test only.
public enum SolutionWorker {
  /// What the grader asks for.
  package struct Request: Codable {
    package var lab: String
    package var test: Lab.Test
    package var limits: Lab.Limits
    package var options: HostedOptions
  }

  /// Runs the test that the command line's first file asks for, and writes its result to the second.
  public static func main(_ solution: any LabSolution.Type) -> Never {
    WorkerCall.serve { (request: Request, reply: WorkerReply<TestResult>) in
      let test = HostedTest(
        test: request.test, limits: request.limits, disk: try LabDisk.image(for: request.lab),
        solution: solution.init(), options: request.options, library: ProgramLibrary(lab: request.lab))
      let result = try test.run(
        lost: { result in
          // Kept where the second run, which explains, does not come to its end.
          var result = result
          result.diagnosis = .notRunAgain
          try reply.draft(result)
        },
        stuck: { try? reply.finish($0) })
      try reply.finish(result)
    }
  }
}
