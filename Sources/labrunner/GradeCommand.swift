import Foundation
import LabGrading

/// `labrunner grade`: scores solutions.
enum GradeCommand {
  static let command = Command(
    name: "grade",
    summary: "score a solution of a lab",
    operands: "[SOLUTION...]",
    operandCount: 0...1000,
    operandValues: .listedOrFile("solutions"),
    options: [
      .init(
        name: "--lab", value: "LAB", values: .listedOrFile("labs"),
        summary: "a lab's name or its lab.json (lazy)"),
      .init(
        name: "--test", value: "NAME", values: .listed("tests"),
        summary: "only this test; may be repeated, or a list with commas"),
      .init(name: "--jobs", value: "N", summary: "tests that run side by side (one a processor)"),
      .init(name: "--harts", value: "N", summary: "harts of the board that a real kernel runs on (1)"),
      .init(name: "--seed", value: "N", summary: "the seed of the schedule by which harts take turns (1)"),
      .init(name: "--verbose", summary: "for each lost test: what the lab expects, and the console's text"),
    ],
    discussion: """
      SOLUTION is a built-in name (labrunner list solutions); a .swift file of your own, or a
      folder of them: a type that conforms to LabSolution; or a real xv6-riscv kernel: its ELF
      file, or its source tree with kernel/kernel built. Without one, the xv6 tree that the
      working folder is gets graded; elsewhere, the built-in reference solution. Each test runs on a machine of its own, so a panic, a crash or an
      endless loop costs that test's points and no others. The result is the same bytes every
      time, whatever the number of jobs.

      examples:
        labrunner grade
        labrunner grade starter
        labrunner grade MySolution.swift --test map,unmap --verbose
        labrunner grade ~/xv6-labs-2020 --harts 3
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let lab = try LabCatalogue.lab(arguments.value("--lab") ?? LabCatalogue.standard)
    let tests = try select(arguments.list("--test"), from: lab)
    let harts = try arguments.integer("--harts", in: 1...8) ?? 1
    let seed = try arguments.integer("--seed", in: 0...Int.max) ?? 1
    let jobs =
      try arguments.integer("--jobs", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount
    let names = arguments.operands.isEmpty ? [SolutionCatalogue.here] : arguments.operands
    let solutions = try names.map { try SolutionCatalogue.solution($0) }
    var status = ExitStatus.success
    for (index, solution) in solutions.enumerated() {
      if solutions.count > 1 { Terminal.print((index > 0 ? "\n" : "") + "Solution: \(solution.name)") }
      var grader = Grader(lab: lab, solution: solution, tests: tests, jobs: jobs)
      grader.harts = harts
      grader.seed = UInt64(seed)
      if try !grade(grader, verbose: arguments.has("--verbose")) { status = .pointsLost }
    }
    return status
  }

  /// `names`, which the lab must know; nil, for all of its tests, where there is none.
  private static func select(_ names: [String], from lab: Lab) throws(InputError) -> [String]? {
    let known = Set((lab.tests + lab.treeOnly).map(\.name))
    if let name = names.first(where: { !known.contains($0) }) {
      throw InputError("lab \"\(lab.name)\" has no test \"\(name)\" (labrunner list tests lists them)")
    }
    return names.isEmpty ? nil : names
  }

  /// Grades one solution and prints it; true where every point was earned.
  private static func grade(_ grader: Grader, verbose: Bool) throws -> Bool {
    var report = TextReport(
      lab: grader.lab, tests: grader.tests, style: Terminal.wantsColour ? .coloured : .plain)
    let progress = ProgressLine()
    var done = 0
    var whole = true
    defer { progress.wipe() }
    progress.show("grading \(grader.solution.name)...")
    let warn = { (text: String) in
      progress.wipe()
      Terminal.complain(text)
    }
    try grader.run(warn: warn) { result in
      done += 1
      progress.wipe()
      for line in report.lines(for: result) { Terminal.print(line) }
      if verbose, !result.passed {
        Terminal.print("    the lab expects: \(result.test.expects)")
        for line in result.console.split(separator: "\n", omittingEmptySubsequences: false) {
          Terminal.print("    | \(line)")
        }
      }
      whole = whole && result.earned == result.test.points
      if done < grader.tests.count {
        progress.show("\(done) of \(grader.tests.count) tests done, next \(grader.tests[done].title)")
      }
    }
    Terminal.print(report.score)
    return whole
  }
}
