import Foundation
import HostSupport
import LazySolutions
import ObjectFile
import XV6Kernel

/// A solution that can be graded: a built-in one, a user's own Swift source, or a real kernel.
package enum Solution: Sendable {
  case builtIn(name: String, summary: String, make: any LabSolution.Type)
  case source(SolutionSource)
  case kernel(KernelSolution)

  /// The solution's name in reports.
  package var name: String {
    switch self {
    case .builtIn(let name, _, _): name
    case .source(let source): source.path
    case .kernel(let kernel): kernel.path
    }
  }

  /// Whether it is a source tree, which may contain more than code.
  package var hasTree: Bool {
    if case .kernel(let kernel) = self { kernel.tree != nil } else { false }
  }
}

/// The solutions that are built into this program, and solutions that a path names.
package enum SolutionCatalogue {
  /// The solution that is graded if the user names none.
  package static let standard = "reference"

  /// The built-in solutions, in the order in which they are listed.
  package static var builtIn: [(name: String, summary: String)] {
    LazySolutions.all.map { ($0.name, $0.summary) }
  }

  /// The built-in solution `name`, or the solution at the path `name`: a Swift file, a folder of Swift
  /// files, a kernel's ELF file, or an xv6 tree with a built kernel.
  package static func solution(_ name: String) throws(InputError) -> Solution {
    if let found = LazySolutions.all.first(where: { $0.name == name }) {
      return .builtIn(name: found.name, summary: found.summary, make: found.make)
    }
    guard FileManager.default.fileExists(atPath: name) else {
      let names = LazySolutions.all.map(\.name)
      throw InputError(
        "no solution is called \"\(name)\" (there is: \(names.joined(separator: ", "))), and no file either"
          + Spelling.hint(for: name, of: names))
    }
    if KernelSolution.isTree(name) { return .kernel(try KernelSolution(tree: name)) }
    if isELF(name) { return .kernel(try KernelSolution(file: name)) }
    if let foreign = ForeignSubmission(folder: name) ?? ForeignSubmission(file: name) {
      throw InputError("\(name): \(foreign)")
    }
    return .source(try SolutionSource(path: name))
  }

  /// The solution to grade if the user names none: the current folder if it is an xv6 tree, else the
  /// reference.
  package static var here: String { KernelSolution.isTree(".") ? "." : standard }

  private static func isELF(_ path: String) -> Bool {
    HostFile.beginning(of: path, count: ELF.magic.count) == ELF.magic
  }

  /// A built-in solution by name, to be used in this process.
  package static func builtIn(_ name: String) throws(InputError) -> any LabSolution {
    guard let found = LazySolutions.all.first(where: { $0.name == name }) else {
      let names = LazySolutions.all.map(\.name).joined(separator: ", ")
      throw InputError("no built-in solution is called \"\(name)\" (there is: \(names))")
    }
    return found.make.init()
  }
}
