import Foundation
import HostSupport
import LabModel
import RV64
import Submissions

/// What a grading depends on, in one number: the solution's bytes, the settings, and the lab as it was built.
enum Fingerprint {
  /// The fingerprint of grading what lies at `path`, or is built in under that name.
  static func of(_ path: String, settings: String, lab: String) throws -> String {
    var hash = TraceHash()
    hash.fold(Array(settings.utf8))
    hash.fold(try LabDisk.image(for: lab))
    for file in files(at: path) {
      hash.fold(Array(file.utf8))
      // What cannot be read is an error of the grading itself, in better words.
      hash.fold((try? HostFile.contents(of: path + file)) ?? [])
    }
    return hash.description
  }

  /// What is read of a solution, relative to its path: itself, or in a folder the Swift files, or an xv6 tree's kernel,
  /// image and `time.txt`.
  private static func files(at path: String) -> [String] {
    if KernelSolution.isTree(path) { return ["/kernel/kernel", "/fs.img", "/time.txt"] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.isEmpty ? [""] : names.filter { $0.hasSuffix(".swift") }.sorted().map { "/" + $0 }
  }
}

extension TraceHash {
  fileprivate mutating func fold(_ bytes: [UInt8]) { bytes.withUnsafeBytes { fold($0) } }
}
