import Foundation
import HostSupport
import LabBoot
import LabModel
import ObjectFile
import VirtBoard

/// `labrunner boot`: a real kernel on the board, with its console on this terminal.
enum BootCommand {
  static let command = Command(
    name: "boot",
    summary: "boot a real xv6 kernel, with its console here",
    operands: KernelOperands.words,
    operandCount: 0...2,
    operandValues: .files,
    options: [
      .init(name: "--harts", value: "N", summary: "harts, 1 to 8 (3)"),
      .init(name: "--memory", value: "MIB", summary: "guest RAM in MiB (128)"),
      .init(name: "--seed", value: "N", summary: "the schedule by which harts take turns (1)"),
      .board,
      .init(
        name: "--limit", value: "N",
        summary: "retired instructions, of all harts, before it is ended (none)"),
      .raw,
      .init(name: "--write-disk", summary: "write the disk back to FS.IMG at the end"),
      .init(name: "--stats", summary: "what the run cost, on standard error"),
      .traceHash,
      .init(name: "-kernel", value: "KERNEL", values: .files, summary: "as for QEMU"),
      .init(name: "-drive", value: "file=F,...", values: .files, summary: "as for QEMU: the disk image"),
      .init(name: "-m", value: "SIZE", summary: "as for QEMU: RAM in MiB, or with M or G behind"),
      .init(name: "-smp", value: "N", summary: "as for QEMU: harts"),
      .init(name: "-nographic", summary: "always so"),
      .init(name: "-machine", value: "virt", summary: "always so"),
      .init(name: "-bios", value: "none", summary: "always so"),
      .init(name: "-global", value: "X", summary: "ignored: the board finds out"),
      .init(name: "-device", value: "X", summary: "ignored: the disk is a virtio one"),
    ],
    discussion: """
      KERNEL is an ELF file as xv6's Makefile builds it, of any year; FS.IMG its disk,
      which stays as it is unless --write-disk is given. TREE is an xv6 tree in which
      they are built; without an operand, the working folder may be one. Without
      FS.IMG the disk holds our own programs. ctrl-a x leaves, ctrl-a h helps; ctrl-c
      and all else go to the guest. Standard input may be a file: a line is typed
      whenever the guest waits for one, and the same input gives the same run, to the
      bit.
      Exit status: 0 when the guest switched the machine off, ctrl-a x was typed or
      the input has ended; 1 when the run was ended otherwise.

      examples:
        labrunner boot ~/xv6-labs-2020
        labrunner boot kernel/kernel fs.img
        echo ls | labrunner boot kernel/kernel fs.img --harts 1
        labrunner boot -machine virt -bios none -kernel kernel/kernel -m 128M -smp 3 \\
          -nographic
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let drive = try arguments.value("-drive").map(file(inDrive:))
    let operands = try KernelOperands(
      arguments.operands, of: "boot", kernel: arguments.value("-kernel"), disk: drive)
    let (kernelPath, diskPath) = (operands.kernel, operands.disk)
    if arguments.has("--write-disk") && diskPath == nil {
      throw InputError("boot: --write-disk needs an FS.IMG to write")
    }
    var configuration = try configuration(arguments)
    let board: Board
    do {
      let kernel = try ELF(parsing: HostFile.contents(of: kernelPath))
      configuration.disk =
        try diskPath.map { path throws(InputError) in try HostFile.contents(of: path) }
        ?? LabDisk.image(for: "lazy", kernel: kernel)
      board = try Board(kernel: kernel, configuration)
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError("\(kernelPath): \(error)")
    }
    let end = run(board, raw: arguments.has("--raw"))
    if arguments.has("--write-disk"), let diskPath, let disk = board.disk {
      try ResultFile(diskPath).write(disk)
    }
    if arguments.has("--stats") {
      for finding in board.findings { Terminal.complain(finding) }
      Terminal.complain("\(grouped(board.retired)) instructions")
    }
    Terminal.complain(of: board.traceSum)
    return end
  }

  private static func run(_ board: Board, raw: Bool) -> ExitStatus {
    let keyboard = Keyboard(raw: true)
    var screen = Screen(raw: raw)
    defer { keyboard.restore() }
    let input: BootConsole.Input =
      isatty(STDIN_FILENO) == 1 ? .terminal(Keys(keyboard, board.stopper)) : .piped(PipedInput())
    let console = BootConsole(board, input) { screen.write($0) }
    let end = console.run()
    screen.end()
    keyboard.restore()
    switch end {
    case _ where console.hasLeft:
      Terminal.complain("")
      return .success
    case .board(.poweredOff(0)), .inputEnded:
      return .success
    case .board(let stop):
      Terminal.complain("labrunner: \(stop)")
    case .panicked:
      Terminal.complain("labrunner: the kernel panicked")
    case .silent:
      Terminal.complain("labrunner: the input has ended, and the guest does nothing that shows")
    }
    return .pointsLost
  }

  private static func configuration(_ arguments: Arguments) throws(InputError) -> BoardConfiguration {
    var configuration = BoardConfiguration()
    configuration.harts = 3
    for option in ["-smp", "--harts"] {
      if let harts = try arguments.integer(option, in: 1...Board.maxHarts) { configuration.harts = harts }
    }
    if let size = arguments.value("-m") { configuration.memorySize = UInt64(try mebibytes(size)) << 20 }
    if let size = try arguments.integer("--memory", in: 1...4096) {
      configuration.memorySize = UInt64(size) << 20
    }
    if let seed = try arguments.integer("--seed", in: 0...Int.max) { configuration.seed = UInt64(seed) }
    if let limit = try arguments.integer("--limit", in: 1...Int.max) {
      configuration.instructionLimit = UInt64(limit)
    }
    try arguments.chooseBoard(&configuration)
    configuration.trace = try arguments.traceGrain()
    for (option, only) in [("-machine", "virt"), ("-bios", "none")] {
      guard let value = arguments.value(option), value.split(separator: ",").first.map(String.init) != only
      else {
        continue
      }
      throw InputError("\(option) takes \(only) here, not \"\(value)\"")
    }
    return configuration
  }

  /// A size as QEMU writes it: in MiB, or a number followed by M or G.
  private static func mebibytes(_ text: String) throws(InputError) -> Int {
    let unit = text.last?.uppercased()
    let digits = unit == "M" || unit == "G" ? String(text.dropLast()) : text
    guard let number = Int(digits), 1...4096 ~= number, unit != "G" || number <= 4 else {
      throw InputError("-m takes 1M to 4G, not \"\(text)\"")
    }
    return unit == "G" ? number * 1024 : number
  }

  /// The file in `file=F,if=none,...`.
  private static func file(inDrive text: String) throws(InputError) -> String {
    for part in text.split(separator: ",") where part.hasPrefix("file=") { return String(part.dropFirst(5)) }
    throw InputError("-drive takes file=F,..., not \"\(text)\"")
  }
}
