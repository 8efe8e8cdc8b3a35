import Foundation
import GraderExam
import HostSupport
import LabModel

/// `labrunner selftest`: grades the grader.
enum SelftestCommand {
  static let command = Command(
    name: "selftest",
    summary: "grade the grader: does it see planted mistakes, and name them?",
    operands: "[SOLUTION...]",
    operandCount: 0...1000,
    operandValues: .listed("mutants"),
    options: [
      .init(
        name: "--test", value: "NAME", values: .listed("tests"),
        summary: "only this test; may be repeated, or a list with commas"),
      .init(name: "--first", summary: "each solution only up to the first test that it loses"),
      .init(name: "--jobs", value: "N", summary: "solutions that are graded side by side (one a processor)"),
      .init(
        name: "--format", value: "FORMAT", values: .words(["text", "json"]), summary: "text or json (text)"),
      .init(name: "--verbose", summary: "a line for each solution"),
    ],
    discussion: """
      Grades solutions with one planted mistake each, and correct solutions that have
      little in common (labrunner list mutants), by all official and extra tests. Each
      mistake must lose a point, and the explanation of the first lost test must name
      it first; no correct solution may lose one. The table tells, for each kind of
      mistake, by which tests it was caught and what it was taken for. With operands,
      only these solutions are graded.
      Exit status: 0 all of that holds, 1 it does not.

      examples:
        labrunner selftest
        labrunner selftest guard-page-opened walks-tables --verbose
        labrunner selftest --format json > selftest.json
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let lab = try LabCatalogue.lab(LabCatalogue.standard)
    var paper = ExamPaper.all
    if !arguments.operands.isEmpty { paper = try paper.only(arguments.operands) }
    let format = arguments.value("--format") ?? "text"
    guard ["text", "json"].contains(format) else {
      throw InputError("--format takes text or json, not \"\(format)\"")
    }
    let tests = arguments.list("--test")
    let known = Set((lab.tests + lab.extra).map(\.name))
    if let name = tests.first(where: { !known.contains($0) }) {
      throw InputError("lab \"\(lab.name)\" has no test \"\(name)\" (labrunner list tests lists them)")
    }
    let jobs = try arguments.integer("--jobs", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount

    var answers: [Exam.Answer] = []
    let progress = ProgressLine()
    defer { progress.wipe() }
    let exam = Exam(
      lab: lab, paper: paper, tests: tests.isEmpty ? nil : tests, onlyFirst: arguments.has("--first"),
      jobs: jobs)
    try exam.run { answer in
      answers.append(answer)
      progress.wipe()
      if format == "text", arguments.has("--verbose") || answer.mark != .right {
        Terminal.print(ExamReport.line(answer))
      }
      progress.show("\(answers.count) of \(paper.questions.count) solutions graded")
    }
    progress.wipe()
    let report = ExamReport(answers)
    Terminal.print(format == "json" ? report.json : report.lines.joined(separator: "\n"))
    return report.isPassed ? .success : .pointsLost
  }
}
