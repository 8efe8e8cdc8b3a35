import Foundation
import HostSupport
import LabModel
import RV64
import Submissions

/// Everything that a grading depends on, as one number: the solution's bytes, the settings, and the lab as
/// built.
enum Fingerprint {
  /// The fingerprint for grading the solution at `path`, or the built-in solution of that name.
  static func of(_ path: String, settings: String, lab: String) throws -> String {
    var hash = TraceHash()
    hash.fold(Array(settings.utf8))
    hash.fold(try LabDisk.image(for: lab))
    for file in files(at: path) {
      hash.fold(Array(file.utf8))
      // If a file cannot be read, the grading itself reports it, in a better message.
      hash.fold((try? HostFile.contents(of: path + file)) ?? [])
    }
    return hash.description
  }

  /// A number for a name.
  static func of(name: String) -> String {
    var hash = TraceHash()
    hash.fold(Array(name.utf8))
    return hash.description
  }

  /// The files of a solution that are read, relative to its path. A single file is itself the solution. In a
  /// folder they are the Swift files. In an xv6 tree they are the kernel, the image and `time.txt`.
  private static func files(at path: String) -> [String] {
    if KernelSolution.isTree(path) { return ["/kernel/kernel", "/fs.img", "/time.txt"] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.isEmpty ? [""] : names.filter { $0.hasSuffix(".swift") }.sorted().map { "/" + $0 }
  }
}

extension TraceHash {
  fileprivate mutating func fold(_ bytes: [UInt8]) { bytes.withUnsafeBytes { fold($0) } }
}
