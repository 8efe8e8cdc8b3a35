import Foundation
import LazySolutions
import XV6Kernel

/// What can be graded: a solution that is built in, or Swift source of somebody's own.
public enum Solution: Sendable {
  case builtIn(name: String, summary: String, make: any LabSolution.Type)
  case source(SolutionSource)

  /// What reports call it.
  public var name: String {
    switch self {
    case .builtIn(let name, _, _): name
    case .source(let source): source.path
    }
  }
}

/// The solutions that this program knows, and those that a path names.
public enum SolutionCatalogue {
  /// The solution that is graded where none is named.
  public static let standard = "reference"

  /// The built-in solutions, in the order in which they are listed.
  public static var builtIn: [(name: String, summary: String)] {
    LazySolutions.all.map { ($0.name, $0.summary) }
  }

  /// The solution called `name`, or the one in the Swift file or folder of Swift files `name`.
  public static func solution(_ name: String) throws(InputError) -> Solution {
    if let found = LazySolutions.all.first(where: { $0.name == name }) {
      return .builtIn(name: found.name, summary: found.summary, make: found.make)
    }
    guard FileManager.default.fileExists(atPath: name) else {
      let names = LazySolutions.all.map(\.name).joined(separator: ", ")
      throw InputError("no solution is called \"\(name)\" (there is: \(names)), and no file either")
    }
    return .source(try SolutionSource(path: name))
  }

  /// A built-in solution by name, to be used in this process.
  public static func builtIn(_ name: String) throws(InputError) -> any LabSolution {
    guard let found = LazySolutions.all.first(where: { $0.name == name }) else {
      let names = LazySolutions.all.map(\.name).joined(separator: ", ")
      throw InputError("no built-in solution is called \"\(name)\" (there is: \(names))")
    }
    return found.make.init()
  }
}
