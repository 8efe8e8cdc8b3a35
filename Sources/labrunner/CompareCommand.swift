import Foundation
import HostSupport
import LabCompare
import LabMeter
import LabModel
import VirtBoard

/// `labrunner compare`: what lazy allocation changes for the same programs.
enum CompareCommand {
  private static let formats = ["text", "json", "csv", "html"]

  static let command = Command(
    name: "compare",
    summary: "compare eager with lazy allocation on the same programs",
    operands: "[A] [B]",
    operandCount: 0...2,
    operandValues: .listedOrFile("solutions"),
    options: [
      .init(
        name: "--workload", value: "NAME", values: .listed("workloads"),
        summary: "only this one; may be repeated, or a list; tests: the lab's own"),
      .init(name: "--lab", value: "LAB", values: .listed("labs"), summary: "a lab's name (lazy)"),
      .quota,
      .init(name: "--harts", value: "N", summary: "a real kernel: harts of its board, 1 to 8 (1)"),
      .init(name: "--seed", value: "N", summary: "a real kernel: the schedule by which harts take turns (1)"),
      .board,
      .init(name: "--jobs", value: "N", summary: "runs side by side (one a processor)"),
      .init(
        name: "--fail-if", value: "CONDITION",
        summary: "exit with status 1 where it holds; may be repeated"),
      .init(
        name: "--format", value: "FORMAT", values: .words(formats),
        summary: "text, json, csv or html (text)"),
      .init(
        name: "--output", value: "FILE", values: .files,
        summary: "to FILE as well; may be repeated (.json, .csv, .html tell the format)"),
    ],
    discussion: """
      A and B are solutions: built-in ones (labrunner list solutions), Swift files of
      your own, eager (the lab's starting point) or lazy (the reference); or real xv6
      kernels: a tree with kernel/kernel built, or the kernel's ELF file, with its
      symbols and debug information. Eager against lazy, where neither is named; eager
      against the one that is. Workloads: labrunner list workloads.

      What is counted: everything between the exec that begins a workload and the wait
      that ends it, for all its processes. Time is retired user instructions. A real
      kernel is given the command at its shell; nothing in it is changed to count.
      Figures are exact and the same in every run:
      \(figures)

      A CONDITION compares figures: SIDE.FIGURE, or WORKLOAD:SIDE.FIGURE, where SIDE
      is A, B or a name, with numbers, + - * /, < <= > >= == !=, and, or, not, and
      parentheses. Without a WORKLOAD it is asked of each. A name with other letters
      stands in double quotes.

      examples:
        labrunner compare
        labrunner compare --workload sparse,forks
        labrunner compare lazy MySolution.swift --workload tests
        labrunner compare ~/xv6-riscv ~/xv6-labs-2020 --workload sparse,forks
        labrunner compare --output compare.html
        labrunner compare --workload sparse \\
          --fail-if 'lazy.peak_pages > 0.5 * eager.peak_pages'
        labrunner compare \\
          --fail-if 'huge:lazy.table_pages > 70 or forks:B.copied_pages > 1200'

      The exit status is 1 where a CONDITION holds.
      """,
    run: run)

  private static var figures: String {
    let width = (Figure.allCases.map(\.rawValue.count).max() ?? 0) + 2
    return Figure.allCases.map { figure in
      let name = figure.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
      return "  " + name + figure.title.drop { $0 == " " }
    }.joined(separator: "\n")
  }

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let lab = try LabCatalogue.lab(arguments.value("--lab") ?? LabCatalogue.standard)
    let sides = Sides(arguments.operands)
    let workloads = try WorkloadTable(lab).select(arguments.list("--workload"))
    let conditions = try conditions(arguments.all("--fail-if"), sides, workloads)
    let output = try CompareOutput(arguments, formats: formats)
    var board = BoardConfiguration()
    board.harts = try arguments.integer("--harts", in: 1...Board.maxHarts) ?? 1
    board.seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    try arguments.chooseBoard(&board)
    let comparer = try Comparer(
      lab: lab, sides: sides, workloads: workloads, quota: arguments.quota(), board: board)
    comparer.warnings.forEach(Terminal.complain)
    let jobs = try arguments.integer("--jobs", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount

    let text = ComparisonText(sides: sides, chart: Terminal.chart)
    let progress = ProgressLine()
    defer { progress.wipe() }
    progress.show("\(workloads[0].name)...")
    var comparisons: [Comparison] = []
    try comparer.run(jobs: jobs) { comparison in
      comparisons.append(comparison)
      progress.wipe()
      if output.isText { (text.lines(comparison) + [""]).forEach(Terminal.show) }
      if comparisons.count < workloads.count {
        progress.show("\(comparisons.count) of \(workloads.count) workloads done")
      }
    }
    progress.wipe()
    if output.isText { text.overview(comparisons).forEach(Terminal.show) }
    try output.write(comparisons, sides, lab)
    return try check(conditions, comparisons)
  }

  private static func conditions(_ texts: [String], _ sides: Sides, _ workloads: [Workload])
    throws(InputError) -> [Condition]
  {
    try texts.map { text throws(InputError) in
      do {
        return try Condition(text, sides: sides, workloads: workloads.map(\.name))
      } catch {
        throw InputError("--fail-if: \(error)")
      }
    }
  }

  /// Says on standard error which conditions hold.
  private static func check(_ conditions: [Condition], _ comparisons: [Comparison]) throws(InputError)
    -> ExitStatus
  {
    var status = ExitStatus.success
    for condition in conditions {
      do {
        guard let names = try condition.holds(for: comparisons) else { continue }
        let place = names.isEmpty ? "" : " for " + names.joined(separator: ", ")
        Terminal.complain("labrunner: --fail-if holds\(place): \(condition.text)")
        status = .pointsLost
      } catch {
        throw InputError("--fail-if: \(error)")
      }
    }
    return status
  }
}
