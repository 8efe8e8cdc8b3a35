import HostSupport
import LabGrading
import LabModel
import LabReports
import Submissions

/// Grades one solution, under one schedule or under several.
enum GradeOne {
  static func run(
    _ solution: Solution, _ settings: GradeSettings, _ asked: ResultOutput
  ) throws -> ExitStatus {
    var output = asked
    var grader = try settings.grader(of: solution, jobs: settings.jobs)
    var first: [TestResult] = []
    var status = ExitStatus.success
    for seed in settings.seeds {
      grader.board.seed = seed
      let name = settings.seeds.count > 1 ? "\(solution.name) (seed \(seed))" : solution.name
      let grading = Grading(lab: settings.lab, solution: name, tests: grader.tests)
      let results =
        try seed == settings.seeds.lowerBound
        ? grade(grader, grading, &output)
        : compare(grader, grading, with: first, &output)
      if first.isEmpty { first = results }
      if results.contains(where: \.losesPoints) { status = .pointsLost }
    }
    try output.finish()
    return status
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
    let warn = { (text: String) in
      progress.wipe()
      Terminal.complain(text)
    }
    try run(grader, &grading, &output, warn) { grading, output, result in
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
    if output.isText {
      Terminal.print(TextReport.score(grading))
      if grader.replays > 0 {
        Terminal.print("Replays: \(grouped(UInt64(grader.replays))) of each test, all the same")
      }
    }
    return results
  }

  /// Runs the grader's tests. If the host cannot run them, the outputs say that the solution is not graded.
  private static func run(
    _ grader: Grader, _ grading: inout Grading, _ output: inout ResultOutput,
    _ warn: (String) -> Void = { _ in },
    _ deliver: (inout Grading, inout ResultOutput, TestResult) throws -> Void
  ) throws {
    do {
      try grader.run(warn: warn) { try deliver(&grading, &output, $0) }
    } catch let failure as HostFailure {
      grading.problem = failure.description
      try output.update(grading)
      try output.finish()
      throw failure
    }
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
    try run(grader, &grading, &output) { grading, output, result in
      if let line = TextReport.difference(of: result, from: first[results.count]) { differing.append(line) }
      results.append(result)
      grading.add(result)
      try output.update(grading)
    }
    progress.wipe()
    guard output.isText else { return results }
    Terminal.print("Seed \(grader.board.seed): \(differing.isEmpty ? "no test differs" : "differing")")
    differing.forEach(Terminal.print)
    return results
  }
}
