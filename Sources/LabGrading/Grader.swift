import Foundation
import VirtBoard
import XV6Kernel

/// Grades one solution of a lab, test by test, each on a machine of its own.
public struct Grader {
  public let lab: Lab
  public let solution: Solution
  /// The tests to run, in the lab's order.
  public let tests: [Lab.Test]
  /// Tests that run side by side.
  public let jobs: Int
  /// The board that a real kernel runs on. Its disk, memory and limits are the lab's.
  package var board = BoardConfiguration()
  /// A disk image whose own test programs are to be believed, as the official grader does; nil for ours.
  package var theirImage: [UInt8]?

  /// - `tests`: names of the tests to run; nil for all that the solution can be asked.
  public init(lab: Lab, solution: Solution, tests: [String]? = nil, jobs: Int = 1) {
    self.lab = lab
    self.solution = solution
    let all = solution.hasTree ? lab.tests + lab.treeOnly : lab.tests
    self.tests = tests.map { names in all.filter { names.contains($0.name) } } ?? all
    self.jobs = jobs
  }

  /// Runs the tests; `deliver` gets each result in the lab's order, as soon as it is in. `warn` gets what is
  /// likely to be a mistake in a solution's source, if anything.
  ///
  /// Results do not depend on `jobs`. A solution's failure of any kind is a result; what is thrown is an
  /// `InputError` (a source that does not compile) or a fault of the host.
  public func run(warn: (String) -> Void = { _ in }, deliver: (TestResult) throws -> Void) throws {
    switch solution {
    case .builtIn(_, _, let make):
      let disk = try LabDisk.image(for: lab.name)
      try run(deliver) { [limits = lab.limits] test in
        try HostedTest(test: test, limits: limits, disk: disk, solution: make.init()).run()
      }
    case .source(let source):
      source.warnings.forEach(warn)
      let folder = FileManager.default.temporaryDirectory.appending(path: "labrunner-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let (worker, warnings) = try SolutionCompiler().compile(source, in: folder)
      if !warnings.isEmpty { warn(warnings) }
      let process = WorkerProcess(worker: worker, folder: folder, lab: lab)
      try run(deliver) { try process.run($0) }
    case .kernel(let kernel):
      let host = try BoardHost(kernel, lab: lab, board, theirImage: theirImage)
      for finding in host.findings { warn("\(kernel.path): \(finding)") }
      try run(deliver) { $0.run.isEmpty ? kernel.judge($0) : try host.run($0) }
    }
  }

  private func run(
    _ deliver: (TestResult) throws -> Void, host: @escaping @Sendable (Lab.Test) throws -> TestResult
  ) throws {
    try OrderedResults.run(
      count: tests.count, workers: jobs, job: { [tests] in try host(tests[$0]) },
      deliver: { try deliver($1) })
  }
}
