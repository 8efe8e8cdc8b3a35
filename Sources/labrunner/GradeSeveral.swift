import Foundation
import HostSupport
import LabGrading
import LabModel
import LabReports
import Submissions

/// Grades several solutions at the same time, and prints a table at the end.
enum GradeSeveral {
  static func run(_ arguments: Arguments, _ settings: GradeSettings) throws -> ExitStatus {
    guard settings.seeds.count == 1 else { throw InputError("--seeds takes one solution") }
    var operands = arguments.operands
    for folder in arguments.all("--from") { operands += try SubmissionList.paths(in: folder) }
    var chosen = Array(zip(try SubmissionList.names(of: operands), operands))
    if let text = arguments.value("--shard") {
      let (index, count) = try SubmissionList.shard(text)
      chosen = SubmissionList.shard(chosen, index, of: count)
    }
    var output = try ResultOutput(arguments, gradings: chosen.count)
    let folder: ResultFolder? =
      if let path = arguments.value("--results") { try ResultFolder(path) } else { nil }
    let run = ClassRun(
      lab: settings.lab, settings: settings.description, folder: folder, tests: settings.ungradedTests,
      grader: { try settings.grader(of: $0, jobs: $1) })
    let progress = ClassProgress(total: chosen.count)
    defer { progress.line.wipe() }
    var gradings: [Grading] = []
    let failure = try run.grade(
      chosen, jobs: settings.jobs,
      finished: progress.finished,
      deliver: { grading, findings in
        progress.line.wipe()
        for finding in findings { Terminal.complain(finding) }
        if !output.isText { grading.warnings.map(\.description).forEach(Terminal.complain) }
        gradings.append(grading)
        try output.begin(grading)
        if output.isText { print(grading, output.feedback) }
        progress.show()
      })
    progress.line.wipe()
    if output.isText { Terminal.print("") }
    let status = try close(gradings, &output)
    if let failure { throw failure }
    return status
  }

  /// Prints the lost tests of one solution.
  private static func print(_ grading: Grading, _ feedback: Feedback) {
    var report = TextReport(style: Terminal.wantsColour ? .coloured : .plain, feedback: feedback)
    Terminal.print(TextReport.heading(grading.solution))
    TextReport.warnings(grading).forEach(Terminal.print)
    for entry in grading.tests where entry.isLost {
      report.lines(for: entry).forEach(Terminal.show)
    }
    Terminal.print(TextReport.score(grading))
  }

  /// Prints the table, and writes what else `output` needs.
  static func close(_ gradings: [Grading], _ output: inout ResultOutput) throws(InputError) -> ExitStatus {
    if output.isText { ScoreTable.lines(gradings).forEach(Terminal.print) }
    try output.finish()
    return gradings.allSatisfy { $0.isComplete && !$0.losesPoints } ? .success : .pointsLost
  }
}

/// Shows on a terminal how far a run over many solutions is, and estimates the time left. `lock` guards
/// `state`. It is an `NSLock` because the thread sanitizer understands that, but not Swift's own `Mutex`.
private final class ClassProgress: @unchecked Sendable {
  let line = ProgressLine()
  private let total: Int
  private let began = Date()
  private var state = (done: 0, graded: 0)
  private let lock = NSLock()

  init(total: Int) { self.total = total }

  /// Notes that another solution is done. `kept` says that its result was already there. Any thread may call
  /// this.
  func finished(kept: Bool) {
    lock.withLock {
      state.done += 1
      if !kept { state.graded += 1 }
    }
  }

  func show() {
    let (done, graded) = lock.withLock { state }
    guard done < total else { return }
    var text = "\(done) of \(total) solutions graded"
    if graded > 0 {
      let left = Date().timeIntervalSince(began) / Double(graded) * Double(total - done)
      text +=
        left < 90
        ? ", about \(Int(left.rounded(.up))) s left" : ", about \(Int((left / 60).rounded())) min left"
    }
    line.show(text)
  }
}
