import Foundation
import HostSupport

/// A question to a worker, which is a process of its own: the request and the answer are files, whose paths
/// are its arguments.
package struct WorkerCall: Sendable {
  package let worker: URL
  /// A folder of the asker's own, for requests and answers.
  package let folder: URL

  package init(worker: URL, folder: URL) {
    self.worker = worker
    self.folder = folder
  }

  package enum Answer: Sendable {
    case answered([UInt8])
    /// It was killed at the end of its time; what it had written until then.
    case late(draft: [UInt8]?)
    /// The worker's process ended in this way, without an answer but what it had written until then.
    case crashed(String, draft: [UInt8]?)
  }

  /// Time for the worker to notice its own limit and to write its answer, before it is killed.
  private static let grace = 3

  /// Asks, and waits for the answer. The worker's own limit is `seconds`, and as much again once it has left a draft; a
  /// crash of it is an answer, not an error.
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

  /// The worker's side: reads the request and calls `body` with it, and with the way to answer.
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

/// A worker's way to answer.
package struct WorkerReply<Reply: Encodable>: Sendable {
  fileprivate let file: URL

  /// Leaves what counts where the worker does not come to its end.
  package func draft(_ reply: Reply) throws {
    try JSONEncoder().encode(reply).write(to: file, options: .atomic)
  }

  /// Answers, and ends the process.
  package func finish(_ reply: Reply) throws -> Never {
    try draft(reply)
    exit(0)
  }
}
