import LabGrading

/// Runs workloads on both sides, several at a time.
package struct Comparer: Sendable {
  package let lab: Lab
  package let sides: Sides
  package let workloads: [Workload]
  private let hosts: [any ComparedSide]

  /// An `InputError` says why a side cannot be compared.
  package init(lab: Lab, sides: Sides, workloads: [Workload], quota: Int? = nil) throws {
    self.lab = lab
    self.sides = sides
    self.workloads = workloads
    let disk = try WorkloadDisk.image(for: lab.name)
    hosts = try [sides.a, sides.b].map { try Self.host($0.solution, lab, disk, quota) }
  }

  private static func host(_ name: String, _ lab: Lab, _ disk: [UInt8], _ quota: Int?) throws
    -> any ComparedSide
  {
    switch try SolutionCatalogue.solution(name) {
    case .builtIn(_, _, let make):
      return SwiftKernelSide(solution: make.init(), disk: disk, limits: lab.limits, quota: quota)
    case .source:
      throw InputError(
        "\(name): compare takes built-in solutions; a Swift file of your own cannot be compared yet")
    case .kernel:
      throw InputError("\(name): compare takes built-in solutions; real kernels cannot be compared yet")
    }
  }

  /// Compares; `deliver` gets each workload's comparison in order, as soon as it is in. It does not depend on `jobs`.
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
