import Foundation
import HostSupport
import Submissions

/// What the host has: its own properties, a Swift compiler, and programs that are used if they are installed.
enum HostCheckup {
  static func findings() -> [DoctorFinding] { [host] + toolchain + tools }

  private static var host: DoctorFinding {
    let info = ProcessInfo.processInfo
    #if arch(x86_64)
      let architecture = "x86-64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "an architecture that labrunner is not tested on"
    #endif
    #if os(Linux)
      let system = "Linux"
    #elseif os(macOS)
      let system = "macOS"
    #else
      let system = "a system that labrunner is not tested on"
    #endif
    let memory = info.physicalMemory >> 20
    // Each machine has 128 MiB, but the host commits only the pages that were touched.
    let isEnough = memory >= 512
    return DoctorFinding(
      isEnough ? .ok : .note, "host",
      "\(system) (\(info.operatingSystemVersionString)) on \(architecture), "
        + "\(info.activeProcessorCount) \(info.activeProcessorCount == 1 ? "processor" : "processors"), "
        + "\(grouped(memory)) MiB of memory" + (isEnough ? "" : ": little, use --jobs 1"))
  }

  /// Only solutions in Swift source need a compiler and the build's modules.
  private static var toolchain: [DoctorFinding] {
    var findings: [DoctorFinding] = []
    if let swiftc = HostProgram("swiftc") {
      findings.append(
        DoctorFinding(
          .ok, "toolchain", "\(swiftc.version ?? "a Swift compiler of unknown version"), \(swiftc.path)"))
    }
    do {
      let compiler = try SolutionCompiler()
      findings.append(
        DoctorFinding(
          .ok, "toolchain",
          "solutions in Swift source can be compiled, with the modules in \(compiler.products.path)"))
    } catch {
      findings.append(
        DoctorFinding(.note, "toolchain", "solutions in Swift source cannot be graded: \(error)"))
    }
    return findings
  }

  private static var tools: [DoctorFinding] {
    let known = [
      ("qemu-system-riscv64", "labrunner bench compares with it"),
      ("parallel", "spreads a class over jobs and machines (labrunner grade --shard)"),
      ("riscv64-unknown-elf-gcc", "xv6's make builds kernels with it"),
      ("riscv64-linux-gnu-gcc", "xv6's make builds kernels with it"),
    ]
    let found = known.compactMap { name, use in
      HostProgram(name).map { tool in
        DoctorFinding(.ok, "tools", "\(tool.version ?? name), \(tool.path): \(use)")
      }
    }
    return found.isEmpty
      ? [DoctorFinding(.ok, "tools", "none of the optional ones; grading needs none")] : found
  }
}
