import HostSupport
import KernelFollowing
import LabModel
import ObjectFile
import Submissions
import Sv39MMU
import VirtBoard

/// What a real kernel is, what it needs, and whether it boots to its shell.
struct KernelCheckup {
  let path: String
  /// Whether the kernel is booted.
  let boots: Bool

  /// Every xv6 shows its shell's prompt within this many instructions.
  private static let limit: UInt64 = 3_000_000_000

  func findings(_ kernel: ELF) -> [DoctorFinding] {
    var findings = [DoctorFinding(.ok, path, "an RV64 ELF file, first instruction at \(hex(kernel.entry))")]
    guard kernel.entry >= Board.ramBase else {
      return findings + [
        DoctorFinding(
          .problem, path,
          "not a kernel: a kernel begins at \(hex(Board.ramBase)) (a user program runs with labrunner run)")
      ]
    }
    let facts = KernelFacts(kernel)
    findings.append(
      DoctorFinding(
        .ok, path,
        "xv6's edition, guessed: \(facts.guess); its ticks come from "
          + (facts.usesSstc ? "Sstc (stimecmp)" : "the CLINT in M mode") + "; it "
          + (facts.usesPMP ? "sets up" : "knows nothing of") + " physical memory protection"))
    if let harts = facts.harts {
      findings.append(
        DoctorFinding(.ok, path, "it has stacks for up to \(harts) harts (--harts; 1 without it)"))
    }
    findings.append(debugInformation(kernel, facts))
    return boots ? findings + boot(kernel) : findings
  }

  private func debugInformation(_ kernel: ELF, _ facts: KernelFacts) -> DoctorFinding {
    if facts.isStripped {
      return DoctorFinding(.note, path, "stripped: a lost point will name no function of the kernel")
    }
    guard kernel.section(named: ".debug_info") != nil else {
      return DoctorFinding(
        .note, path, "it has symbols, but no debug information (-ggdb): functions, but no lines")
    }
    if let problem = CodeMap(kernel).problem {
      return DoctorFinding(
        .note, path, "its debug information cannot be read (\(problem)): functions, but no lines")
    }
    return DoctorFinding(.ok, path, "it has symbols and debug information: functions and lines will be named")
  }

  /// Boots the kernel on one of our own disks, up to the shell's prompt.
  private func boot(_ kernel: ELF) -> [DoctorFinding] {
    var configuration = BoardConfiguration()
    do {
      configuration.disk = try LabDisk.image(for: LabCatalogue.standard)
      let board = try Board(kernel: kernel, configuration)
      let trouble = ShellBoard(board).runToPrompt(limit: Self.limit)
      let needs = board.findings.map { DoctorFinding(.ok, path, $0) }
      let millions = board.retired / 1_000_000
      return needs + [
        trouble.map {
          DoctorFinding(.problem, path, "on our disk it does not come to its shell's prompt: \($0)")
        }
          ?? DoctorFinding(
            .ok, path, "it boots: its shell has a prompt after \(grouped(millions)) million instructions")
      ]
    } catch {
      return [DoctorFinding(.problem, path, "it cannot be booted: \(error)")]
    }
  }
}
