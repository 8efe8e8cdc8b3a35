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
    /// The worker used too much processor time and was killed. `draft`: what it had written until then.
    case late(draft: [UInt8]?)
    /// The worker used no processor time for very long, and was killed. `draft`: what it had written until
    /// then.
    case asleep(draft: [UInt8]?)
    /// The worker's process ended without an answer. The string says how; `draft`: what it had written until
    /// then.
    case crashed(String, draft: [UInt8]?)
  }

  /// A worker that is asleep is killed after so many seconds on the wall clock. Even on a host with hundreds
  /// of busy processes, one that wants to run gets its turn within this time.
  package var patience = 300.0

  /// A worker that used less than this part of the time was asleep. What it used is its watchdog's.
  private static let idle = 0.002

  /// Asks, and waits for the answer. The worker bounds its own work; it is killed if it uses
  /// `processorSeconds` in all, or if it is asleep. If the worker crashes, that is an answer, not an error.
  package func ask(_ request: some Encodable, processorSeconds: Int) throws -> Answer {
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
    let trouble = wait(for: process, ended, processorSeconds: Double(processorSeconds))
    let words = output.finish()
    heard(words)
    let written = try? HostFile.contents(of: answer.path, limit: HostFile.textLimit)
    switch trouble {
    case .busy: return .late(draft: written)
    case .asleep: return .asleep(draft: written)
    case .gone:
      let words = SolutionWords(words, files: solution)
      return .crashed(words.sentence(orElse: "its process has ended"), draft: written)
    case nil: break
    }
    if process.terminationReason == .exit, process.terminationStatus == 0, let written {
      return .answered(written)
    }
    return .crashed(lastWords(of: process, words), draft: written)
  }

  private enum Trouble {
    case busy, asleep
    /// It has ended, but Foundation does not hear of it.
    case gone
  }

  /// Foundation hears of a process's end when nobody holds a socket of it any more. What the process started,
  /// such as Swift's backtracer, may hold it for ever. So many seconds are enough for a backtrace.
  private static let hearing = 10

  /// Waits for the worker's end. Returns nil if it ended by itself, and why it was killed if it was.
  private func wait(
    for process: Process, _ ended: DispatchSemaphore, processorSeconds: Double
  ) -> Trouble? {
    var used = 0.0
    var since = Date()
    while ended.wait(timeout: .now() + .milliseconds(500)) == .timedOut {
      if ChildProcess.hasEnded(process.processIdentifier) {
        return ended.wait(timeout: .now() + .seconds(Self.hearing)) == .success ? nil : .gone
      }
      guard let now = ProcessorTime.of(process.processIdentifier) else { continue }
      let slept = Date().timeIntervalSince(since)
      let isBusy = now >= processorSeconds
      if isBusy || slept >= patience && now - used < Self.idle * slept {
        kill(process.processIdentifier, SIGKILL)
        _ = ended.wait(timeout: .now() + .seconds(Self.hearing))
        return isBusy ? .busy : .asleep
      }
      if slept >= patience || now - used >= Self.idle * patience {
        used = now
        since = Date()
      }
    }
    return nil
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
