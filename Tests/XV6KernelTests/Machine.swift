import LabEvents
import LabPrograms
import LazySolutions
import ObjectFile
import Synchronization
import XV6FileSystem
import XV6Kernel

/// What tests need from a machine: a disk with the lab's programs, and the console's output.
enum Machine {
  /// A disk image with the shell utilities and the lab's programs.
  static let disk: [UInt8] = image(
    LabPrograms.programs(for: "lazy").map { ($0.name, (try? ELF(parsing: $0.elf).loadableImage()) ?? []) })

  static func image(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    do {
      let files = files.map { FileSystemImage.File(path: "/" + $0.name, contents: $0.bytes) }
      return try FileSystemImage(files: files).bytes
    } catch {
      return []
    }
  }

  /// Runs a program under a solution.
  static func run(
    _ arguments: [String], _ solution: any LabSolution = Reference(),
    _ change: (inout KernelConfiguration) -> Void = { _ in }
  ) throws -> (outcome: KernelOutcome, console: String, kernel: Kernel) {
    let console = Transcript()
    var configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + arguments
    configuration.instructionLimit = 2_000_000_000
    configuration.consoleOutput = { console.append($0) }
    change(&configuration)
    let kernel = try Kernel(configuration)
    let outcome = kernel.run()
    return (outcome, console.text, kernel)
  }
}

/// What a machine printed.
final class Transcript: Sendable {
  private let bytes = Mutex<[UInt8]>([])

  func append(_ part: UnsafeRawBufferPointer) { bytes.withLock { $0 += part } }

  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
