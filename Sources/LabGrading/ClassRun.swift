import HostSupport
import LabModel
import Submissions

/// Grades many solutions at the same time.
package struct ClassRun: Sendable {
  private let lab: Lab
  private let settings: String
  private let folder: ResultFolder?
  private let grader: @Sendable (Solution, _ jobs: Int) throws -> Grader
  /// The grading of a solution that has not run. All that cannot be graded share its tests, so that a folder
  /// with thousands of other things takes little memory.
  private let ungraded: Grading

  /// - `settings`: what else the results depend on, in words. It is part of the fingerprint.
  /// - `folder`: the folder that keeps finished gradings. A grading from there is used again if it is still
  ///   valid.
  /// - `tests`: the tests of a solution that cannot be graded.
  /// - `grader`: makes the grader of one solution.
  package init(
    lab: Lab, settings: String, folder: ResultFolder?, tests: [Lab.Test],
    grader: @escaping @Sendable (Solution, _ jobs: Int) throws -> Grader
  ) {
    self.lab = lab
    self.settings = settings
    self.folder = folder
    self.grader = grader
    ungraded = Grading(lab: lab, solution: "", tests: tests)
  }

  private struct Finished: Sendable {
    var grading: Grading
    /// What the board found out about a kernel.
    var findings: [String] = []
    /// What the host could not do, if the solution was not graded because of that.
    var failure: HostFailure?
  }

  /// Grades `submissions` on up to `jobs` threads. `finished` is called for each submission when it is done,
  /// on the thread that graded it. `deliver` is called on the caller's thread, in order: for each submission
  /// as soon as it and those before it are done.
  ///
  /// `deliver` also gets what the board found out about a kernel.
  ///
  /// If a solution cannot be graded, its grading has a `problem`. If the host was at fault, the grading is
  /// not kept, the other solutions are graded all the same, and the first such failure is returned. This
  /// function throws only for another fault of the host, or if a result cannot be kept.
  package func grade(
    _ submissions: [(name: String, path: String)], jobs: Int,
    finished: @escaping @Sendable (_ kept: Bool) -> Void,
    deliver: (Grading, _ findings: [String]) throws -> Void
  ) throws -> HostFailure? {
    for (name, _) in submissions { try folder?.check(name) }
    var failure: HostFailure?
    let inner = max(1, jobs / max(1, submissions.count))
    try OrderedResults<Finished>.run(
      count: submissions.count, workers: jobs,
      job: { index in
        let (name, path) = submissions[index]
        let fingerprint = folder == nil ? nil : try Fingerprint.of(path, settings: settings, lab: lab.name)
        if let fingerprint, let kept = folder?.finished(name, fingerprint: fingerprint) {
          finished(true)
          return Finished(grading: kept)
        }
        var result = try grade(name, path, jobs: inner)
        result.grading.fingerprint = fingerprint
        if result.failure == nil { try folder?.keep(result.grading) }
        finished(false)
        return result
      },
      deliver: {
        failure = failure ?? $1.failure
        try deliver($1.grading, $1.findings)
      })
    return failure
  }

  private func grade(_ name: String, _ path: String, jobs: Int) throws -> Finished {
    var result = Finished(grading: ungraded)
    result.grading.solution = name
    do {
      let grader = try grader(SolutionCatalogue.solution(path), jobs)
      if grader.tests.map(\.name) != ungraded.tests.map(\.name) {
        result.grading = Grading(lab: lab, solution: name, tests: grader.tests)
      }
      try grader.run(
        warn: { result.grading.warnings.append($0) }, tell: { result.findings.append($0) },
        deliver: { result.grading.add($0) })
    } catch let error as InputError {
      result.grading.problem = error.description
    } catch let failure as HostFailure {
      result.grading.problem = failure.description
      result.failure = failure
    }
    return result
  }
}
