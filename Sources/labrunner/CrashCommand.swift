import Foundation
import HostSupport
import LabCrash
import ObjectFile
import VirtBoard
import XV6FileSystem

/// `labrunner crash`: tests whether a real kernel's file system survives a power failure at any moment.
enum CrashCommand {
  static let command = Command(
    name: "crash",
    summary: "cut the power at every disk write of a real kernel",
    operands: KernelOperands.words,
    operandCount: 0...2,
    operandValues: .files,
    options: [
      .init(
        name: "--script", value: "COMMANDS",
        summary: "a line for the shell; may be repeated (links, removals, directories)"),
      .init(
        name: "--reordered",
        summary: "also a disk that writes in any order between two writes of the log's header"),
      .init(
        name: "--save", value: "DISK.IMG", values: .files,
        summary: "write the first disk from which the kernel did not recover"),
      .init(name: "--jobs", value: "N", summary: "boards that run side by side (one a processor)"),
      .init(name: "--harts", value: "N", summary: "harts of each board, 1 to 8 (1)"),
      .init(name: "--seed", value: "N", summary: "the schedule by which harts take turns (1)"),
      .board,
    ],
    discussion: """
      KERNEL is an ELF file as xv6's Makefile builds it, FS.IMG its disk, which stays
      as it is. TREE is an xv6 tree in which both are built; without an operand, the
      working folder may be one. The commands are typed at the shell. Then, for every
      write that they made, the machine is booted on the disk as it was just before,
      and with only a part of that write on it. The kernel must come to its prompt;
      the file system must be whole, with each transaction happened or not happened;
      and booting once more must change nothing.
      Exit status: 0 when every crash was survived, 1 when one was not or the kernel
      does not get as far, 2 when the command or its input was wrong.

      examples:
        labrunner crash ~/xv6-labs-2020
        labrunner crash kernel/kernel fs.img
        labrunner crash kernel/kernel fs.img --script 'echo a > b; rm b' \\
          --script 'mkdir d'
        labrunner crash kernel/kernel fs.img --save bad.img
        labrunner boot kernel/kernel bad.img
      """,
    run: run)

  private static let script = [
    "mkdir cr", "echo some words > cr/a", "ln cr/a cr/b", "echo others > cr/a", "rm cr/a",
    "cat README > cr/c",
    "ln cr/c d", "rm cr/c d cr/b cr",
  ]

  /// How many failures are shown one by one.
  private static let shown = 10

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let operands = try KernelOperands(arguments.operands, of: "crash")
    let kernelPath = operands.kernel
    guard let diskPath = operands.disk else {
      throw InputError("crash: FS.IMG is missing: name it, or build it in the tree (make fs.img)")
    }
    var configuration = BoardConfiguration()
    configuration.harts = try arguments.integer("--harts", in: 1...Board.maxHarts) ?? 1
    if let seed = try arguments.integer("--seed", in: 0...Int.max) { configuration.seed = UInt64(seed) }
    try arguments.chooseBoard(&configuration)
    let jobs = try arguments.integer("--jobs", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount
    let lines = arguments.all("--script")
    if let long = lines.first(where: { $0.utf8.count > 99 || $0.contains("\n") }) {
      throw InputError("--script takes one line of at most 99 bytes, as xv6's shell does, not \"\(long)\"")
    }
    let saved = try arguments.value("--save").map { path throws(InputError) in try ResultFile(path) }
    configuration.disk = try HostFile.contents(of: diskPath)
    let kernel: ELF
    do {
      kernel = try ELF(parsing: HostFile.contents(of: kernelPath))
      _ = try FileSystemImage(parsing: configuration.disk ?? [])
    } catch let error as InputError {
      throw error
    } catch let error as FormatError {
      throw InputError("\(diskPath): \(error)")
    } catch {
      throw InputError("\(kernelPath): \(error)")
    }

    let progress = ProgressLine()
    defer { progress.wipe() }
    do {
      progress.show("booting \(kernelPath)...")
      let test = try CrashTest(kernel: kernel, name: kernelPath, configuration)
      let recording = try test.record(lines.isEmpty ? script : lines)
      guard recording.writes > 0 else { throw InputError("the commands write nothing to the disk") }
      let wrong = try judge(
        test, recording, reordered: arguments.has("--reordered"), jobs: jobs, saved: saved, progress)
      return wrong == 0 ? .success : .pointsLost
    } catch let error as CrashTest.NoPrompt {
      progress.wipe()
      Terminal.complain("labrunner: \(error)")
      return .pointsLost
    } catch let error as BoardError {
      throw InputError("\(kernelPath): \(error)")
    }
  }

  /// Tries every crash, prints the results, and returns how many crashes the file system did not survive.
  private static func judge(
    _ test: CrashTest, _ recording: CrashTest.Recording, reordered: Bool, jobs: Int, saved: ResultFile?,
    _ progress: ProgressLine
  ) throws -> Int {
    progress.wipe()
    Terminal.print("\(recording.writes) block writes in \(recording.transactions) transactions")
    if let first = recording.findings.first {
      Terminal.complain(
        "the disk has flaws before any crash, which are not counted "
          + "(\(recording.findings.count), first: \(first));"
          + " names and contents are not compared")
    }
    var wrong = 0
    for kind in [CrashPoint.Kind.ordered, .torn] + (reordered ? [.reordered] : []) {
      let survey = try test.survey(kind, of: recording, jobs: jobs) { progress.show("\($0)...") }
      progress.wipe()
      Terminal.print(survey.summary)
      survey.losses.prefix(max(0, shown - wrong)).forEach { Terminal.print("  \($0.words)") }
      if wrong == 0, let first = survey.losses.first, let saved {
        try saved.write(recording.image(at: first.point))
        Terminal.print("  \(saved.path) is the disk after the first of these")
      }
      wrong += survey.losses.count
    }
    if wrong > shown { Terminal.print("  and \(wrong - shown) more") }
    Terminal.print(wrong == 0 ? "Every crash was survived." : "\(wrong) crashes were not survived.")
    return wrong
  }
}
