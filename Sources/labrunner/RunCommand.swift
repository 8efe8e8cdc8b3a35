import Foundation
import HostSupport
import LabRunning
import Submissions
import Synchronization

/// `labrunner run`: runs one user program on the Swift kernel.
enum RunCommand {
  static let command = Command(
    name: "run",
    summary: "run one user program on xv6 in Swift",
    operands: "PROGRAM [ARG...]",
    operandCount: 1...1000,
    operandValues: .listedOrFile("programs"),
    operandsEndOptions: true,
    options: [
      .init(
        name: "--solution", value: "NAME", values: .listed("solutions"),
        summary: "the built-in solution that the kernel runs under (reference)"),
      .init(
        name: "--image", value: "FS.IMG", values: .files,
        summary: "an xv6 disk image to use instead of our own"),
      .init(name: "--memory", value: "MIB", summary: "guest RAM in MiB (128)"),
      .init(name: "--limit", value: "N", summary: "retired user instructions before it is ended (none)"),
      .quota,
      .raw,
      .init(name: "--stats", summary: "what the run cost, on standard error"),
      .traceHash,
    ],
    discussion: """
      PROGRAM is one of the disk's (labrunner list programs), or the path of an RV64
      ELF file of your own, built for xv6. Standard input is the console's. Options
      stand before PROGRAM.
      The exit status is the program's own; 1 where the kernel ended it.

      examples:
        labrunner run ls
        labrunner run --solution starter usertests sbrkmuch
        labrunner run sh
        labrunner run --quota 200 quota
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let solution = try SolutionCatalogue.builtIn(
      arguments.value("--solution") ?? SolutionCatalogue.standard)
    var run = try ProgramRun(
      command: arguments.operands, solution: solution, image: arguments.value("--image"))
    run.memoryMiB = try arguments.integer("--memory", in: 1...4096) ?? run.memoryMiB
    run.instructionLimit = try arguments.integer("--limit", in: 1...Int.max).map(UInt64.init)
    run.quota = try arguments.quota()
    run.trace = try arguments.traceGrain()

    let keyboard = Keyboard()
    let screen = Mutex(Screen(raw: arguments.has("--raw")))
    defer { keyboard.restore() }
    let output: @Sendable (UnsafeRawBufferPointer) -> Void = { bytes in screen.withLock { $0.write(bytes) } }
    let result: ProgramRun.Result
    if isatty(STDIN_FILENO) == 1 {
      result = try run.run(input: { keyboard.read() }, output: output)
    } else {
      let piped = PipedInput()
      result = try run.run(input: { piped.line() }, inputIsReady: true, output: output)
    }
    screen.withLock { $0.end() }
    keyboard.restore()
    if let trouble = result.trouble { Terminal.complain("labrunner: \(trouble)") }
    if let quota = run.quota, result.refusedPages > 0 {
      Terminal.complain(
        "labrunner: the quota of \(quota) pages was reached: "
          + "\(grouped(result.refusedPages)) times a page was refused"
      )
    }
    if arguments.has("--stats") {
      Terminal.complain("\(grouped(result.instructions)) user instructions, \(result.freePages) pages free")
    }
    Terminal.complain(of: result.trace)
    return ExitStatus(code: result.status)
  }
}
