import HostSupport
import LabDoctor

/// `labrunner doctor`: says what is there, and what would stop it from being graded.
enum DoctorCommand {
  static let command = Command(
    name: "doctor",
    summary: "what is here, and what would stop it from being graded",
    operands: "[KERNEL|IMAGE|TREE|SOLUTION...]",
    operandCount: 0...1000,
    operandValues: .listedOrFile("solutions"),
    options: [
      .init(name: "--no-boot", summary: "looks at kernels without booting them"),
      .init(
        name: "--memory", value: "MIB", summary: "guest RAM in MiB (-m of the tree's Makefile; 128)"),
      .init(
        name: "--format", value: "FORMAT", values: .words(["text", "json"]), summary: "text or json (text)"),
    ],
    discussion: """
      Looks at this host: its system, its Swift compiler, programs that are used when
      they are there. Then at each file or folder that is named: a kernel's ELF file
      is booted up to its shell's prompt, and told by its edition, what it needs of
      the board, and how much of its source is known; an xv6 tree by what is built in
      it; a disk image by what is on it; a solution in Swift by its type. Marks: ok, a
      fact; note, worth knowing; problem, which stops grading. Exit status: 0 when
      nothing does, 1 when something does.

      examples:
        labrunner doctor
        labrunner doctor ~/xv6-labs-2020
        labrunner doctor kernel/kernel fs.img --format json
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let format = arguments.value("--format") ?? "text"
    guard ["text", "json"].contains(format) else {
      throw InputError("--format takes text or json, not \"\(format)\"")
    }
    var doctor = Doctor()
    doctor.boots = !arguments.has("--no-boot")
    doctor.memoryMiB = try arguments.integer("--memory", in: 1...4096)
    let checkup = doctor.examine(arguments.operands)
    format == "json" ? Terminal.write(checkup.json) : Terminal.print(checkup.text)
    return checkup.isWell ? .success : .pointsLost
  }
}
