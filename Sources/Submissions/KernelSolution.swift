import Foundation
import HostSupport
import LabModel
import ObjectFile

/// A solution in C: a real xv6-riscv kernel, alone or in its source tree.
package struct KernelSolution: Sendable {
  /// The path as it was given.
  package let path: String
  package let kernel: ELF
  /// The source tree; nil if only a kernel was given.
  package let tree: URL?
  /// The MiB of RAM that the kernel is to have: those that its tree's Makefile gives QEMU, until somebody
  /// chooses others. Nil for those of the lab.
  package var memoryMiB: Int?

  /// Reads a kernel's ELF file.
  package init(file path: String) throws(InputError) {
    try self.init(path: path, file: path, tree: nil)
  }

  /// Reads the built kernel in an xv6 tree.
  package init(tree path: String) throws(InputError) {
    let tree = URL(fileURLWithPath: path)
    let kernel = path + "/kernel/kernel"
    if let foreign = ForeignSubmission(folder: path) { throw InputError("\(path): \(foreign)") }
    guard FileManager.default.fileExists(atPath: kernel) else {
      throw InputError("\(path): the xv6 tree has no kernel/kernel: build it first (make kernel/kernel)")
    }
    try self.init(path: path, file: kernel, tree: tree)
    if let makefile = try? HostFile.contents(of: path + "/Makefile", limit: TreeMakefile.limit) {
      memoryMiB = TreeMakefile.memoryMiB(in: String(decoding: makefile, as: UTF8.self))
    }
  }

  private init(path: String, file: String, tree: URL?) throws(InputError) {
    let bytes = try HostFile.contents(of: file)
    do {
      kernel = try ELF(parsing: bytes)
    } catch {
      throw InputError("\(file): \(error)")
    }
    self.path = path
    self.tree = tree
  }

  /// The disk image in the tree, which has the tree's own programs.
  package func ownImage() throws(InputError) -> [UInt8] {
    guard tree != nil else {
      throw InputError("\(path): a kernel alone has no disk image: name one with --image")
    }
    return try HostFile.contents(of: path + "/fs.img")
  }

  /// The path of the source file that the kernel's debug information calls `place` (`kernel/vm.c`). Nil if
  /// there is no such file.
  package func path(ofPlace place: String) -> String? {
    let root = tree != nil ? path + "/" : path.hasSuffix("kernel/kernel") ? String(path.dropLast(13)) : ""
    let file = place.hasPrefix("/") || root == "./" ? place : root + place
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// Whether the folder at `path` is an xv6 tree, built or not.
  package static func isTree(_ path: String) -> Bool {
    ["kernel/main.c", "kernel/defs.h"].contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
  }

  /// The result of a test that looks at the tree only. The test `time` needs a file with one whole number:
  /// the hours that the lab took.
  package func judge(_ test: Lab.Test) -> TestResult {
    let name = test.name + ".txt"
    let text = tree.flatMap { try? HostFile.contents(of: $0.appending(path: name).path, limit: 4096) }
      .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
    let reason: String? =
      switch text {
      case nil: "\(name) is missing"
      case let text? where text.isEmpty || !text.allSatisfy({ $0.isASCII && $0.isWholeNumber }):
        "\(name) does not hold one whole number"
      default: nil
      }
    return TestResult(
      test: test, verdict: reason == nil ? .passed : .failed(status: 1), explanation: reason,
      instructions: nil,
      console: "")
  }
}
