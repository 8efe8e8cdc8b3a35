import Foundation

/// Which fast paths are on unless a program says otherwise. `LABRUNNER_WITHOUT=links,pairs` in the
/// environment turns these off in every machine of the process, so that a whole test suite can be run without
/// one.
///
/// This is the only question that the modules in which guests run ask the host. They ask it once, and no
/// guest sees the answer.
extension FastPaths {
  package static let variable = "LABRUNNER_WITHOUT"

  private static let environment = Result { () throws(UnknownFastPath) in
    try FastPaths(without: ProcessInfo.processInfo.environment[variable] ?? "")
  }

  /// Throws if the environment names no fast path. Programs call it before they do anything else.
  package static func checkEnvironment() throws(UnknownFastPath) { _ = try environment.get() }

  /// The fast paths with which a hart, a board and a kernel begin. If the environment names one that does not
  /// exist, standard error gets a message, and every path is on.
  package static let standard: FastPaths = {
    do {
      return try environment.get()
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      return .all
    }
  }()

  /// All paths except those that `names` lists, with commas between them.
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
