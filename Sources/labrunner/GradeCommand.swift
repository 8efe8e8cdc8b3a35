import Foundation
import Submissions
import VirtBoard

/// `labrunner grade`: gives solutions their scores.
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
      .init(name: "--extra", summary: "the extra tests too, which have a score of their own"),
      .init(name: "--jobs", value: "N", summary: "tests that run side by side (one a processor)"),
      .init(name: "--harts", value: "N", summary: "a real kernel: harts of its board, 1 to 8 (1)"),
      .init(
        name: "--memory", value: "MIB",
        summary: "a real kernel: guest RAM in MiB (-m of its tree's Makefile; 128)"),
      .init(name: "--seed", value: "N", summary: "a real kernel: the schedule by which harts take turns (1)"),
      .init(
        name: "--seeds", value: "A...B",
        summary: "a real kernel: under each of these schedules; tells which tests differ"),
      .board,
      .init(
        name: "--tests", value: "WHOSE", values: .words(["ours", "theirs"]),
        summary: "a real kernel: our test programs, or its image's own and what they print (ours)"),
      .init(
        name: "--image", value: "FS.IMG", values: .files,
        summary: "a real kernel: the image for --tests theirs (its tree's fs.img)"),
      .init(
        name: "--from", value: "FOLDER", values: .files,
        summary: "every solution that lies in FOLDER, as well"),
      .init(
        name: "--shard", value: "I/N", summary: "several solutions: only the I-th of N equal parts of them"),
      .init(
        name: "--results", value: "FOLDER", values: .files,
        summary: "several solutions: a JSON file for each; what still holds is kept"),
      .quota,
      .traceHash,
      .init(name: "--replays", value: "N", summary: "run each test N times more, which must change nothing"),
      .init(name: "--verbose", summary: "short for --feedback full"),
    ] + ResultOutput.options,
    discussion: """
      SOLUTION is a built-in name (labrunner list solutions); a .swift file of your
      own, or a folder of them: a type that conforms to LabSolution; or a real
      xv6-riscv kernel: its ELF file, or its source tree with kernel/kernel built.
      Without one, the xv6 tree that the working folder is gets graded; elsewhere, the
      built-in reference solution. Each test runs on a machine of its own, so a panic,
      a crash or an endless loop costs that test's points and no others. The result is
      the same bytes every time, whatever the number of jobs.
      --extra adds tests of our own for what the official ones miss; they change
      nothing in the official score. The exit status tells whether all that was asked
      for has passed.
      Several solutions are graded side by side; each is told of by what it lost, and
      a table closes the run. One that cannot be graded (it does not compile) says so
      there, and has not passed. Graded alone, it says so in every format, and the
      exit status is 2.
      Of a lost test, --feedback student tells the likeliest mistake, and who touched
      what, where, and what the lab expects there; staff adds the whole report with
      the page-table walk; full the notes for staff, the registers and the console's
      text. It holds for every format but json, which has everything.

      examples:
        labrunner grade
        labrunner grade starter
        labrunner grade MySolution.swift --test map,unmap --verbose
        labrunner grade ~/xv6-labs-2020 --harts 3
        labrunner grade MySolution.swift --extra
        labrunner grade --output results.xml --output github:notes.txt
        labrunner grade --from submissions --results graded --shard 1/4
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let settings = try GradeSettings(arguments)
    if arguments.has("--from") || arguments.operands.count > 1 {
      return try GradeSeveral.run(arguments, settings)
    }
    let name = arguments.operands.first ?? SolutionCatalogue.here
    return try GradeOne.run(name, settings, ResultOutput(arguments, gradings: settings.seeds.count))
  }
}
