import Foundation
import HostSupport
import LabModel

/// A solution in Swift source: one file, or a folder of them.
package struct SolutionSource: Sendable, Equatable {
  /// The path as it was given.
  package let path: String
  /// The Swift files, sorted by name.
  package let files: [URL]
  /// The type that conforms to `LabSolution`.
  package let typeName: String
  /// Warnings about likely mistakes.
  package let warnings: [SolutionWarning]

  /// Finds the files and the one type in them that conforms to `LabSolution`.
  package init(path: String) throws(InputError) {
    self.path = path
    files = try Self.swiftFiles(at: path)
    var conforming: [String] = []
    var code: [NearMisses.File] = []
    for file in files {
      let bytes = try HostFile.contents(of: file.path, limit: HostFile.textLimit)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InputError("\(file.relativePath): not a readable UTF-8 text")
      }
      conforming += Self.conformingTypes(in: text)
      code.append(NearMisses.File(path: file.relativePath, code: Self.code(of: text)))
    }
    switch conforming.count {
    case 1:
      typeName = conforming[0]
      warnings = NearMisses.warnings(about: code, type: conforming[0])
    case 0:
      throw InputError(
        "\(path): no type conforms to LabSolution; a solution begins `struct MySolution: LabSolution {`")
    default:
      throw InputError(
        "\(path): more than one type conforms to LabSolution: \(conforming.joined(separator: ", "))")
    }
  }

  /// The path of the file that Swift calls `place` (`Solution/My.swift`); nil if it is none of this
  /// solution's.
  package func path(ofPlace place: String) -> String? {
    let parts = place.split(separator: "/")
    guard parts.count == 2, parts[0] == Self.moduleName else { return nil }
    return files.first { $0.lastPathComponent == parts[1] }?.relativePath
  }

  /// The module that a solution is compiled as.
  static let moduleName = "Solution"

  private static func swiftFiles(at path: String) throws(InputError) -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputError("\(path): no such file")
    }
    guard isFolder.boolValue else {
      guard path.hasSuffix(".swift") else {
        throw InputError(
          "\(path): not a solution: that is a .swift file, a folder of them, "
            + "a kernel's ELF file or an xv6 tree"
        )
      }
      return [URL(fileURLWithPath: path)]
    }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    let files = names.filter { $0.hasSuffix(".swift") }.map { URL(fileURLWithPath: path + "/" + $0) }
    guard !files.isEmpty else { throw InputError("\(path): the folder has no .swift file") }
    return files
  }

  /// The names of the types that `text` declares to conform to `LabSolution`. Comments and strings are
  /// ignored.
  package static func conformingTypes(in text: String) -> [String] {
    let declaration =
      /\b(?:struct|class|enum|extension)\s+(\w+)\s*:\s*([\w\s,.&@]*?)(?:\s+where\b[^{]*)?\{/
    // Unicode's rules see no word boundary inside `XV6Kernel.LabSolution`; Swift's simple rules see one.
    let name = /\bLabSolution\b/.wordBoundaryKind(.simple)
    return code(of: text).matches(of: declaration)
      .filter { $0.output.2.contains(name) }
      .map { String($0.output.1) }
  }

  /// `text` without comments and string literals. Every line keeps its number.
  package static func code(of text: String) -> String {
    text.replacing(/"""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*(?s:.*?)\*\//) { match in
      " " + String(repeating: "\n", count: match.output.utf8.count { $0 == UInt8(ascii: "\n") })
    }
  }
}
