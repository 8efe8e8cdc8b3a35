import Foundation

/// A program on the host.
package struct HostProgram: Sendable {
  package let path: String

  /// Finds the program `name`. `name` is a path, or a name that is looked up in the folders of `PATH`, as a
  /// shell does. Only folders with an absolute path count. Nil if there is no such program.
  package init?(_ name: String, in environment: [String: String] = ProcessInfo.processInfo.environment) {
    let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
    self.path = path
  }

  /// The first line of the answer to `--version`; nil if there is no answer within some seconds.
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
