import HostSupport
import LabExplain
import Submissions

/// `labrunner explain`: what virtual addresses mean to a program that is stopped at some moment.
enum ExplainCommand {
  private static let formats = ["text", "json", "x86-32"]

  static let command = Command(
    name: "explain",
    summary: "what a virtual address means: the walk, level by level",
    operands: "[PROGRAM [ARG...]]",
    operandCount: 0...1000,
    operandValues: .listedOrFile("programs"),
    operandsEndOptions: true,
    options: [
      .init(
        name: "--at", value: "MOMENT",
        values: .words(["fault:1", "symbol:main", "pc:", "instruction:", "end"]),
        summary: "where the program is stopped (its first page fault)"),
      .init(
        name: "--address", value: "ADDRESS",
        summary: "what to explain; may be repeated (the faulting address)"),
      .init(name: "--tree", summary: "the whole page table, counted by level, with its cost in pages"),
      .init(
        name: "--format", value: "FORMAT", values: .words(formats),
        summary: "text, json, or x86-32: in the lecture's two-level tables"),
      .init(
        name: "--solution", value: "NAME", values: .listed("solutions"),
        summary: "the built-in solution that the kernel runs under (reference)"),
      .init(
        name: "--kernel", value: "KERNEL", values: .files,
        summary: "on a real kernel (an ELF file, or its tree) instead; stops at page faults"),
      .init(
        name: "--image", value: "FS.IMG", values: .files,
        summary: "an xv6 disk image to use instead of our own"),
      .init(name: "--memory", value: "MIB", summary: "guest RAM in MiB (128)"),
      .init(name: "--limit", value: "N", summary: "user instructions to wait for the moment (2000000000)"),
      .quota,
    ],
    discussion: """
      PROGRAM runs on the Swift kernel, as with labrunner run, up to MOMENT: fault:N,
      the N-th page fault, before the kernel handles it; symbol:NAME or pc:ADDRESS,
      before that instruction; instruction:N, after N instructions of the program; or
      end, when it exits.
      Without --at that is the first page fault, or the end where there is none.
      ADDRESS is a number, a symbol of the program, or one of fault, pc, sp, sz,
      stack, heap, guard, trapframe, trampoline, maxva; +N may follow (heap+0x1000).
      --format x86-32 cuts addresses into 10 + 10 + 12 bits and tells what the tables
      would cost; without a program, it answers the lecture's exercise. "x86-32,json"
      is both.

      examples:
        labrunner explain lazytests
        labrunner explain --at fault:3 --tree lazytests
        labrunner explain --at symbol:main --address sp --address guard echo hi
        labrunner explain --solution starter --at end --address heap --format json sh
        labrunner explain --format x86-32
        labrunner explain --kernel ~/xv6-labs-2020 --at fault:2 lazytests
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let asked = arguments.list("--format")
    if let unknown = asked.first(where: { !formats.contains($0) }) {
      throw InputError("--format takes \(formats.joined(separator: ", ")), not \"\(unknown)\"")
    }
    let (twoLevel, json) = (asked.contains("x86-32"), asked.contains("json"))
    guard !arguments.operands.isEmpty else {
      guard twoLevel else { throw InputError("explain: PROGRAM is missing") }
      json ? Terminal.write(TwoLevelTables.exerciseJSON) : Terminal.print(TwoLevelTables.exercise)
      return .success
    }
    let explanation = try arguments.value("--kernel").map { try onKernel($0, arguments) } ?? hosted(arguments)
    if json {
      Terminal.write(explanation.json(twoLevel: twoLevel))
    } else {
      Terminal.print(twoLevel ? explanation.twoLevelText : explanation.text)
    }
    return .success
  }

  private static func hosted(_ arguments: Arguments) throws -> ProcessExplanation {
    var run = try ExplainRun(
      command: arguments.operands,
      solution: SolutionCatalogue.builtIn(arguments.value("--solution") ?? SolutionCatalogue.standard),
      image: arguments.value("--image"))
    run.moment = try moment(arguments)
    run.addresses = arguments.all("--address")
    run.tree = arguments.has("--tree")
    run.memoryMiB = try arguments.integer("--memory", in: 1...4096) ?? run.memoryMiB
    run.instructionLimit =
      try arguments.integer("--limit", in: 1...Int.max).map(UInt64.init) ?? run.instructionLimit
    run.quota = try arguments.quota()
    return try run.run()
  }

  private static func onKernel(_ path: String, _ arguments: Arguments) throws -> ProcessExplanation {
    if let other = ["--solution", "--image", "--memory", "--limit", "--quota"].first(where: arguments.has) {
      throw InputError("explain: \(other) is the Swift kernel's, and --kernel runs another")
    }
    guard case .fault(let number) = try moment(arguments) ?? .fault(1) else {
      throw InputError("explain: a real kernel is stopped at page faults only: --at fault:N")
    }
    var run = try BoardExplain(kernel: path, command: arguments.operands)
    run.fault = number
    run.addresses = arguments.all("--address")
    run.tree = arguments.has("--tree")
    return try run.run()
  }

  private static func moment(_ arguments: Arguments) throws(InputError) -> ExplainMoment? {
    guard let text = arguments.value("--at") else { return nil }
    return try ExplainMoment(text)
  }
}
