import Foundation
import PackagePlugin

/// Generates a list of the modules that a worker must link, for the target that uses the plugin. A worker is
/// a program that runs a student's Swift solution. It is linked from the objects of one module and of all
/// modules that this one depends on (`SolutionCompiler`).
///
/// The list comes from the package's own targets, so the two cannot differ.
@main
struct WorkerModules: BuildToolPlugin {
  /// The modules whose types the `main` of a worker uses.
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
