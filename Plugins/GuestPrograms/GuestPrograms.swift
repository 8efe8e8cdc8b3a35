import Foundation
import PackagePlugin

/// Compiles `labs/**.c` to RV64 ELF files during `swift build`. Embeds these files and the labs' descriptions
/// in the target that uses the plugin.
///
/// The compiler and linker are the clang and lld of the Swift toolchain itself; `GuestBuilder` runs them.
@main
struct GuestPrograms: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let labs = context.package.directoryURL.appending(path: "labs")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedLabs.swift")
    let inputs = try files(below: labs) { ["c", "h", "ld", "json"].contains($0.pathExtension) }
    let clang = try context.tool(named: "clang").url
    return [
      .buildCommand(
        displayName: "Compiling the RV64 programs of labs/",
        executable: try context.tool(named: "GuestBuilder").url,
        arguments: [
          "--clang", clang.path, "--labs", labs.path,
          "--objects", context.pluginWorkDirectoryURL.appending(path: "objects").path,
          "--output", output.path,
        ],
        inputFiles: inputs,
        outputFiles: [output])
    ]
  }

  /// All files below `folder` that `wanted` accepts, in a fixed order.
  private func files(below folder: URL, where wanted: (URL) -> Bool) throws -> [URL] {
    let enumerator = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var found: [URL] = []
    while let next = enumerator?.nextObject() as? URL {
      if wanted(next) { found.append(next) }
    }
    return found.sorted { $0.path < $1.path }
  }
}
