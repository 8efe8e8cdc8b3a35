import Foundation
import ObjectFile
import Submissions

/// An xv6 source tree: what is built in it, and whether the build is up to date with the sources.
struct TreeCheckup {
  let path: String
  let boots: Bool
  let memoryMiB: Int?

  func findings() -> [DoctorFinding] {
    var findings = [DoctorFinding(.ok, path, "an xv6 source tree")]
    let kernel = path + "/kernel/kernel"
    guard FileManager.default.fileExists(atPath: kernel) else {
      return findings + [
        DoctorFinding(.problem, path, "no kernel is built in it: run make kernel/kernel there")
      ]
    }
    do {
      let elf = try Doctor.kernel(at: kernel)
      let asked = try? KernelSolution(tree: path).memoryMiB
      if let asked, memoryMiB == nil {
        findings.append(DoctorFinding(.ok, path, "its Makefile gives the machine \(asked) MiB of RAM (-m)"))
      }
      findings += KernelCheckup(path: kernel, boots: boots, memoryMiB: memoryMiB ?? asked).findings(elf)
    } catch {
      findings.append(DoctorFinding(.problem, kernel, "\(error)"))
    }
    if let newer = sourceNewer(than: kernel) {
      findings.append(
        DoctorFinding(
          .note, path, "kernel/\(newer) is newer than kernel/kernel: is the kernel built from it?"))
    }
    findings.append(image)
    if !FileManager.default.fileExists(atPath: path + "/time.txt") {
      findings.append(
        DoctorFinding(.note, path, "time.txt is missing: the official lab gives a point for the hours in it"))
    }
    return findings
  }

  private var image: DoctorFinding {
    FileManager.default.fileExists(atPath: path + "/fs.img")
      ? DoctorFinding(
        .ok, path, "fs.img is there, for --tests theirs (labrunner doctor \(path)/fs.img looks into it)")
      : DoctorFinding(
        .note, path, "fs.img is missing: --tests theirs needs it (make fs.img), grading itself does not")
  }

  /// A source file of the kernel that changed after `kernel` was built: the first one by name.
  private func sourceNewer(than kernel: String) -> String? {
    guard let built = modified(kernel) else { return nil }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/kernel")) ?? []
    let sources = names.filter { name in [".c", ".h", ".S", ".ld"].contains { name.hasSuffix($0) } }
    return sources.sorted().first { name in modified(path + "/kernel/" + name).map { $0 > built } ?? false }
  }

  private func modified(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}
