@preconcurrency import Foundation
import HostSupport
import LabModel

/// Asks a worker process one question. The request and the answer are files; the worker gets their paths as
/// its arguments.
package struct WorkerCall: Sendable {
  package let worker: URL
  /// A folder for requests and answers, which only the caller uses.
  package let folder: URL
  /// The solution's source files, so that a crash can be told by its line.
  package let solution: [URL]
  /// Gets what the worker wrote to its standard output and standard error.
  package var heard: @Sendable (String) -> Void = { _ in }

  package init(worker: URL, folder: URL, solution: [URL]) {
    self.worker = worker
    self.folder = folder
    self.solution = solution
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
    defer { for file in [question, answer] { try? FileManager.default.removeItem(at: file) } }

    try JSONEncoder().encode(request).write(to: question)
    let output = KeptOutput(keeping: TestResult.keptPrinted)
    let process = Process()
    process.executableURL = worker
    process.arguments = [question.path, answer.path]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": SolutionWords.backtracer], uniquingKeysWith: { $1 })
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output.writer
    process.standardError = output.writer
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    let child = Leftovers.Child.process(process.processIdentifier)
    Leftovers.add(child)
    defer { Leftovers.remove(child) }
    var isOver = ended.wait(timeout: .now() + .seconds(seconds + Self.grace)) == .success
    if !isOver, FileManager.default.fileExists(atPath: answer.path) {
      isOver = ended.wait(timeout: .now() + .seconds(seconds)) == .success
    }
    if !isOver {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    let words = output.finish()
    heard(words)
    let written = try? HostFile.contents(of: answer.path, limit: HostFile.textLimit)
    guard isOver else { return .late(draft: written) }
    if process.terminationReason == .exit, process.terminationStatus == 0, let written {
      return .answered(written)
    }
    return .crashed(lastWords(of: process, words), draft: written)
  }

  /// How the worker ended: Swift's own message and the solution's line if they are known, else the signal or
  /// the exit status.
  private func lastWords(of process: Process, _ words: String) -> String {
    let status =
      process.terminationReason == .uncaughtSignal
      ? "signal \(process.terminationStatus)" : "exit status \(process.terminationStatus)"
    return SolutionWords(words, files: solution).sentence(orElse: status)
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
    // What a solution prints must not get lost if it crashes.
    setlinebuf(stdout)
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
