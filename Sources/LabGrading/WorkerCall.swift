import Foundation

/// A question to a worker, which is a process of its own: the request and the answer are files, whose paths
/// are its arguments.
package struct WorkerCall: Sendable {
  let worker: URL
  /// A folder of the asker's own, for requests and answers.
  let folder: URL

  package init(worker: URL, folder: URL) {
    self.worker = worker
    self.folder = folder
  }

  package enum Answer: Sendable {
    case answered([UInt8])
    /// It was killed at the end of its time.
    case late
    /// The worker's process ended in this way, without an answer.
    case crashed(String)
  }

  /// Time for the worker to notice its own limit and to write its answer, before it is killed.
  private static let grace = 3

  /// Asks, and waits for the answer. The worker's own limit is `seconds`; a crash of it is an answer, not an
  /// error.
  package func ask(_ request: some Encodable, seconds: Int) throws -> Answer {
    let name = UUID().uuidString
    let question = folder.appending(path: name + ".request")
    let answer = folder.appending(path: name + ".result")
    let log = folder.appending(path: name + ".log")
    defer { for file in [question, answer, log] { try? FileManager.default.removeItem(at: file) } }

    try JSONEncoder().encode(request).write(to: question)
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    let process = Process()
    process.executableURL = worker
    process.arguments = [question.path, answer.path]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"], uniquingKeysWith: { $1 })
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    guard ended.wait(timeout: .now() + .seconds(seconds + Self.grace)) == .success else {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      return .late
    }
    if process.terminationReason == .exit, process.terminationStatus == 0,
      let bytes = try? HostFile.contents(of: answer.path, limit: HostFile.textLimit)
    {
      return .answered(bytes)
    }
    return .crashed(lastWords(of: process, log: log))
  }

  /// How the worker ended: Swift's own message where there is one.
  private func lastWords(of process: Process, log: URL) -> String {
    let text = String(
      decoding: HostFile.beginning(of: log.path, count: HostFile.textLimit) ?? [], as: UTF8.self)
    if let fatal = text.split(separator: "\n").first(where: { $0.contains("Fatal error") }) {
      return VisibleText.of(VisibleText.prefix(String(fatal), bytes: 1024))
    }
    return process.terminationReason == .uncaughtSignal
      ? "signal \(process.terminationStatus)" : "exit status \(process.terminationStatus)"
  }

  /// The worker's side: reads the request and calls `body` with it, and with a function that writes the
  /// answer and ends the process.
  package static func serve<Request: Decodable, Reply: Encodable>(
    _ body: (Request, @escaping @Sendable (Reply) throws -> Never) throws -> Never
  ) -> Never {
    let paths = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
    guard paths.count == 2 else {
      FileHandle.standardError.write(Data("usage: worker REQUEST RESULT\n".utf8))
      exit(2)
    }
    do {
      let request = try JSONDecoder().decode(Request.self, from: Data(contentsOf: paths[0]))
      try body(request) { reply in
        try JSONEncoder().encode(reply).write(to: paths[1], options: .atomic)
        exit(0)
      }
    } catch {
      FileHandle.standardError.write(Data("worker: \(error)\n".utf8))
      exit(70)
    }
  }
}
