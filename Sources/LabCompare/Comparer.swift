import HostSupport
import LabMeter
import LabModel
import Submissions
import VirtBoard

/// Runs workloads on both sides, several at a time.
package struct Comparer: Sendable {
  package let lab: Lab
  package let sides: Sides
  package let workloads: [Workload]
  /// Warnings about likely mistakes in a solution's source.
  package let warnings: [String]
  private let hosts: [any ComparedSide]

  /// An `InputError` says why a side cannot be compared.
  ///
  /// - `quota`: how many pages a workload's processes may hold together on the Swift kernel.
  /// - `board`: the machine that a real kernel runs on. Its disk, memory and limits are set to the lab's.
  package init(
    lab: Lab, sides: Sides, workloads: [Workload], quota: Int? = nil, board: BoardConfiguration = .init()
  ) throws {
    self.lab = lab
    self.sides = sides
    self.workloads = workloads
    let disk = try WorkloadDisk.image(for: lab.name)
    var warnings: [String] = []
    hosts = try [sides.a, sides.b].map { side -> any ComparedSide in
      switch try SolutionCatalogue.solution(side.solution) {
      case .builtIn(_, _, let make):
        return SwiftKernelSide(solution: make.init(), disk: disk, limits: lab.limits, quota: quota)
      case .source(let source):
        let own = try SourceSide(source, lab: lab, quota: quota)
        warnings += own.warnings
        return own
      case .kernel(let kernel):
        guard quota == nil else {
          throw InputError("--quota is the Swift kernel's, and \(side.solution) is a kernel of its own")
        }
        return try KernelSide(kernel, disk: disk, limits: lab.limits, board: board)
      }
    }
    self.warnings = warnings
  }

  /// Compares all workloads. `deliver` gets the result of each workload in order, as soon as it is ready. The
  /// results do not depend on `jobs`.
  package func run(jobs: Int, deliver: (Comparison) throws -> Void) throws {
    var first: Measured?
    try OrderedResults.run(
      count: workloads.count * 2, workers: jobs,
      job: { [workloads, hosts] job in try hosts[job % 2].measure(workloads[job / 2]) },
      deliver: { job, measurement in
        if let a = first {
          try deliver(Comparison(workload: workloads[job / 2], a: a, b: measurement))
          first = nil
        } else {
          first = measurement
        }
      })
  }
}
