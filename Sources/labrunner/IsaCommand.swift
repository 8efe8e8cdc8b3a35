import Foundation
import HostSupport
import ObjectFile
import VirtBoard

/// `labrunner isa`: runs tests of the instruction set, which report their result through their symbol
/// `tohost`.
enum IsaCommand {
  static let command = Command(
    name: "isa",
    summary: "run tests of the instruction set (riscv-tests, riscv-arch-test)",
    operands: "ELF...",
    operandCount: 1...1_000_000,
    operandValues: .files,
    options: [
      .init(name: "--harts", value: "N", summary: "harts, 1 to 8 (1)"),
      .init(name: "--limit", value: "N", summary: "retired instructions a test, of all harts (100000000)"),
      .init(
        name: "--signature", value: "PATH", values: .files,
        summary: "write the signature to this file, or into this folder"),
      .init(
        name: "--signature-granularity", value: "BYTES", values: .words(["4", "8", "16"]),
        summary: "bytes a line of it (4)"),
      .init(name: "--verbose", summary: "all that tests print, and where the harts of a lost one stand"),
    ],
    discussion: """
      ELF is a bare-metal program for RV64 that begins in M mode on every hart, with
      its code and data in RAM from 0x80000000 on, and reports by storing to a
      doubleword of its own, the symbol tohost: 1 for passed, n << 1 | 1 for test n
      failed. What it prints (through tohost or the serial line) is shown where it has
      not passed. A file that is no such program is named on standard error, and the
      others are run. Its signature is what it leaves in memory from begin_signature
      to end_signature; with several files, PATH is a folder, which gets
      NAME.signature of each.
      Exit status: 0 all passed, 1 one has not, 2 a file could not be run.

      examples:
        labrunner isa rv64ui-p-add
        labrunner isa --verbose isa/rv64*-p-* isa/rv64*-v-*
        labrunner isa --signature add-01.signature add-01.elf
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let harts = try arguments.integer("--harts", in: 1...Board.maxHarts) ?? 1
    let limit = UInt64(try arguments.integer("--limit", in: 1...Int.max) ?? 100_000_000)
    let granularity = try granularity(arguments)
    let signature = try arguments.value("--signature").map { try SignaturePath($0, for: arguments.operands) }

    var (passed, lost, refused) = (0, 0, 0)
    for path in arguments.operands {
      do {
        let test = try IsaTest(ELF(parsing: HostFile.contents(of: path)), harts: harts, limit: limit)
        let verdict = test.run()
        let hasPassed = verdict == .passed
        if hasPassed { passed += 1 } else { lost += 1 }
        Terminal.print("\(path): " + (hasPassed ? "OK" : "FAIL (\(verdict))"))
        if !hasPassed || arguments.has("--verbose") { show(test.console) }
        if !hasPassed && arguments.has("--verbose") {
          for line in test.state { Terminal.print("    \(line)") }
        }
        try signature?.write(test.signature(granularity: granularity), for: path)
      } catch let error as InputError {
        refused += 1
        Terminal.complain("labrunner: \(error)")
      } catch {
        refused += 1
        Terminal.complain("labrunner: \(path): \(error)")
      }
    }
    Terminal.print("\(passed) passed, \(lost) failed" + (refused == 0 ? "" : ", \(refused) could not be run"))
    return refused > 0 ? .usage : lost > 0 ? .pointsLost : .success
  }

  private static func granularity(_ arguments: Arguments) throws(InputError) -> Int {
    guard let text = arguments.value("--signature-granularity") else { return 4 }
    guard let bytes = Int(text), [4, 8, 16].contains(bytes) else {
      throw InputError("--signature-granularity takes 4, 8 or 16, not \"\(text)\"")
    }
    return bytes
  }

  /// Prints the lines of a test's console, with a mark before each one, to tell them from our own lines.
  private static func show(_ console: [UInt8]) {
    for line in console.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    where !line.isEmpty {
      Terminal.print("    | " + String(decoding: line, as: UTF8.self))
    }
  }
}

/// The path for signatures.
private struct SignaturePath {
  private let path: String
  private let isFolder: Bool

  /// - `path`: the value of `--signature`. It must be an existing folder if there are several tests.
  init(_ path: String, for tests: [String]) throws(InputError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self.isFolder = exists && isFolder.boolValue
    self.path = path
    guard self.isFolder || tests.count == 1 else {
      throw InputError("--signature: \(path) must be a folder, to hold those of \(tests.count) tests")
    }
  }

  func write(_ text: String, for test: String) throws(InputError) {
    let name = URL(fileURLWithPath: test).lastPathComponent + ".signature"
    try ResultFile(isFolder ? "\(path)/\(name)" : path).write(text, final: true)
  }
}
