import Foundation
import PackagePlugin

/// Tells the target that asks for it which modules a worker must link: a program that runs somebody's Swift solution
/// is linked from the objects of one module and of everything below it (`SolutionCompiler`).
///
/// The list is taken from the package's own targets, so that it cannot differ from them.
@main
struct WorkerModules: BuildToolPlugin {
  /// The modules whose types a worker's `main` calls.
  private static let roots = ["LabRunning", "LabCompare"]

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "WorkerModules.swift")
    var lines = [
      "// Generated from Package.swift by the WorkerModules plugin. Do not edit.", "",
      "enum WorkerModules {",
      "  /// A module's name, and the names of the modules that a program which imports it must link.",
      "  static let linked: [String: [String]] = [",
    ]
    for root in Self.roots {
      guard let found = context.package.targets.first(where: { $0.name == root }) else {
        throw PluginError(description: "Package.swift has no target \(root)")
      }
      let modules =
        [root] + found.recursiveTargetDependencies.filter { $0 is SwiftSourceModuleTarget }.map(\.name)
      let names = Set(modules).sorted().map { "\"\($0)\"" }.joined(separator: ", ")
      lines.append("    \"\(root)\": [\(names)],")
    }
    lines += ["  ]", "}"]
    return [
      .buildCommand(
        displayName: "Listing the modules that workers link",
        executable: URL(fileURLWithPath: "/bin/sh"),
        arguments: ["-c", #"printf '%s\n' "$@" > "$0""#, output.path] + lines,
        outputFiles: [output])
    ]
  }
}

struct PluginError: Error, CustomStringConvertible {
  let description: String
}
