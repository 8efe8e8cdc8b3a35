import Foundation
import LabGrading
import VirtBoard

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
      .init(name: "--harts", value: "N", summary: "a real kernel: harts of its board, 1 to 8 (1)"),
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
      .init(name: "--verbose", summary: "for each lost test: what the lab expects, and the console's text"),
    ] + ResultOutput.options,
    discussion: """
      SOLUTION is a built-in name (labrunner list solutions); a .swift file of your own, or a
      folder of them: a type that conforms to LabSolution; or a real xv6-riscv kernel: its ELF
      file, or its source tree with kernel/kernel built. Without one, the xv6 tree that the
      working folder is gets graded; elsewhere, the built-in reference solution. Each test
      runs on a machine of its own, so a panic, a crash or an endless loop costs that test's
      points and no others. The result is the same bytes every time, whatever the number of jobs.

      examples:
        labrunner grade
        labrunner grade starter
        labrunner grade MySolution.swift --test map,unmap --verbose
        labrunner grade ~/xv6-labs-2020 --harts 3
        labrunner grade --format junit --output results.xml
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let lab = try LabCatalogue.lab(arguments.value("--lab") ?? LabCatalogue.standard)
    let tests = try select(arguments.list("--test"), from: lab)
    var board = BoardConfiguration()
    board.harts = try arguments.integer("--harts", in: 1...Board.maxHarts) ?? 1
    try arguments.chooseBoard(&board)
    let seeds = try seeds(arguments)
    let whose = arguments.value("--tests") ?? "ours"
    guard ["ours", "theirs"].contains(whose) else {
      throw InputError("--tests takes ours or theirs, not \"\(whose)\"")
    }
    guard whose == "theirs" || !arguments.has("--image") else {
      throw InputError("--image goes with --tests theirs: our tests run on a disk of our own")
    }
    let jobs =
      try arguments.integer("--jobs", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount
    let names = arguments.operands.isEmpty ? [SolutionCatalogue.here] : arguments.operands
    let solutions = try names.map { try SolutionCatalogue.solution($0) }
    var output = try ResultOutput(arguments, gradings: solutions.count * seeds.count)
    var status = ExitStatus.success
    for (index, solution) in solutions.enumerated() {
      if solutions.count > 1, output.isText {
        Terminal.print((index > 0 ? "\n" : "") + TextReport.heading(solution.name))
      }
      var grader = Grader(lab: lab, solution: solution, tests: tests, jobs: jobs)
      if whose == "theirs", case .kernel(let kernel) = solution {
        grader.theirImage = try Self.image(arguments, of: kernel)
      }
      var first: [TestResult] = []
      for seed in seeds {
        board.seed = seed
        grader.board = board
        let name = seeds.count > 1 ? "\(solution.name) (seed \(seed))" : solution.name
        try output.begin(Grading(lab: lab, solution: name, tests: grader.tests))
        let results =
          try seed == seeds.first
          ? grade(grader, verbose: arguments.has("--verbose"), &output)
          : compare(grader, with: first, &output)
        if first.isEmpty { first = results }
        if results.contains(where: { $0.earned < $0.test.points }) { status = .pointsLost }
      }
    }
    try output.finish()
    return status
  }

  /// The image whose programs `--tests theirs` believes.
  private static func image(_ arguments: Arguments, of kernel: KernelSolution) throws(InputError) -> [UInt8] {
    guard let path = arguments.value("--image") else { return try kernel.ownImage() }
    return try HostFile.contents(of: path)
  }

  /// The schedules of `--seeds A...B`, or the one of `--seed`.
  private static func seeds(_ arguments: Arguments) throws(InputError) -> ClosedRange<UInt64> {
    guard let text = arguments.value("--seeds") else {
      let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
      return seed...seed
    }
    let ends = text.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
    guard ends.count == 2, ends[0] <= ends[1], ends[1] - ends[0] < 1_000_000 else {
      throw InputError("--seeds takes a range such as 1...20, not \"\(text)\"")
    }
    return ends[0]...ends[1]
  }

  /// Grades under one more schedule, and prints only what became different from `first`.
  private static func compare(
    _ grader: Grader, with first: [TestResult], _ output: inout ResultOutput
  ) throws -> [TestResult] {
    let progress = ProgressLine()
    defer { progress.wipe() }
    progress.show("seed \(grader.board.seed)...")
    var results: [TestResult] = []
    var differing: [String] = []
    try grader.run { result in
      if result.verdict != first[results.count].verdict {
        differing.append("  \(result.test.title): \(result.explanation ?? result.verdict.word)")
      }
      results.append(result)
      try output.add(result)
    }
    progress.wipe()
    guard output.isText else { return results }
    Terminal.print("Seed \(grader.board.seed): \(differing.isEmpty ? "no test differs" : "differing")")
    differing.forEach(Terminal.print)
    return results
  }

  /// `names`, which the lab must know; nil, for all of its tests, where there is none.
  private static func select(_ names: [String], from lab: Lab) throws(InputError) -> [String]? {
    let known = Set((lab.tests + lab.treeOnly).map(\.name))
    if let name = names.first(where: { !known.contains($0) }) {
      throw InputError("lab \"\(lab.name)\" has no test \"\(name)\" (labrunner list tests lists them)")
    }
    return names.isEmpty ? nil : names
  }

  /// Grades one solution and prints it, where text is wanted.
  private static func grade(
    _ grader: Grader, verbose: Bool, _ output: inout ResultOutput
  ) throws -> [TestResult] {
    var report = TextReport(
      lab: grader.lab, tests: grader.tests, style: Terminal.wantsColour ? .coloured : .plain)
    let progress = ProgressLine()
    var results: [TestResult] = []
    defer { progress.wipe() }
    progress.show("grading \(grader.solution.name)...")
    let warn = { (text: String) in
      progress.wipe()
      Terminal.complain(text)
    }
    try grader.run(warn: warn) { result in
      results.append(result)
      try output.add(result)
      progress.wipe()
      if output.isText {
        for line in report.lines(for: result) { Terminal.write(line + "\n") }
        if verbose { details(of: result).forEach(Terminal.print) }
      }
      if results.count < grader.tests.count {
        let next = grader.tests[results.count].title
        progress.show("\(results.count) of \(grader.tests.count) tests done, next \(next)")
      }
    }
    if output.isText { Terminal.print(report.score) }
    return results
  }

  /// What `--verbose` adds.
  private static func details(of result: TestResult) -> [String] {
    guard !result.passed else { return [] }
    let console = result.console.split(separator: "\n", omittingEmptySubsequences: false)
    return ["    the lab expects: \(result.test.expects)"] + console.map { "    | \($0)" }
  }
}
