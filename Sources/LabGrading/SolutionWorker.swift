import Foundation
import RV64
import XV6Kernel

/// The worker's side of grading somebody's own Swift solution: one process, one test.
///
/// What the solution does to its process (a trap, an endless loop, text on its output) costs that test only.
public enum SolutionWorker {
  /// What the grader asks for, and where the answer goes: the two arguments are paths of JSON files.
  struct Request: Codable {
    var lab: String
    var test: Lab.Test
    var limits: Lab.Limits
    var options: HostedOptions
  }

  /// Runs the test that the command line's first file asks for, and writes its result to the second.
  public static func main(_ solution: any LabSolution.Type) -> Never {
    let paths = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
    guard paths.count == 2 else {
      FileHandle.standardError.write(Data("usage: worker REQUEST RESULT\n".utf8))
      exit(2)
    }
    do {
      let request = try JSONDecoder().decode(Request.self, from: Data(contentsOf: paths[0]))
      let test = HostedTest(
        test: request.test, limits: request.limits, disk: try LabDisk.image(for: request.lab),
        solution: solution.init(), options: request.options, library: ProgramLibrary(lab: request.lab))
      let write: @Sendable (TestResult) throws -> Void = { result in
        try JSONEncoder().encode(result).write(to: paths[1], options: .atomic)
      }
      let result = try test.run(
        lost: { result in
          // Kept where the second run, which explains, does not come to its end.
          var result = result
          result.diagnosis = .notRunAgain
          try write(result)
        },
        stuck: { result in
          try? write(result)
          exit(0)
        })
      try write(result)
      exit(0)
    } catch {
      FileHandle.standardError.write(Data("worker: \(error)\n".utf8))
      exit(70)
    }
  }
}
