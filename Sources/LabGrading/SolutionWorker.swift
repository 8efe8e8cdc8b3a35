import XV6Kernel

/// The worker's side of grading somebody's own Swift solution: one process, one test.
///
/// What the solution does to its process (a trap, an endless loop, text on its output) costs that test only.
public enum SolutionWorker {
  /// What the grader asks for.
  struct Request: Codable {
    var lab: String
    var test: Lab.Test
    var limits: Lab.Limits
    var options: HostedOptions
  }

  /// Runs the test that the command line's first file asks for, and writes its result to the second.
  public static func main(_ solution: any LabSolution.Type) -> Never {
    WorkerCall.serve { (request: Request, answer: @escaping @Sendable (TestResult) throws -> Never) in
      let test = HostedTest(
        test: request.test, limits: request.limits, disk: try LabDisk.image(for: request.lab),
        solution: solution.init(), options: request.options)
      try answer(test.run(stuck: { try? answer($0) }))
    }
  }
}
