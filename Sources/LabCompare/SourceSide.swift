import Foundation
import HostSupport
import LabMeter
import LabModel
import LabRunning
import Submissions
import XV6Kernel

/// A solution in the user's own Swift file. Each workload runs in a process of its own and is measured there.
struct SourceSide: ComparedSide {
  /// Warnings about likely mistakes, and the compiler's warnings.
  let warnings: [String]
  private let call: WorkerCall
  private let folder: TemporaryFolder
  private let lab: Lab
  private let quota: Int?

  /// Compiles the solution. An `InputError` has the compiler's messages.
  init(_ source: SolutionSource, lab: Lab, quota: Int?) throws {
    let folder = try TemporaryFolder()
    let (worker, said) = try SolutionCompiler().compile(source, for: .comparing, in: folder.url)
    warnings = source.warnings.map(\.description) + (said.isEmpty ? [] : [said])
    call = WorkerCall(worker: worker, folder: folder.url, solution: source.files)
    self.folder = folder
    self.lab = lab
    self.quota = quota
  }

  func measure(_ workload: Workload) throws -> Measured {
    let request = CompareWorker.Request(lab: lab.name, limits: lab.limits, quota: quota, workload: workload)
    let seconds = lab.limits.workerSeconds
    switch try call.ask(request, processorSeconds: seconds) {
    case .answered(let bytes):
      let measured = try? JSONDecoder().decode(Measured.self, from: Data(bytes))
      return measured.flatMap { $0.isSound ? $0 : nil }
        ?? .unknown(Outcome(.crashed, "the solution's own code ended its process: exit status 0"))
    case .late:
      return .unknown(Outcome(.stopped, "still running after \(seconds) s of processor time"))
    case .asleep: throw HostFailure.asleep("\(workload.name)", seconds: call.patience)
    case .crashed(let how, _):
      return .unknown(Outcome(.crashed, "the solution's own code ended its process: \(how)"))
    }
  }
}

/// The side of the worker process. It is public because the worker's main program calls it, and that is
/// compiled outside this package.
public enum CompareWorker {
  struct Request: Codable {
    var lab: String
    var limits: Lab.Limits
    var quota: Int?
    var workload: Workload
  }

  /// Measures the workload that the first file on the command line asks for, and writes the result to the
  /// second file.
  public static func main(_ solution: any LabSolution.Type) -> Never {
    WorkerCall.serve { (request: Request, reply: WorkerReply<Measured>) in
      let side = SwiftKernelSide(
        solution: solution.init(), disk: try WorkloadDisk.image(for: request.lab), limits: request.limits,
        quota: request.quota)
      try reply.finish(side.measure(request.workload, stuck: { try? reply.finish($0) }))
    }
  }
}
