import Foundation
import HostSupport
import LabModel
import LabReports
import Submissions

/// A folder with one JSON file for each solution. An interrupted run continues from it.
package struct ResultFolder: Sendable {
  private let path: String

  /// The folder at `path`. It is made if it does not exist.
  package init(_ path: String) throws(InputError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw InputError("\(path): no folder for results (\(error.localizedDescription))")
    }
  }

  /// The most bytes that the name of a file may have on the usual file systems.
  private static let longestName = 255

  /// The file for `solution`. A slash in the name is written as `%2F`. A name that is too long for a file is
  /// cut, and gets a number made from all of it.
  private func file(of solution: String) -> String {
    let ending = ".json"
    let name = solution.replacing("%", with: "%25").replacing("/", with: "%2F")
    if name.utf8.count + ending.utf8.count <= Self.longestName { return "\(path)/\(name)\(ending)" }
    let number = "-\(Fingerprint.of(name: solution))\(ending)"
    let beginning = VisibleText.prefix(name, bytes: Self.longestName - number.utf8.count).dropLast(3)
    return "\(path)/\(beginning)\(number)"
  }

  /// Checks before a long run that the result of `solution` can be kept.
  func check(_ solution: String) throws(InputError) { _ = try ResultFile(replacing: file(of: solution)) }

  /// The finished grading of `solution` in the folder, if it was made with this fingerprint. A file that
  /// cannot be read counts as no grading, and will be replaced.
  package func finished(_ solution: String, fingerprint: String) -> Grading? {
    let path = file(of: solution)
    guard FileManager.default.fileExists(atPath: path), let bytes = try? HostFile.contents(of: path),
      let grading = try? JSONFormat.read(bytes, name: path).first,
      grading.fingerprint == fingerprint, grading.solution == solution, grading.isComplete
    else { return nil }
    return grading
  }

  func keep(_ grading: Grading) throws(InputError) {
    try ResultFile(replacing: file(of: grading.solution)).write(JSONFormat.text([grading]), final: true)
  }

  /// Every grading in the JSON files that `paths` name, and in the folders that they name. Each solution
  /// comes once.
  package static func gradings(in paths: [String]) throws(InputError) -> [Grading] {
    var found: [String: (grading: Grading, path: String)] = [:]
    var files: [String] = []
    for path in paths { files += try jsonFiles(at: path) }
    for path in files {
      for grading in try JSONFormat.read(HostFile.contents(of: path), name: path) {
        if let other = found[grading.solution], other.grading != grading {
          throw InputError("\(other.path) and \(path) both tell of \"\(grading.solution)\", and differ")
        }
        found[grading.solution] = (grading, path)
      }
    }
    return found.values.map(\.grading).sorted { $0.solution < $1.solution }
  }

  private static func jsonFiles(at path: String) throws(InputError) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let files = try SubmissionList.paths(in: path).filter { $0.hasSuffix(".json") }
    guard !files.isEmpty else { throw InputError("\(path): no .json file in it") }
    return files
  }
}
