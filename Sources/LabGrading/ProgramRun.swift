import Foundation
import ObjectFile
import RV64
import Synchronization
import XV6FileSystem
import XV6Kernel

/// One command on the Swift kernel, outside of any test: `labrunner run`.
public struct ProgramRun {
  private let solution: any LabSolution
  private let disk: [UInt8]
  private let command: [String]

  /// Guest RAM in MiB.
  public var memoryMiB = 128
  /// Retired user instructions after which the run ends; nil for none.
  public var instructionLimit: UInt64?
  /// Pages that the command and all that it starts may hold; nil for as many as there are.
  public var quota: Int?
  /// What is folded into the run's hashes; nil for nothing.
  package var trace: TraceGrain?

  /// What became of a run.
  public struct Result: Sendable {
    /// The program's own exit status, as a shell sees it (0 to 255); 1 where the kernel ended it.
    public var status: Int32
    /// Why the kernel ended it; nil where the program exited by itself.
    public var trouble: String?
    /// Retired user instructions.
    public var instructions: UInt64
    /// Pages left free at the end.
    public var freePages: Int
    /// Pages that the quota has refused.
    public var refusedPages: UInt64
    /// The hashes of the run, where they were asked for.
    package var trace: TraceSum?
  }

  /// Prepares `command`: a program of the disk, or a path of an ELF file of the host, and its arguments.
  ///
  /// - `image`: an xv6 disk image to use in place of our own. It is read, never written; in the machine's copy, our
  ///   `init`, which runs one command, takes the place of its own.
  public init(command: [String], solution: any LabSolution, image: String? = nil) throws {
    guard let program = command.first else { throw InputError("there is no program to run") }
    var disk = try FileSystemImage(parsing: LabDisk.image(for: LabCatalogue.standard))
    if let image {
      let ours = try disk.read("init")
      disk = try Self.open(image)
      try disk.put("init", ours, from: image)
    }
    var name = program
    if program.contains("/") || !disk.has(program) {
      name = (program as NSString).lastPathComponent
      guard FileManager.default.fileExists(atPath: program) else {
        throw InputError("\(program): no such file, and no program of the disk (labrunner list programs)")
      }
      try disk.put(name, Self.program(in: program), from: program)
    }
    self.solution = solution
    self.disk = disk.bytes
    self.command = [name] + command.dropFirst()
  }

  /// Boots, runs the command to its end, and tells how it ended. What the kernel prints while it boots is not passed on:
  /// it is not the command's.
  ///
  /// `input` is asked for more when the guest waits at its console (nil: the end of input): when nothing else can run, or,
  /// where `inputIsReady` says that nobody has to think about it first, at once. `output` receives what the guest
  /// writes there.
  public func run(
    input: @escaping @Sendable () -> [UInt8]?, inputIsReady: Bool = false,
    output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) throws -> Result {
    var configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + command
    configuration.memorySize = UInt64(memoryMiB) << 20
    configuration.instructionLimit = instructionLimit ?? .max
    configuration.quota = quota
    configuration.trace = trace
    configuration.consoleSource = Self.endedByControlD(input)
    configuration.consoleReadySource = inputIsReady ? input : nil
    let booted = Mutex(false)
    configuration.consoleOutput = { bytes in
      if booted.withLock({ $0 }) { output(bytes) }
    }
    let kernel: Kernel
    do {
      kernel = try Kernel(configuration)
    } catch {
      throw InputError("\(error)")
    }
    booted.withLock { $0 = true }
    let (status, trouble) = try Self.explain(kernel.run())
    return Result(
      status: status, trouble: trouble, instructions: kernel.retired, freePages: kernel.freePages,
      refusedPages: kernel.refusedPages, trace: kernel.traceSum)
  }

  /// `input`, and behind its end as many ctrl-D as a shell and what it started may want to read.
  ///
  /// The end of a host's file is the end of xv6's console input only where somebody types it.
  private static func endedByControlD(_ input: @escaping @Sendable () -> [UInt8]?) -> @Sendable () -> [UInt8]?
  {
    let left = Mutex(NPROC)
    return {
      if let bytes = input() { return bytes }
      return left.withLock { left in
        guard left > 0 else { return nil }
        left -= 1
        return [0x04]
      }
    }
  }

  private static func explain(_ outcome: KernelOutcome) throws(HostFailure) -> (
    status: Int32, trouble: String?
  ) {
    switch outcome {
    case .finished(let status): (status & 0xFF, nil)
    case .panicked(let text): (1, "the kernel panicked: \(text)")
    case .deadlocked: (1, "every process is asleep and nothing can wake one")
    case .idle: (1, "the input ended while a process was reading it")
    case .instructionLimit: (1, "the limit of retired instructions was reached")
    case .consoleLimit: (1, "the limit of console output was reached")
    case .stopped: (1, "stopped")
    case .hostFailed(let reason): throw HostFailure(description: reason)
    }
  }

  /// The program in an ELF file of the host, as it goes on the disk.
  private static func program(in path: String) throws(InputError) -> [UInt8] {
    do {
      return try ELF(parsing: try HostFile.contents(of: path)).loadableImage()
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError("\(path): \(error)")
    }
  }

  /// The disk image in a file of the host, found to be consistent.
  private static func open(_ path: String) throws(InputError) -> FileSystemImage {
    let bytes = try HostFile.contents(of: path)
    do {
      let image = try FileSystemImage(parsing: bytes)
      if let finding = image.check().first(where: \.isDamage) {
        throw InputError("\(path): the file system is damaged: \(finding)")
      }
      return image
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError("\(path): \(error)")
    }
  }
}

extension FileSystemImage {
  /// Whether `path` names something on the disk.
  fileprivate func has(_ path: String) -> Bool { (try? status(path)) != nil }

  /// Adds or replaces the file `name`; `origin` is the host's file that an error names.
  fileprivate mutating func put(_ name: String, _ bytes: [UInt8], from origin: String) throws(InputError) {
    do {
      if has(name) { try replace(name, bytes) } else { try add(name, bytes) }
    } catch {
      throw InputError("\(origin): \(name) cannot be put on the disk: \(error)")
    }
  }
}
