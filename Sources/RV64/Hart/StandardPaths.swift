import Foundation

/// Which fast paths are open where nobody says otherwise: `LABRUNNER_WITHOUT=links,pairs` in the environment closes
/// those, in every machine of the process, so that a whole test suite can be run without one.
///
/// This is all that the modules which guests run in ask the host about, once, and no guest sees the answer.
extension FastPaths {
  package static let variable = "LABRUNNER_WITHOUT"

  private static let environment = Result { () throws(UnknownFastPath) in
    try FastPaths(without: ProcessInfo.processInfo.environment[variable] ?? "")
  }

  /// Throws what is wrong with the environment: for programs to ask before they do anything.
  package static func checkEnvironment() throws(UnknownFastPath) { _ = try environment.get() }

  /// What a hart, a board and a kernel begin with. Where the environment makes no sense, which is said on standard error, every
  /// path is open.
  package static let standard: FastPaths = {
    do {
      return try environment.get()
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      return .all
    }
  }()

  /// All but those that `names` lists, with commas between them.
  init(without names: String) throws(UnknownFastPath) {
    self = .all
    for name in names.split(separator: ",") {
      guard let found = Self.named.first(where: { $0.name == name }) else {
        throw UnknownFastPath(name: String(name))
      }
      subtract(found.paths)
    }
  }
}

/// A name in the environment that no fast path has.
package struct UnknownFastPath: Error, Equatable, CustomStringConvertible {
  let name: String

  package var description: String {
    let names = FastPaths.named.map(\.name).joined(separator: ", ")
    return "\(FastPaths.variable): no fast path is called \(name.debugDescription) (there is: \(names))"
  }
}
