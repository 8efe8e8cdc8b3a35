import LabEvents
import LazySolutions
import Synchronization
import XV6FileSystem
import XV6Kernel

/// A complete run of xv6 in Swift, and everything of it that can be seen from outside.
struct HostedRun: Equatable {
  var outcome: KernelOutcome
  var retired: UInt64
  var freePages: Int
  var console: [UInt8]
  var events: [LabEvent]
  var disk: [UInt8]

  /// What the observers get, on the machine's thread.
  private final class Log: Sendable {
    let console = Mutex<[UInt8]>([])
    let events = Mutex<[LabEvent]>([])
  }

  /// How many instructions a run may take. Every trap counts as 2,000 instructions.
  static let instructionLimit: UInt64 = 400_000

  /// Boots a machine with `disk` and solution number `solution`, and runs it to its end.
  init(disk image: [UInt8], solution: Int, change: (inout KernelConfiguration) -> Void = { _ in }) throws {
    let log = Log()
    var configuration = KernelConfiguration(
      solution: LazySolutions.all[solution % LazySolutions.all.count].make.init(), disk: image)
    configuration.memorySize = 2 << 20
    configuration.instructionLimit = Self.instructionLimit
    configuration.consoleLimit = 16384
    configuration.consoleOutput = { bytes in log.console.withLock { $0 += bytes } }
    configuration.observe = { event in log.events.withLock { $0.append(event) } }
    change(&configuration)
    let disk = MemoryDisk(image: configuration.disk)
    let kernel = try Kernel(configuration, disk: disk)
    outcome = kernel.run()
    retired = kernel.retired
    freePages = kernel.freePages
    console = log.console.withLock { $0 }
    events = log.events.withLock { $0 }
    self.disk = disk.image
  }

  /// Runs the same machine twice. Promises that both runs were the same, and that the outcome was reported.
  static func twice(
    disk: [UInt8], solution: Int, change: (inout KernelConfiguration) -> Void = { _ in }
  ) throws -> HostedRun {
    let run = try HostedRun(disk: disk, solution: solution, change: change)
    let again = try HostedRun(disk: disk, solution: solution, change: change)
    try promiseSame(run.outcome, again.outcome, "the outcomes of two runs")
    try promiseSame(
      String(decoding: run.console, as: UTF8.self), String(decoding: again.console, as: UTF8.self),
      "the consoles of two runs")
    try promiseSame(run.retired, again.retired, "the retired instructions of two runs")
    try promise(run == again, "two runs have the same events, free pages and disk")
    if case .hostFailed(let reason) = run.outcome {
      throw BrokenPromise(description: "a run ends with a reported outcome: \(reason)")
    }
    return run
  }

  /// Promises that xv6 could go on with the disk.
  func checkDisk() throws {
    let damage = try FileSystemImage(parsing: disk).check().first(where: \.isDamage)
    if let damage { throw BrokenPromise(description: "a run leaves a sound disk sound: \(damage)") }
  }
}
