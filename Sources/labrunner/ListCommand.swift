import GraderExam
import HostSupport
import LabCompare
import LabModel
import LazyDiagnosis
import RV64
import Submissions

/// `labrunner list`: what can be graded, and what it is graded with.
enum ListCommand {
  private static let kinds = [
    "labs", "tests", "solutions", "programs", "workloads", "mutants", "mistakes",
    "fast-paths",
  ]

  static let command = Command(
    name: "list",
    summary: "list labs, tests, solutions, workloads, mistakes, ...",
    operands: "KIND",
    operandCount: 1...1,
    operandValues: .words(kinds),
    options: [
      .init(
        name: "--lab", value: "LAB", values: .listedOrFile("labs"),
        summary: "whose tests, programs or workloads (lazy)"),
      .init(name: "--names", summary: "names alone, one a line, for scripts"),
      .init(name: "--verbose", summary: "of mistakes: what students and staff are told"),
    ],
    discussion: """
      KIND is labs, tests, solutions, programs, workloads, mutants, mistakes or
      fast-paths. Columns are separated by two spaces or more. Fast paths are what
      makes the emulator quick; LABRUNNER_WITHOUT=NAME,... in the environment closes
      some, to compare, and changes nothing but the time that everything takes.
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let kind = arguments.operands[0]
    let lab = arguments.value("--lab") ?? LabCatalogue.standard
    if kind == "mistakes", arguments.has("--verbose") {
      MistakeCatalogue.mistakes.forEach(show)
      return .success
    }
    show(try rows(of: kind, lab: lab), arguments)
    if kind == "tests" {
      let extra = try LabCatalogue.lab(lab).extra.map(row(of:))
      if !extra.isEmpty && !arguments.has("--names") { Terminal.print("\nextra (grade --extra):") }
      show(extra, arguments)
    }
    return .success
  }

  private static func show(_ mistake: Mistake) {
    Terminal.print("\(mistake.id): \(mistake.name)")
    for text in [mistake.explanation, "Concept: \(mistake.concept).", "Staff: \(mistake.staffNote)"] {
      for line in Wrapped.lines("    " + text) { Terminal.print(line) }
    }
  }

  private static func show(_ rows: [[String]], _ arguments: Arguments) {
    let shown = arguments.has("--names") ? rows.map { [$0[0]] } : rows
    let columns = shown.first?.count ?? 0
    let widths = (0..<columns).map { column in shown.map { $0[column].count }.max() ?? 0 }
    for row in shown {
      let padded = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 + 2 - $0.count) }
      let (head, text) = (padded.joined(), row.last ?? "")
      // For people, lines fit in 80 columns. For programs, each row is one line.
      let fits = !Terminal.isTerminal || head.count > Wrapped.width / 2 + 10
      for line in fits ? [head + text] : Wrapped.lines(head, text, at: head.count) { Terminal.print(line) }
    }
  }

  private static func row(of test: Lab.Test) -> [String] {
    [test.name, "\(test.points)", test.title, test.proves]
  }

  private static func rows(of kind: String, lab name: String) throws -> [[String]] {
    switch kind {
    case "labs":
      var rows: [[String]] = []
      for name in LabCatalogue.names {
        let lab = try LabCatalogue.lab(name)
        rows.append([
          name, "\(lab.points) points", "\(lab.tests.count) tests", "\(lab.title) (\(lab.edition))",
        ])
      }
      return rows
    case "tests":
      return try LabCatalogue.lab(name).tests.map(row(of:))
    case "solutions":
      return SolutionCatalogue.builtIn.map { [$0.name, $0.summary] }
    case "programs":
      return try LabDisk.programs(for: try LabCatalogue.lab(name).name).map {
        [$0.name, "\($0.bytes.count) bytes"]
      }
    case "workloads":
      return try WorkloadTable(try LabCatalogue.lab(name)).workloads.map {
        [$0.name, $0.run.joined(separator: " "), $0.shows]
      }
    case "mutants":
      return ExamPaper.all.questions.map { [$0.name, $0.mistake ?? "correct"] }
    case "mistakes":
      return MistakeCatalogue.mistakes.map { [$0.id, $0.name] }
    case "fast-paths":
      return FastPaths.named.map { [$0.name, $0.meaning] }
    default:
      throw InputError("list: no \"\(kind)\" to list (there is: \(kinds.joined(separator: ", ")))")
    }
  }
}
