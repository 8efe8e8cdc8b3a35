import Foundation
import RV64

/// The grader's side of grading somebody's own Swift solution: runs a worker for one test and reads its result.
struct WorkerProcess {
  let worker: URL
  /// A folder of this grader's own, for requests and results.
  let folder: URL
  let lab: Lab
  let options: HostedOptions

  /// Time for the worker to notice its own limit and to write its result, before it is killed.
  private static let grace = 3

  /// Runs `test` in a process of its own. A crash or an endless loop of the solution is a verdict, not an error.
  func run(_ test: Lab.Test) throws -> TestResult {
    let name = UUID().uuidString
    let request = folder.appending(path: name + ".request")
    let answer = folder.appending(path: name + ".result")
    let log = folder.appending(path: name + ".log")
    defer { for file in [request, answer, log] { try? FileManager.default.removeItem(at: file) } }

    try JSONEncoder().encode(
      SolutionWorker.Request(lab: lab.name, test: test, limits: lab.limits, options: options)
    ).write(to: request)
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    let process = Process()
    process.executableURL = worker
    process.arguments = [request.path, answer.path]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"], uniquingKeysWith: { $1 })
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    var isOver = ended.wait(timeout: .now() + .seconds(lab.limits.wallSeconds + Self.grace)) == .success
    if !isOver, FileManager.default.fileExists(atPath: answer.path) {
      // The test is lost, and runs once more to be explained.
      isOver = ended.wait(timeout: .now() + .seconds(lab.limits.wallSeconds)) == .success
    }
    if !isOver {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    if let bytes = try? HostFile.contents(of: answer.path, limit: HostFile.textLimit),
      let result = TestResult(answer: bytes, to: test),
      !result.passed || isOver && process.terminationReason == .exit && process.terminationStatus == 0
    {
      return result
    }
    var result = TestResult(
      test: test,
      verdict: isOver
        ? .crashed(lastWords(of: process, log: log)) : .outOfTime(seconds: lab.limits.wallSeconds),
      recorder: TestRecorder())
    result.diagnosis = .notRunAgain
    return result
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
}
