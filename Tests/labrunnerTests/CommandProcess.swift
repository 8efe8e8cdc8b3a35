import Foundation

/// The built `labrunner` as a process, for what can only be seen from outside: exit statuses, signals,
/// streams.
struct CommandProcess {
  struct End {
    var output: String
    var errors: String
    /// The exit status, as a shell gives it: 128 and the number of the signal if a signal ended the process.
    var status: Int32
  }

  /// `swift build` leaves the program beside the tests.
  static var program: String {
    let tests = Bundle.allBundles.map(\.bundleURL) + [URL(fileURLWithPath: CommandLine.arguments[0])]
    let folders = tests.map { $0.resolvingSymlinksInPath().deletingLastPathComponent() }
    return folders.map { $0.appending(path: "labrunner").path }
      .first(where: FileManager.default.isExecutableFile) ?? "labrunner"
  }

  /// Runs `script` in a shell, in which `$labrunner` is the program and `$TMPDIR` is `temporary`.
  static func shell(
    _ script: String, temporary: URL? = nil, environment: [String: String] = [:]
  ) throws -> End {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    var all = ProcessInfo.processInfo.environment.merging(environment, uniquingKeysWith: { $1 })
    all["labrunner"] = program
    if let temporary { all["TMPDIR"] = temporary.path + "/" }
    process.environment = all
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let told = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let base: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return End(
      output: String(decoding: told, as: UTF8.self), errors: String(decoding: complained, as: UTF8.self),
      status: base + process.terminationStatus)
  }
}
