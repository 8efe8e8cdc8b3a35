import Foundation
import HostSupport
import KernelFollowing
import LabDiagnosis
import LabModel
import LabPrograms
import LabRunning
import ObjectFile
import Submissions
import UserFollowing
import VirtBoard

/// Runs tests on a real kernel. It boots the kernel once, on a disk with our own programs or with the
/// programs of another disk image, and takes a snapshot at the shell's prompt. Each test starts from this
/// snapshot.
package struct BoardHost: Sendable {
  private let session: BoardSession
  private let start: Start
  private let diagnosis: BoardDiagnosis
  private let library: ProgramLibrary

  /// How the boot ended.
  private enum Start: Sendable {
    /// The shell reached its prompt and waits for a command.
    case prompt(BoardSnapshot)
    /// The shell never reached its prompt.
    case dead(Verdict, explanation: String?, console: String, Diagnosis)
  }

  private static let emptyClaim =
    "the console says that the tests passed, but the program did not end with status 0"

  /// Facts that the board found out about the kernel. Each is one sentence.
  package let findings: [String]

  /// Boots `solution`'s kernel on our own disk, or on `theirImage` if it is not nil. If the kernel does not
  /// reach a prompt, that is a result, not an error.
  package init(
    _ solution: KernelSolution, lab: Lab, _ configuration: BoardConfiguration, theirImage: [UInt8]? = nil,
    drawsMemory: Bool = false
  ) throws {
    var configuration = configuration
    configuration.memorySize = UInt64(solution.memoryMiB ?? lab.limits.memoryMiB) << 20
    configuration.disk = try theirImage ?? LabDisk.image(for: lab.name, kernel: solution.kernel)
    let programs = try Self.programs(of: lab.name)
    guard let shell = programs["sh"] else {
      throw InputError("lab \"\(lab.name)\" has no shell on its disk")
    }
    let board: Board
    do {
      board = try Board(kernel: solution.kernel, configuration)
    } catch {
      throw InputError("\(solution.path): \(error)")
    }
    var lab = lab
    // The reader allows 10^12 instructions, and a board has few harts.
    lab.limits.boardInstructions &*= UInt64(max(1, configuration.harts))
    session = BoardSession(
      kernel: solution.kernel, lab: lab,
      source: theirImage == nil ? .ours(shell: shell, programs: programs) : .theirs)
    library = ProgramLibrary(lab: lab.name)
    diagnosis = BoardDiagnosis(session: session, library: library, drawsMemory: drawsMemory)
    let witness = session.witness(board, test: nil)
    let verdict = session.run(board, witness, lab.limits)
    let disk = theirImage == nil ? LabDisk.finding(about: solution.kernel) : nil
    findings = board.findings + (disk.map { [$0] } ?? [])
    if let verdict {
      // The boot has shown which version of the virtio disk the kernel's driver uses.
      configuration.virtio = board.diskVersion == 1 ? .legacy : .modern
      start = .dead(
        verdict,
        explanation: witness.recorder.explanation(of: verdict).map { "before the shell's prompt: \($0)" },
        console: witness.recorder.console, try diagnosis.diagnosis(ofBoot: verdict, configuration))
    } else {
      let snapshot = board.snapshot()
      start = try Self.selfCheck(session, diagnosis, from: snapshot) ?? .prompt(snapshot)
    }
  }

  /// Our programs on the disk of `lab`.
  private static func programs(of lab: String) throws -> [String: UserProgram] {
    var programs: [String: UserProgram] = [:]
    for (name, bytes) in LabPrograms.programs(for: lab) {
      programs[name] = UserProgram(try ELF(parsing: bytes), name: name)
    }
    return programs
  }

  /// The machine's own check, which comes before all tests: a parent whose children exit with 7 and with 0.
  private static let selfCheck = Lab.Test(
    name: "selfcheck", title: "selfcheck", points: 0, run: ["selfcheck"], proves: "", expects: "")

  /// Runs the self-check on a machine of its own. If the kernel loses or makes up what a child gives to
  /// `exit`, no test can be passed, and the result is how each of them ends. Anything else that goes wrong is
  /// for the tests to tell: then, and if all is well, the result is nil.
  private static func selfCheck(
    _ session: BoardSession, _ diagnosis: BoardDiagnosis, from snapshot: BoardSnapshot
  ) throws -> Start? {
    guard case .ours(_, let programs) = session.source, programs[selfCheck.run[0]] != nil else { return nil }
    let board = try Board(restoring: snapshot)
    let witness = session.witness(board, test: selfCheck)
    board.type(Array((session.command(for: selfCheck) + "\n").utf8))
    _ = session.run(board, witness, session.lab.limits)
    guard let mistake = witness.ledger?.statusMistake else { return nil }
    let verdict = Verdict.failed(status: 1)
    return .dead(
      verdict, explanation: "before the tests: \(mistake)", console: witness.recorder.console,
      try diagnosis.diagnosis(of: verdict, in: selfCheck, from: snapshot))
  }

  /// Runs `test` on its own machine.
  package func run(_ test: Lab.Test) throws -> TestResult {
    let snapshot: BoardSnapshot
    switch start {
    case .prompt(let ready): snapshot = ready
    case .dead(let verdict, let explanation, let console, let diagnosis):
      return TestResult(
        test: test, verdict: verdict, explanation: explanation, instructions: 0, diagnosis: diagnosis,
        console: console)
    }
    if case .ours(_, let programs) = session.source, programs[test.run[0]] == nil {
      throw InputError(
        "test \"\(test.name)\": the disk of lab \"\(session.lab.name)\" has no program \"\(test.run[0])\"")
    }
    let board = try Board(restoring: snapshot)
    let witness = session.witness(board, test: test)
    board.type(Array((session.command(for: test) + "\n").utf8))
    let begin = board.retired
    let end = session.run(board, witness, session.lab.limits)
    let verdict: Verdict
    var objection: Objection?
    switch (end, witness.status) {
    case (nil, 0?):
      objection = witness.ledger?.objection(library)
      verdict = objection?.verdict ?? .passed
    case (let trouble?, _): verdict = trouble
    case (nil, _) where witness.claimsSuccess && session.isOurs: verdict = .forged(Self.emptyClaim)
    case (nil, let status?): verdict = witness.casualty.map { .killed($0) } ?? .failed(status: Int(status))
    case (nil, nil):
      verdict = witness.ledger?.change.map { .forged($0) } ?? witness.fault.map { .killed($0) } ?? .vanished
    }
    var result = TestResult(
      test: test, verdict: verdict, recorder: witness.recorder, instructions: board.retired - begin,
      trace: board.traceSum?.lines)
    if let objection { result.explanation = objection.sentence }
    if !result.passed { result.diagnosis = try diagnosis.diagnosis(of: verdict, in: test, from: snapshot) }
    return result
  }
}
