import Foundation
import HostSupport

/// Compiles a user's own Swift solution into a worker: a program that runs single tests with that solution.
///
/// The worker links the files that `swift build` left beside this program, so the package is not built
/// again.
package struct SolutionCompiler {
  /// The folder of this package's build products.
  package let products: URL
  package let swiftc: URL
  /// The limits of the compiler, and of the linker: seconds of processor time and MiB of address space. A
  /// solution of some hundred lines takes a few seconds and less than a gigabyte.
  package var seconds = 120
  package var memoryMiB = 8192

  /// What the compiler keeps about modules, for all solutions that this process compiles. Its own place for
  /// that is in the user's home, which may not be writable.
  private static let moduleCache = Result { try TemporaryFolder() }

  /// Finds the build products and the compiler. If one is missing, an `InputError` says which, and what to
  /// do.
  package init() throws(InputError) {
    let environment = ProcessInfo.processInfo.environment
    let beside = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let given = environment["LABRUNNER_BUILD"].map { URL(fileURLWithPath: $0) }
    guard
      let products = [given, beside].compactMap({ $0 }).first(where: {
        FileManager.default.fileExists(atPath: $0.appending(path: "Modules/XV6Kernel.swiftmodule").path)
      })
    else {
      throw InputError(
        "a Swift solution is linked with the modules that `swift build` leaves beside labrunner, "
          + "and there are none: "
          + "run labrunner from its package, or set LABRUNNER_BUILD to its .build/release folder")
    }
    guard let swiftc = HostProgram("swiftc", in: environment) else {
      throw InputError("a Swift solution needs the Swift compiler, and swiftc is not on the PATH")
    }
    self.products = products
    self.swiftc = URL(fileURLWithPath: swiftc.path)
  }

  /// The kind of work that a worker does. It decides which module the worker imports, and on which type
  /// there it calls `main`.
  package enum Work: Sendable {
    /// The worker runs a lab's tests.
    case grading
    /// The worker measures workloads.
    case comparing

    var module: String {
      switch self {
      case .grading: "LabRunning"
      case .comparing: "LabCompare"
      }
    }

    var type: String {
      switch self {
      case .grading: "SolutionWorker"
      case .comparing: "CompareWorker"
      }
    }
  }

  /// Compiles `source` into an executable in `folder`, and returns the compiler's warnings. If compilation
  /// fails, an `InputError` carries the compiler's output.
  package func compile(_ source: SolutionSource, for work: Work = .grading, in folder: URL) throws -> (
    worker: URL, warnings: String
  ) {
    let main = folder.appending(path: "main.swift")
    let object = folder.appending(path: "solution.o")
    let worker = folder.appending(path: "worker")
    try Data("import \(work.module)\n\n\(work.type).main(\(source.typeName).self)\n".utf8).write(to: main)
    let log = folder.appending(path: "compiler.log")
    let compiled = try limited.run(
      ["-swift-version", "6", "-O", "-wmo", "-gline-tables-only"]
        + ["-module-name", SolutionSource.moduleName]
        + ["-module-cache-path", try Self.moduleCache.get().url.path]
        + ["-I", products.appending(path: "Modules").path] + source.files.map(Self.operand) + [main.path]
        + ["-c", "-o", object.path], log: log)
    guard compiled.succeeded else { throw refusal(of: source, compiled) }

    // If the objects were built for a static standard library (swift build --static-swift-stdlib), they
    // link only with that library. The object files do not tell this, so try both.
    let link = [object.path] + objects(WorkerModules.linked[work.module] ?? []) + ["-o", worker.path]
    let linked = try limited.run(link, log: log)
    if !linked.succeeded, try !limited.run(link + ["-static-stdlib"], log: log).succeeded {
      throw HostFailure(description: "the worker for \(source.path) does not link\n\(linked.output)")
    }
    return (worker, compiled.output)
  }

  private var limited: LimitedProgram {
    LimitedProgram(path: swiftc.path, seconds: seconds, memoryMiB: memoryMiB)
  }

  /// A file as an operand of the compiler: the path as the user gave it, so that the compiler's words are the
  /// same on every machine.
  private static func operand(_ file: URL) -> String {
    file.relativePath.hasPrefix("-") ? "./" + file.relativePath : file.relativePath
  }

  /// Why `source` is not graded, in the compiler's words.
  private func refusal(of source: SolutionSource, _ compiled: LimitedProgram.End) -> InputError {
    // A compiler that found a mistake in the end says in which file.
    if compiled.ranOutOfTime, !compiled.output.contains(".swift:") {
      return InputError(
        "\(source.path): does not compile: the compiler was not done after \(seconds) s of processor time")
    }
    if Self.memoryWords.contains(where: compiled.output.contains) {
      return InputError(
        "\(source.path): does not compile: the compiler needed more than "
          + "\(grouped(UInt64(memoryMiB))) MiB of memory")
    }
    return InputError("\(source.path): does not compile\n\(compiled.output)")
  }

  /// What the compiler says if it gets no more memory.
  private static let memoryWords = ["LLVM ERROR: out of memory", "std::bad_alloc"]

  private func objects(_ modules: [String]) -> [String] {
    modules.flatMap { module -> [String] in
      let folder = products.appending(path: "\(module).build").path
      let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      let stale = staleness(folder)
      return names.filter { $0.hasSuffix(".o") && !stale($0) }.sorted().map { folder + "/" + $0 }
    }
  }

  /// Returns a test for stale objects. An object is stale if its source no longer belongs to the module; a
  /// build does not delete it. The file `sources` lists the module's sources, one path a line. Without this
  /// file, no object is stale.
  private func staleness(_ folder: String) -> (_ object: String) -> Bool {
    guard let list = try? String(contentsOfFile: folder + "/sources", encoding: .utf8) else {
      return { _ in false }
    }
    let sources = Set(
      list.split(separator: "\n").compactMap { line in
        line.split(separator: "/").last.map { String($0.filter { $0 != "'" && $0 != "\"" }) }
      })
    return { $0.hasSuffix(".swift.o") && !sources.contains(String($0.dropLast(2))) }
  }
}
