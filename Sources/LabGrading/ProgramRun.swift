import Foundation
import LabPrograms
import ObjectFile
import XV6FileSystem
import XV6Kernel

/// One command on the Swift kernel, outside of any test: `labrunner run`.
public struct ProgramRun {
  private let solution: any LabSolution
  private var image: [UInt8]?
  private var arguments: [String] = []
  private var own: (name: String, bytes: [UInt8])?

  public var memoryMiB = 128
  /// Retired user instructions after which the run ends; nil for none.
  public var instructionLimit: UInt64?

  /// What became of a run.
  public struct Result: Sendable {
    /// The program's own exit status; 1 where the kernel ended it.
    public var status: Int32
    /// Why the kernel ended it; nil where the program exited.
    public var trouble: String?
    public var instructions: UInt64
    public var freePages: Int
  }

  public init(solution: any LabSolution) { self.solution = solution }
}
