import KernelFollowing
import LabDiagnosis
import LabEvents
import LabMeter
import LabModel
import LabRunning
import VirtBoard

/// Finds out why a run on a real kernel's board failed. It does the same run again, and a `KernelFollower`
/// follows the kernel.
struct BoardDiagnosis: Sendable {
  let session: BoardSession
  let library: ProgramLibrary
  let drawsMemory: Bool

  /// The second run of a test that does not end is followed for so many instructions: the first number, and
  /// if that shows no fault and no mistake, the second. A longer run shows nothing new, because the test
  /// repeats itself.
  private static let followed: [UInt64] = [300_000_000, 3_000_000_000]

  /// The boot, described as a test: it runs init and the programs that init starts.
  private static let boot = Lab.Test(
    name: "boot", title: "boot", points: 0, run: ["init"], proves: "", expects: "")

  /// Why `test`, which started from `snapshot`, failed.
  func diagnosis(of verdict: Verdict, in test: Lab.Test, from snapshot: BoardSnapshot) throws
    -> Diagnosis
  {
    try diagnosis(of: verdict, as: test) {
      let board = try Board(restoring: snapshot)
      board.type(Array((session.command(for: test) + "\n").utf8))
      return board
    }
  }

  /// Why the kernel, on a board with this configuration, never reached its shell's prompt.
  func diagnosis(ofBoot verdict: Verdict, _ configuration: BoardConfiguration) throws -> Diagnosis {
    try diagnosis(of: verdict, as: Self.boot) { try Board(kernel: session.kernel, configuration) }
  }

  private func diagnosis(
    of verdict: Verdict, as test: Lab.Test, _ begin: () throws -> Board
  ) throws -> Diagnosis {
    switch verdict {
    case .outOfInstructions:
      let first = try follow(begin(), verdict, test, limit: Self.followed[0])
      if first.fault != nil || !first.mistakes.isEmpty { return first }
      return try follow(begin(), verdict, test, limit: Self.followed[1])
    default: return try follow(begin(), verdict, test, limit: .max)
    }
  }

  private func follow(_ board: Board, _ verdict: Verdict, _ test: Lab.Test, limit: UInt64) -> Diagnosis {
    let isBoot = test == Self.boot
    let faults = if case .endlessFault = verdict { FaultWatch.followed } else { FaultWatch.standard }
    let witness = session.witness(board, test: isBoot ? nil : test, faults: faults)
    let map = KernelMap(session.kernel)
    var builder = DiagnosisBuilder(
      test, library: library, knowledge: KnownLabs.knowledge(of: library.lab),
      meter: drawsMemory ? Meter(command: nil) : nil)
    let follower = KernelFollower(board, map) { builder.hear($0, at: $1) }
    witness.onLine = { follower.hear(line: $0) }
    var limits = session.lab.limits
    limits.boardInstructions = min(limits.boardInstructions, limit)
    _ = session.run(board, witness, limits)
    if let mistake = witness.ledger?.statusMistake {
      builder.hear(.statusMistaken(mistake), at: board.retired)
    }
    var diagnosis = builder.diagnosis(of: verdict)
    diagnosis.gap = map.gap ?? diagnosis.gap
    return diagnosis
  }
}
