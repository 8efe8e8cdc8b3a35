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
  /// The RAM that it is booted with; nil for what a board has if nobody asks for more.
  let memoryMiB: Int?

  /// Every xv6 shows its shell's prompt within this many instructions.
  private static let limit: UInt64 = 3_000_000_000

  func findings(_ kernel: ELF) -> [DoctorFinding] {
    var findings = [DoctorFinding(.ok, path, "an RV64 ELF file" + compiledFor(kernel))]
    do throws(BoardError) {
      _ = try Board(kernel: kernel, configuration)
    } catch {
      let isProgram = kernel.loadableSegments.contains { $0.physicalAddress < 0x1000 }
      let hint = isProgram ? " (a user program runs with labrunner run)" : ""
      return findings + [DoctorFinding(.problem, path, "\(error)\(hint)")]
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
    if let disk = LabDisk.finding(about: kernel) { findings.append(DoctorFinding(.ok, path, disk)) }
    return boots ? findings + boot(kernel) : findings
  }

  private var configuration: BoardConfiguration {
    var configuration = BoardConfiguration()
    if let memoryMiB { configuration.memorySize = UInt64(memoryMiB) << 20 }
    return configuration
  }

  private func compiledFor(_ kernel: ELF) -> String {
    guard let architecture = kernel.architecture.map(ArchitectureName.init) else { return "" }
    let more = architecture.hasMore ? ", which has more than this machine (-march=rv64gc has not)" : ""
    return ", compiled for \(architecture.short)\(more)"
  }

  /// What is assumed of a kernel without debug information.
  private var assumed: String { "and its disk is taken to have blocks of 1,024 bytes" }

  private func debugInformation(_ kernel: ELF, _ facts: KernelFacts) -> DoctorFinding {
    if facts.isStripped {
      return DoctorFinding(
        .note, path, "stripped: a lost point will name no function of the kernel, \(assumed)")
    }
    guard kernel.section(named: ".debug_info") != nil else {
      return DoctorFinding(
        .note, path, "it has symbols, but no debug information (-ggdb): functions, but no lines, \(assumed)")
    }
    if let problem = CodeMap(kernel).problem {
      return DoctorFinding(
        .note, path, "its debug information cannot be read (\(problem)): functions, but no lines")
    }
    return DoctorFinding(.ok, path, "it has symbols and debug information: functions and lines will be named")
  }

  /// Boots the kernel on one of our own disks, up to the shell's prompt.
  private func boot(_ kernel: ELF) -> [DoctorFinding] {
    var configuration = configuration
    do {
      configuration.disk = try LabDisk.image(for: LabCatalogue.standard, kernel: kernel)
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
