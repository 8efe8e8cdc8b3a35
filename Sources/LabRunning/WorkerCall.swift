import Foundation
import HostSupport

/// Asks a worker process one question. The request and the answer are files; the worker gets their paths as
/// its arguments.
package struct WorkerCall: Sendable {
  package let worker: URL
  /// A folder for requests and answers, which only the caller uses.
  package let folder: URL

  package init(worker: URL, folder: URL) {
    self.worker = worker
    self.folder = folder
  }

  package enum Answer: Sendable {
    case answered([UInt8])
    /// The worker's time was over and it was killed. `draft`: what it had written until then.
    case late(draft: [UInt8]?)
    /// The worker's process ended without an answer. The string says how; `draft`: what it had written until
    /// then.
    case crashed(String, draft: [UInt8]?)
  }

  /// Extra seconds before the worker is killed: it needs them to notice its own limit and to write its
  /// answer.
  private static let grace = 3

  /// Asks, and waits for the answer. The worker has `seconds`; if it has written a draft by then, it gets the
  /// same time once more. If the worker crashes, that is an answer, not an error.
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
    var isOver = ended.wait(timeout: .now() + .seconds(seconds + Self.grace)) == .success
    if !isOver, FileManager.default.fileExists(atPath: answer.path) {
      isOver = ended.wait(timeout: .now() + .seconds(seconds)) == .success
    }
    if !isOver {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    let written = try? HostFile.contents(of: answer.path, limit: HostFile.textLimit)
    guard isOver else { return .late(draft: written) }
    if process.terminationReason == .exit, process.terminationStatus == 0, let written {
      return .answered(written)
    }
    return .crashed(lastWords(of: process, log: log), draft: written)
  }

  /// How the worker ended: Swift's own message if it printed one, else the signal or the exit status.
  private func lastWords(of process: Process, log: URL) -> String {
    let text = String(
      decoding: HostFile.beginning(of: log.path, count: HostFile.textLimit) ?? [], as: UTF8.self)
    if let fatal = text.split(separator: "\n").first(where: { $0.contains("Fatal error") }) {
      return VisibleText.of(VisibleText.prefix(String(fatal), bytes: 1024))
    }
    return process.terminationReason == .uncaughtSignal
      ? "signal \(process.terminationStatus)" : "exit status \(process.terminationStatus)"
  }

  /// The worker's side: reads the request, and calls `body` with it and with a `WorkerReply` for the answer.
  package static func serve<Request: Decodable, Reply: Encodable>(
    _ body: (Request, WorkerReply<Reply>) throws -> Never
  ) -> Never {
    let paths = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
    guard paths.count == 2 else {
      FileHandle.standardError.write(Data("usage: worker REQUEST RESULT\n".utf8))
      exit(2)
    }
    do {
      let request = try JSONDecoder().decode(Request.self, from: Data(contentsOf: paths[0]))
      try body(request, WorkerReply(file: paths[1]))
    } catch {
      FileHandle.standardError.write(Data("worker: \(error)\n".utf8))
      exit(70)
    }
  }
}

/// The worker writes its answer with this.
package struct WorkerReply<Reply: Encodable>: Sendable {
  fileprivate let file: URL

  /// Writes a draft. It counts as the answer if the worker does not end normally.
  package func draft(_ reply: Reply) throws {
    try JSONEncoder().encode(reply).write(to: file, options: .atomic)
  }

  /// Writes the answer and ends the process.
  package func finish(_ reply: Reply) throws -> Never {
    try draft(reply)
    exit(0)
  }
}
