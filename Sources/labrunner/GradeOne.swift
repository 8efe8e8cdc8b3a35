import HostSupport
import LabGrading
import LabModel
import LabReports
import Submissions

/// Grades one solution, under one schedule or under several.
enum GradeOne {
  /// Grades the solution that the user calls `name`. If it cannot be graded, every output says why.
  static func run(
    _ name: String, _ settings: GradeSettings, _ asked: ResultOutput
  ) throws -> ExitStatus {
    var output = asked
    let solution: Solution
    do {
      solution = try SolutionCatalogue.solution(name)
    } catch {
      var grading = Grading(lab: settings.lab, solution: name, tests: settings.ungradedTests)
      grading.problem = error.description
      try output.begin(grading)
      return try refuse(error, &output)
    }
    var grader = try settings.grader(of: solution, jobs: settings.jobs)
    var first: [TestResult] = []
    var status = ExitStatus.success
    for seed in settings.seeds {
      grader.board.seed = seed
      let name = settings.seeds.count > 1 ? "\(solution.name) (seed \(seed))" : solution.name
      let grading = Grading(lab: settings.lab, solution: name, tests: grader.tests)
      let results: [TestResult]
      do {
        results =
          try seed == settings.seeds.lowerBound
          ? grade(grader, grading, &output)
          : compare(grader, grading, with: first, &output)
      } catch let error as InputError {
        return try refuse(error, &output)
      }
      if first.isEmpty { first = results }
      if results.contains(where: \.losesPoints) { status = .pointsLost }
    }
    try output.finish()
    return status
  }

  /// Finishes an output that says why a solution is not graded.
  private static func refuse(_ error: InputError, _ output: inout ResultOutput) throws -> ExitStatus {
    try output.finish()
    guard output.isText else { throw error }
    Terminal.print("Not graded: \(error)")
    return .usage
  }

  /// Grades, and prints each test if the output is text.
  private static func grade(
    _ grader: Grader, _ begun: Grading, _ output: inout ResultOutput
  ) throws -> [TestResult] {
    var grading = begun
    var report = TextReport(style: Terminal.wantsColour ? .coloured : .plain, feedback: output.feedback)
    let progress = ProgressLine()
    var results: [TestResult] = []
    defer { progress.wipe() }
    try output.begin(grading)
    progress.show("grading \(grader.solution.name)...")
    func warn(_ warning: SolutionWarning) {
      progress.wipe()
      grading.warnings.append(warning)
      output.isText ? Terminal.print("\(warning)") : Terminal.complain("\(warning)")
    }
    func tell(_ finding: String) {
      progress.wipe()
      Terminal.complain(finding)
    }
    do {
      try grader.run(warn: warn, tell: tell) { result in
        results.append(result)
        let entry = grading.add(result)
        try output.update(grading)
        progress.wipe()
        if output.isText, let entry {
          (report.lines(for: entry) + TextReport.trace(of: result)).forEach(Terminal.show)
        }
        if results.count < grader.tests.count {
          let next = grader.tests[results.count].title
          progress.show("\(results.count) of \(grader.tests.count) tests done, next \(next)")
        }
      }
    } catch let error as InputError {
      grading.problem = error.description
      try output.update(grading)
      throw error
    } catch let failure as HostFailure {
      try refuse(failure, &grading, &output)
    }
    if output.isText {
      Terminal.print(TextReport.score(grading))
      if grader.replays > 0 {
        Terminal.print("Replays: \(grouped(UInt64(grader.replays))) of each test, all the same")
      }
    }
    return results
  }

  /// Finishes an output that says what the host could not do, so that a solution is not graded.
  private static func refuse(
    _ failure: HostFailure, _ grading: inout Grading, _ output: inout ResultOutput
  ) throws -> Never {
    grading.problem = failure.description
    try output.update(grading)
    try output.finish()
    throw failure
  }

  /// Grades under one more schedule, and prints only the differences from `first`.
  private static func compare(
    _ grader: Grader, _ begun: Grading, with first: [TestResult], _ output: inout ResultOutput
  ) throws -> [TestResult] {
    var grading = begun
    let progress = ProgressLine()
    defer { progress.wipe() }
    try output.begin(grading)
    progress.show("seed \(grader.board.seed)...")
    var results: [TestResult] = []
    var differing: [String] = []
    do {
      try grader.run { result in
        if let line = TextReport.difference(of: result, from: first[results.count]) { differing.append(line) }
        results.append(result)
        grading.add(result)
        try output.update(grading)
      }
    } catch let failure as HostFailure {
      try refuse(failure, &grading, &output)
    }
    progress.wipe()
    guard output.isText else { return results }
    Terminal.print("Seed \(grader.board.seed): \(differing.isEmpty ? "no test differs" : "differing")")
    differing.forEach(Terminal.print)
    return results
  }
}
