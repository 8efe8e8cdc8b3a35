import Foundation
import HostSupport
import LabBench
import VirtBoard

/// `labrunner bench`: how fast labrunner is, and how much faster than QEMU.
enum BenchCommand {
  static let command = Command(
    name: "bench",
    summary: "measure speed, beside QEMU where it is installed",
    operands: "[NAME...]",
    operandCount: 0...100,
    operandValues: .words(["all"] + Benchmark.all.map(\.name)),
    options: [
      .init(name: "--runs", value: "N", summary: "runs of each, ours and QEMU's in turns (3)"),
      .init(
        name: "--qemu", value: "PROGRAM", values: .files,
        summary: "the QEMU, or none (\(QEMUMachine.standard))"),
      .init(name: "--kernel", value: "KERNEL", values: .files, summary: "a real kernel, to be booted"),
      .init(name: "--image", value: "FS.IMG", values: .files, summary: "its disk (our own programs)"),
      .init(name: "--harts", value: "N", summary: "its harts, 1 to 8; may be repeated, or a list (1)"),
      .init(name: "--type", value: "COMMAND", summary: "what to type at its prompt; may be repeated"),
      .init(name: "--limit", value: "SECONDS", summary: "what one run may take (3600)"),
      .init(name: "--once", summary: "run one, once, here and without QEMU: for a profiler"),
      .init(
        name: "--format", value: "FORMAT", values: .words(["text", "json"]), summary: "text or json (text)"),
    ],
    discussion: """
      NAME is \(Benchmark.all.map(\.name).joined(separator: ", "));
      or all, which is also what no NAME means, unless a kernel is given. Those from
      start-up to faults are programs for a bare machine, which QEMU runs too; those
      from asks to files run on the Swift kernel. A kernel is measured to its first
      prompt, and with each COMMAND, from its start to the prompt after it.

      Time is the processor's, user and system, of a process of its own for each run;
      start-up is what it took until the first guest instruction. "times faster" is
      QEMU's time over ours in each turn. Nothing here is a test: figures depend on
      the machine and on what else it does.

      examples:
        labrunner bench
        labrunner bench bytes --runs 7
        labrunner bench --kernel kernel/kernel --image fs.img --harts 1,3 \\
          --type "usertests -q"
        perf record labrunner bench calls --once
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let format = arguments.value("--format") ?? "text"
    guard ["text", "json"].contains(format) else {
      throw InputError("--format takes text or json, not \"\(format)\"")
    }
    let benchmarks = try benchmarks(arguments)
    if arguments.has("--once") {
      let wanted = arguments.value("--type") == nil ? benchmarks : Array(benchmarks.suffix(1))
      guard let benchmark = wanted.first, wanted.count == 1 else {
        throw InputError("bench: --once takes one NAME, or one kernel with one COMMAND")
      }
      return try once(benchmark, format: format)
    }
    guard let program = Bundle.main.executablePath else {
      throw InputError("bench: this program's own file cannot be found")
    }
    let qemu = try findQEMU(arguments.value("--qemu"))
    var contest = Contest(runner: program, words: ["bench", "--once", "--format", "json"], qemu: qemu)
    contest.runs = try arguments.integer("--runs", in: 1...1000) ?? contest.runs
    contest.limit = try arguments.integer("--limit", in: 1...1_000_000).map(Double.init) ?? contest.limit
    return try run(benchmarks, contest, format: format)
  }

  private static func run(_ benchmarks: [Benchmark], _ contest: Contest, format: String) throws -> ExitStatus
  {
    var report = BenchReport(
      machine: HostUsage.machine, load: HostUsage.load, runs: contest.runs, qemu: contest.qemu?.version,
      isOptimised: isOptimised)
    let progress = ProgressLine()
    defer { progress.wipe() }
    if format == "text" { (report.heading + [""] + BenchReport.tableHead).forEach(Terminal.print) }
    for benchmark in benchmarks {
      let result = try contest.measure(benchmark) { progress.show($0) }
      progress.wipe()
      if format == "text" { Terminal.print(BenchReport.line(result)) }
      report.results.append(result)
    }
    if format == "json" { Terminal.print(report.json) }
    return .success
  }

  private static func once(_ benchmark: Benchmark, format: String) throws -> ExitStatus {
    let report = try benchmark.run()
    if format == "json" {
      Terminal.print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    } else {
      Terminal.print("\(benchmark.name): \(grouped(report.instructions)) instructions, \(report.answer)")
    }
    return .success
  }

  private static func benchmarks(_ arguments: Arguments) throws -> [Benchmark] {
    let kernel = arguments.value("--kernel")
    let names = arguments.operands.isEmpty && kernel == nil ? ["all"] : arguments.operands
    var result = try names.flatMap { $0 == "all" ? Benchmark.all : [try Benchmark.named($0)] }
    let harts = try arguments.list("--harts").map { text throws(InputError) in
      guard let harts = Int(text), 1...Board.maxHarts ~= harts else {
        throw InputError("--harts takes whole numbers from 1 to \(Board.maxHarts), not \"\(text)\"")
      }
      return harts
    }
    if let kernel {
      result += Benchmark.kernel(
        kernel, image: arguments.value("--image"), harts: harts.isEmpty ? [1] : harts,
        commands: arguments.list("--type"))
    } else if let option = ["--image", "--harts", "--type"].first(where: arguments.has) {
      throw InputError("bench: \(option) goes with --kernel")
    }
    return result
  }

  /// The QEMU that `name` gives; nil if `name` is `none`. Without a name it is the usual QEMU, or nil if that
  /// is not installed.
  private static func findQEMU(_ name: String?) throws -> QEMUMachine? {
    guard let name else { return QEMUMachine() }
    if name == "none" { return nil }
    guard let qemu = QEMUMachine(name) else { throw InputError("--qemu: there is no program \"\(name)\"") }
    return qemu
  }

  private static var isOptimised: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }
}
