import Foundation
import HostSupport
import LabCrash
import ObjectFile
import VirtBoard
import XV6FileSystem

/// `labrunner crash`: whether a real kernel's file system survives a power failure at any moment.
enum CrashCommand {
  static let command = Command(
    name: "crash",
    summary: "cut the power at every disk write of a real kernel",
    operands: "KERNEL FS.IMG",
    operandCount: 2...2,
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
      as it is. The commands are typed at the shell. Then, for every write that they
      made, the machine is booted on the disk as it was just before, and with only a
      part of that write on it. The kernel must come to its prompt; the file system
      must be whole, with each transaction happened or not happened; and booting once
      more must change nothing.
      Exit status: 0 when every crash was survived, 1 when one was not or the kernel
      does not get as far, 2 when the command or its input was wrong.

      examples:
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

  /// Failures shown one by one.
  private static let shown = 10

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let (kernelPath, diskPath) = (arguments.operands[0], arguments.operands[1])
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
      var report = Report(recording, progress, reordered: arguments.has("--reordered"), saved: saved)
      try report.judge(test, jobs: jobs)
      return report.wrong == 0 ? .success : .pointsLost
    } catch let error as CrashTest.NoPrompt {
      progress.wipe()
      Terminal.complain("labrunner: \(error)")
      return .pointsLost
    } catch let error as BoardError {
      throw InputError("\(kernelPath): \(error)")
    }
  }

  /// What was tried, as it is printed.
  private struct Report {
    let recording: CrashTest.Recording
    let progress: ProgressLine
    let reordered: Bool
    /// Where the first disk that is lost goes.
    let saved: ResultFile?
    var wrong = 0

    init(
      _ recording: CrashTest.Recording, _ progress: ProgressLine, reordered: Bool, saved: ResultFile?
    ) {
      self.recording = recording
      self.progress = progress
      self.reordered = reordered
      self.saved = saved
      progress.wipe()
      Terminal.print("\(recording.writes) block writes in \(recording.transactions) transactions")
      if let first = recording.findings.first {
        Terminal.complain(
          "the disk has flaws before any crash, which are not counted (\(recording.findings.count), first: \(first));"
            + " names and contents are not compared")
      }
    }

    mutating func judge(_ test: CrashTest, jobs: Int) throws {
      try judge(test, .ordered, "cuts between writes", jobs)
      try judge(test, .torn, "torn writes", jobs)
      if reordered { try judge(test, .reordered, "sets of reordered writes", jobs) }
      if wrong > CrashCommand.shown { Terminal.print("  and \(wrong - CrashCommand.shown) more") }
      Terminal.print(wrong == 0 ? "Every crash was survived." : "\(wrong) crashes were not survived.")
    }

    private mutating func judge(
      _ test: CrashTest, _ kind: CrashPoint.Kind, _ name: String, _ jobs: Int
    ) throws {
      let points = recording.points([kind])
      var (tried, bad) = (0, 0)
      var firstBad: CrashPoint?
      var lines: [String] = []
      progress.show("\(points.count) \(name)...")
      try test.judge(points, of: recording, jobs: jobs) { point, trouble in
        tried += 1
        progress.show("\(tried) of \(points.count) \(name)...")
        guard let trouble else { return }
        bad += 1
        if firstBad == nil { firstBad = point }
        lines.append("  \(recording.command(at: point)): \(point): \(trouble)")
      }
      progress.wipe()
      Terminal.print("\(points.count) \(name): \(bad) not survived")
      lines.prefix(max(0, CrashCommand.shown - wrong)).forEach(Terminal.print)
      if let firstBad, wrong == 0, let saved {
        try saved.write(recording.image(at: firstBad))
        Terminal.print("  \(saved.path) is the disk after the first of these")
      }
      wrong += bad
    }
  }
}
