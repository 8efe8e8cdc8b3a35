import Foundation
import HostSupport
import ObjectFile
import Submissions

/// `labrunner doctor`: says what is there, and what would stop it from being graded.
package struct Doctor: Sendable {
  /// Whether kernels are booted. Each boot takes a second or two.
  package var boots = true
  /// The RAM in MiB that kernels are booted with; nil for what a tree's Makefile asks for, or 128.
  package var memoryMiB: Int?

  package init() {}

  /// Looks at the host, and at each of `paths`. A path is a kernel, a disk image, an xv6 tree or a solution.
  package func examine(_ paths: [String]) -> Checkup {
    Checkup(findings: HostCheckup.findings() + paths.flatMap { findings($0) })
  }

  /// Looks at one path.
  package func findings(_ path: String) -> [DoctorFinding] {
    if let builtIn = SolutionCatalogue.builtIn.first(where: { $0.name == path }) {
      return [DoctorFinding(.ok, path, "a built-in solution: \(builtIn.summary)")]
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return [DoctorFinding(.problem, path, "no such file, and no solution that is built in")]
    }
    if let foreign = isFolder.boolValue ? ForeignSubmission(folder: path) : ForeignSubmission(file: path),
      foreign != .image, foreign != .rawBinary || path.hasSuffix(".bin")
    {
      return [DoctorFinding(.problem, path, "\(foreign)")]
    }
    if KernelSolution.isTree(path) {
      return TreeCheckup(path: path, boots: boots, memoryMiB: memoryMiB).findings()
    }
    if isFolder.boolValue || path.hasSuffix(".swift") { return source(path) }
    do {
      let bytes = try HostFile.contents(of: path)
      if bytes.starts(with: ELF.magic) {
        let checkup = KernelCheckup(path: path, boots: boots, memoryMiB: memoryMiB)
        return checkup.findings(try Self.kernel(at: path))
      }
      return ImageCheckup.findings(bytes, path)
    } catch {
      return [DoctorFinding(.problem, path, Self.withoutPath(error, path))]
    }
  }

  private func source(_ path: String) -> [DoctorFinding] {
    do {
      let source = try SolutionSource(path: path)
      _ = try SolutionCompiler()
      return [DoctorFinding(.ok, path, "a solution in Swift: \(source.typeName) conforms to LabSolution")]
        + source.warnings.map {
          DoctorFinding(.note, path, $0.file == path ? "line \($0.line ?? 0): \($0.text)" : $0.description)
        }
    } catch {
      return [DoctorFinding(.problem, path, Self.withoutPath(error, path))]
    }
  }

  /// The kernel at `path`, for any machine.
  package static func kernel(at path: String) throws(InputError) -> ELF {
    let bytes = try HostFile.contents(of: path)
    do {
      return try ELF(parsing: bytes)
    } catch {
      throw InputError("not a kernel for this machine: \(error)")
    }
  }

  /// An error's message without the path at its start: the report already shows the path above it.
  private static func withoutPath(_ error: any Sendable, _ path: String) -> String {
    let text = "\(error)"
    return text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text
  }
}
