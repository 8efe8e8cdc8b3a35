import BoardRunning
import Foundation
import HostSupport
import LabDiagnosis
import LabEvents
import LabModel
import LabRunning
import RV64
import Submissions
import VirtBoard
import XV6Kernel

/// Grades one solution of a lab, test by test. Each test runs on its own machine.
package struct Grader {
  package let lab: Lab
  package let solution: Solution
  /// The tests to run, in the lab's order.
  package let tests: [Lab.Test]
  /// How many tests run at the same time.
  package let jobs: Int
  /// The board that a real kernel runs on. The lab gives its disk, memory and limits.
  package var board = BoardConfiguration()
  /// A disk image whose own test programs are believed, as the official grader believes them; nil for our
  /// image.
  package var theirImage: [UInt8]?

  /// What goes into each test's hashes; nil for no hashes.
  package var trace: TraceGrain?
  /// Whether the diagnosis of a lost test records how the test used memory, so that it can be drawn.
  package var drawsMemory = false
  /// How often each test is run again, to check that its result and its hashes are the same.
  package var replays = 0
  /// How many pages the processes of each test may hold together on the Swift kernel; nil for no quota.
  package var quota: Int?

  /// - `tests`: names of the tests to run; nil for all tests that this form of solution can run, without
  ///   those that take long for no points.
  /// - `extra`: whether the lab's extra tests run too, and those that take long, if `tests` is nil.
  package init(
    lab: Lab, solution: Solution, tests: [String]? = nil, extra: Bool = false, jobs: Int = 1
  ) {
    self.lab = lab
    self.solution = solution
    self.tests = Self.tests(of: lab, named: tests, extra: extra, hasTree: solution.hasTree)
    self.jobs = jobs
  }

  /// The tests of `lab` that such options choose. `hasTree`: whether the solution is a source tree.
  package static func tests(
    of lab: Lab, named names: [String]?, extra: Bool, hasTree: Bool = false
  ) -> [Lab.Test] {
    let official = hasTree ? lab.tests + lab.treeOnly : lab.tests
    if let names { return (official + lab.extra).filter { names.contains($0.name) } }
    return extra ? official + lab.extra : official.filter { !lab.dear.contains($0.name) }
  }

  /// Runs the tests. `deliver` gets each result in the lab's order, as soon as the result is there. `warn`
  /// gets a warning about each likely mistake in a solution's source, and `tell` what the board found out
  /// about a kernel.
  ///
  /// Results do not depend on `jobs`. Every failure of a solution is a result. The function throws only an
  /// `InputError` (a source that does not compile) or a fault of the host.
  package func run(
    warn: (SolutionWarning) -> Void = { _ in }, tell: (String) -> Void = { _ in },
    deliver: (TestResult) throws -> Void
  ) throws {
    switch solution {
    case .builtIn(_, _, let make):
      let disk = try LabDisk.image(for: lab.name)
      let library = ProgramLibrary(lab: lab.name)
      try run(deliver) { [limits = lab.limits, options] test in
        try HostedTest(
          test: test, limits: limits, disk: disk, solution: make.init(), options: options, library: library
        ).run()
      }
    case .source(let source):
      source.warnings.forEach(warn)
      let folder = try TemporaryFolder()
      let (worker, warnings) = try SolutionCompiler().compile(source, in: folder.url)
      if !warnings.isEmpty { warn(SolutionWarning(text: warnings)) }
      let process = WorkerProcess(
        call: WorkerCall(worker: worker, folder: folder.url, solution: source.files), lab: lab,
        options: options)
      try run(deliver) { try placed(process.runAndHear($0), source.path(ofPlace:)) }
    case .kernel(let kernel):
      var board = board
      board.trace = trace
      let host = try BoardHost(
        kernel, lab: lab, board, theirImage: theirImage, drawsMemory: drawsMemory)
      for finding in host.findings { tell("\(kernel.path): \(finding)") }
      // A disk of the tree's own has the tests of its own edition.
      let edition = theirImage == nil ? KernelFacts(kernel.kernel).edition : nil
      try run(deliver) { [lab] test in
        if let edition, let why = lab.reason(toSkip: test, of: edition) {
          return TestResult(notOfEdition: test, why: why)
        }
        return test.run.isEmpty ? kernel.judge(test) : placed(try host.run(test), kernel.path(ofPlace:))
      }
    }
  }

  /// `result` with the solution's own line at which the kernel panicked, if the chain of calls has one.
  /// `path` gives the path of a file of the solution.
  private func placed(_ result: TestResult, _ path: (String) -> String?) -> TestResult {
    guard result.place == nil else { return result }
    var result = result
    result.place =
      (result.diagnosis?.fault?.panic?.callers ?? []).compactMap { place in
        place.file.flatMap(path).map { SourcePlace(function: place.function, file: $0, line: place.line) }
      }.first
    return result
  }

  /// Whether a test that will run is about the pages that every test leaves behind.
  private var countsPages: Bool { tests.contains { $0.concerns == .pages } }

  private var options: HostedOptions {
    HostedOptions(trace: trace, countsPages: countsPages, quota: quota, drawsMemory: drawsMemory)
  }

  private func run(
    _ deliver: (TestResult) throws -> Void, host: @escaping @Sendable (Lab.Test) throws -> TestResult
  ) throws {
    var losses = PageLosses()
    try OrderedResults.run(
      count: tests.count, workers: jobs,
      job: { [tests, replays] index in
        let result = try host(tests[index])
        for replay in 0..<replays {
          let again = try host(tests[index])
          guard again == result else { throw Divergence(first: result, again: again, replay: replay + 1) }
        }
        return result
      },
      deliver: { try deliver(losses.judge($1)) })
  }
}

/// A test had another result when it was run again. The machine is at fault, whatever the solution does.
struct Divergence: Error, CustomStringConvertible {
  let first: TestResult
  let again: TestResult
  /// The number of the replay, counted from 1.
  let replay: Int

  var description: String {
    func show(_ result: TestResult) -> String {
      ([result.verdict.word] + (result.trace ?? [])).joined(separator: ", ")
    }
    return "test \"\(first.test.name)\" is not deterministic: at first it was \(show(first)); "
      + "in replay \(replay), \(show(again))"
  }
}
