import Foundation

/// A program of the host's.
package struct HostProgram: Sendable {
  package let path: String

  /// The program called `name`: a path, or what a shell finds in the folders of `PATH`, of which those count that are named
  /// from the root on. Nil where there is none.
  package init?(_ name: String, in environment: [String: String] = ProcessInfo.processInfo.environment) {
    let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
    self.path = path
  }

  /// The first line of what it answers to `--version`; nil where it answers nothing within some seconds.
  package var version: String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["--version"]
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    guard (try? process.run()) != nil else { return nil }
    guard ended.wait(timeout: .now() + .seconds(10)) == .success else {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      return nil
    }
    let text = String(decoding: output.fileHandleForReading.availableData.prefix(4096), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).first.map { VisibleText.prefix(String($0), bytes: 120) }
  }
}
