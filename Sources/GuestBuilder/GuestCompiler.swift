import Dispatch
import Foundation
import Synchronization

/// Compiles and links a `LabTree` with the toolchain's clang and lld.
struct GuestCompiler {
  let clang: URL
  let tree: LabTree
  let objects: URL

  /// User programs: RV64IMAC, freestanding, at the fixed address 0, where xv6 loads them.
  private static let target = [
    "--target=riscv64-unknown-elf", "-march=rv64imac", "-mabi=lp64", "-mcmodel=medany",
  ]
  private static let compile = [
    "-std=gnu17", "-O1", "-ffreestanding", "-fno-builtin", "-fno-pic", "-fno-stack-protector",
    "-fno-omit-frame-pointer", "-fno-asynchronous-unwind-tables", "-mno-relax", "-Wall", "-Wextra", "-Werror",
    "-Wno-infinite-recursion", "-Wno-unused-parameter",
  ]
  private static let link = [
    "-nostdlib", "-static", "-fuse-ld=lld", "-Wl,--image-base=0", "-Wl,-Ttext=0", "-Wl,-N", "-Wl,-e,start",
    "-Wl,--build-id=none",
  ]

  /// A guest for the bare machine begins at the start of RAM. It uses privileged instructions and no library.
  private static let guestTarget = [
    "--target=riscv64-unknown-elf", "-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany",
    // Trap handlers must be at multiples of 4.
    "-falign-functions=4",
  ]
  private static let guestLink = [
    "-nostdlib", "-static", "-fuse-ld=lld", "-Wl,--image-base=0x80000000", "-Wl,-Ttext=0x80000000", "-Wl,-N",
    "-Wl,-e,_start", "-Wl,--build-id=none",
  ]

  /// Debug information, with paths relative to the package's root. It does not change code or data, and comes
  /// after everything that is loaded.
  private func debug(_ amount: String) -> [String] {
    let package = tree.root.deletingLastPathComponent().path
    return ["-gdwarf-5", amount, "-ffile-compilation-dir=.", "-fdebug-prefix-map=\(package)/="]
  }

  /// Only functions and lines. With types and variables, the embedded programs would be one and a half times
  /// as large.
  private var programDebug: [String] { debug("-gmlt") }
  private var guestDebug: [String] { debug("-g") }

  /// Apple's clang cannot compile for RISC-V. The message says what to do about it.
  func checkTarget() throws {
    let (status, output) = try Self.run(clang, ["--print-targets"])
    guard status == 0, output.contains("riscv64") else {
      throw BuildError(
        """
        \(clang.path) cannot compile for RISC-V, which the lab's programs need. \
        Install the swift.org toolchain (https://www.swift.org/install), whose clang can, \
        and build with it (on macOS: TOOLCHAINS=swift swift build).
        """)
    }
  }

  /// Compiles and links every program. Returns the ELF file of each, in the tree's order.
  func build() throws -> [URL] {
    for folder in ["lib", "program", "elf"] {
      try FileManager.default.createDirectory(
        at: objects.appending(path: folder), withIntermediateDirectories: true)
    }
    let include = "-I" + tree.root.appending(path: "user").path
    try inParallel(tree.library) { source in
      try Self.check(
        clang,
        Self.target + Self.compile + programDebug
          + [include, "-c", source.path, "-o", object(of: source).path])
    }
    let library = tree.library.map { object(of: $0).path }
    try inParallel(tree.programs) { program in
      let parts = try program.sources.map { source in
        let part = "\(label(program))-\(source.deletingPathExtension().lastPathComponent)"
        let object = objects.appending(path: "program/\(part).o").path
        try Self.check(
          clang, Self.target + Self.compile + programDebug + [include, "-c", source.path, "-o", object])
        return object
      }
      try Self.check(clang, Self.target + Self.link + parts + library + ["-o", elf(of: program).path])
    }
    return tree.programs.map(elf(of:))
  }

  /// Compiles and links every guest. Returns the ELF file of each, in the tree's order.
  func buildGuests() throws -> [URL] {
    let folder = objects.appending(path: "guest")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let include = "-I" + tree.root.appending(path: "guests").path
    let elfs = tree.guests.map { folder.appending(path: "\($0.name).elf") }
    try inParallel(Array(zip(tree.guests, elfs))) { guest, elf in
      let sources = guest.sources.map(\.path)
      try Self.check(
        clang,
        Self.guestTarget + Self.compile + guestDebug + Self.guestLink + [include] + sources
          + ["-o", elf.path])
    }
    return elfs
  }

  private func label(_ program: LabTree.Program) -> String {
    (program.lab.map { $0 + "-" } ?? "") + program.name
  }

  private func object(of source: URL) -> URL {
    objects.appending(path: "lib/\(source.deletingPathExtension().lastPathComponent).o")
  }

  private func elf(of program: LabTree.Program) -> URL {
    objects.appending(path: "elf/\(label(program)).elf")
  }

  /// Runs `body` for every item, on all cores. If several items fail, throws the error of the first of them.
  private func inParallel<Item>(_ items: [Item], _ body: (Item) throws -> Void) throws {
    let errors = Mutex<[Int: String]>([:])
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      nonisolated(unsafe) let items = items
      DispatchQueue.concurrentPerform(iterations: items.count) { i in
        do { try body(items[i]) } catch { errors.withLock { $0[i] = "\(error)" } }
      }
    }
    let found = errors.withLock { $0 }
    if let first = found.keys.min(), let message = found[first] { throw BuildError(message) }
  }

  /// Runs a program that must succeed. If it fails, what it printed is the error.
  private static func check(_ program: URL, _ arguments: [String]) throws {
    let (status, output) = try run(program, arguments)
    guard status == 0 else {
      throw BuildError("\(program.lastPathComponent) exited with \(status)\n\(output)")
    }
    if !output.isEmpty { print(output) }
  }

  private static func run(_ program: URL, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
