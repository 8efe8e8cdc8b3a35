import Foundation
import LabPrograms
import TestSupport
import Testing

@testable import HostSupport
@testable import LabGrading
@testable import LabModel
@testable import Submissions

/// If a file is not a kernel for the board, an error refuses it and says what the file is. The other things
/// in a tree, such as time.txt, are graded.
struct BoardVerdictInputTests {
  private static func error(_ bytes: [UInt8]) throws -> String {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "kernel")
      try Data(bytes).write(to: file)
      let error = try #require(throws: InputError.self) {
        try Grader(lab: LabCatalogue.lab("lazy"), solution: SolutionCatalogue.solution(file.path)).run { _ in
        }
      }
      #expect("\(error)".hasPrefix(file.path + ": ") || "\(error)".contains("kernel: "))
      return "\(error)"
    }
  }

  private static func changed(_ offset: Int, to bytes: [UInt8]) throws -> [UInt8] {
    var kernel = try #require(LabPrograms.guest("tiny"))
    kernel.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    return kernel
  }

  @Test(
    arguments: [
      (
        18, [62, 0],
        "offset 18: built for x86-64, not for RISC-V: the lab is about xv6-riscv, not the older xv6 for x86"
      ),
      (18, [183, 0], "offset 18: built for AArch64, not for RISC-V"),
      (4, [1], "offset 4: a 32-bit ELF file, not 64-bit: xv6-riscv is for rv64"),
      (5, [2], "offset 5: a big-endian ELF file, not little-endian"),
      (16, [1, 0], "offset 16: an object file, not an executable"),
      // e_phnum
      (56, [0, 0], "the file has no segment to load"),
    ] as [(Int, [UInt8], String)])
  func `an ELF file that is no kernel is refused`(offset: Int, bytes: [UInt8], reason: String) throws {
    #expect(try Self.error(Self.changed(offset, to: bytes)).hasSuffix(reason))
  }

  @Test func `a program that is linked elsewhere is refused`() throws {
    let echo = try #require(LabPrograms.programs(for: "lazy").first { $0.name == "echo" })
    #expect(
      try Self.error(echo.elf).hasSuffix(
        "not a kernel for this machine: it is linked at 0x0, so it is a user program or for another machine; "
          + "a kernel begins at 0x80000000"))
  }

  @Test func `a kernel file that is cut off anywhere is refused or graded`() throws {
    let kernel = try #require(LabPrograms.guest("bad-off"))
    for length in [4, 16, 63, 64, 100, kernel.count / 2, kernel.count - 1] {
      #expect(try !Self.error(Array(kernel[..<length])).isEmpty, "\(length) bytes")
    }
    #expect(try Self.error(Array(kernel[..<40])).hasSuffix("ELF header is cut off: the file has 40 bytes"))
  }

  // MARK: Trees

  /// The result of the test `time` in a tree whose time.txt holds `text`.
  private static func time(_ text: String?) throws -> TestResult {
    try withTemporaryFolder { folder in
      let kernel: [UInt8] = try #require(LabPrograms.guest("bad-off"))
      try tree(in: folder, kernel: kernel)
      if let text { try Data(text.utf8).write(to: folder.appending(path: "time.txt")) }
      var results: [TestResult] = []
      try Grader(
        lab: LabCatalogue.lab("lazy"), solution: SolutionCatalogue.solution(folder.path),
        tests: ["time", "map"]
      ).run { results.append($0) }
      #expect(results.map(\.test.name) == ["map", "time"])
      #expect(results.first?.verdict == .ended("the guest switched the machine off"))
      return try #require(results.last)
    }
  }

  private static func tree(in folder: URL, kernel: [UInt8]?) throws {
    let inner = folder.appending(path: "kernel")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    for name in ["main.c", "defs.h"] { try Data().write(to: inner.appending(path: name)) }
    if let kernel { try Data(kernel).write(to: inner.appending(path: "kernel")) }
  }

  @Test func `a tree that is not built is refused, and told how to build it`() throws {
    try withTemporaryFolder { folder in
      try Self.tree(in: folder, kernel: nil)
      let error = try #require(throws: InputError.self) { try SolutionCatalogue.solution(folder.path) }
      #expect(
        "\(error)" == "\(folder.path): the xv6 tree has no kernel/kernel: build it first (make kernel/kernel)"
      )
    }
  }

  @Test(arguments: ["12", "12\n", " 7 \n", "0"])
  func `hours in time_txt earn a point`(text: String) throws {
    let result = try Self.time(text)
    #expect(result.verdict == .passed)
    #expect(result.earned == 1)
    #expect(result.explanation == nil)
  }

  @Test(arguments: [
    (nil, "time.txt is missing"), ("", "time.txt does not hold one whole number"),
    ("7 hours", "time.txt does not hold one whole number"),
    ("3.5", "time.txt does not hold one whole number"),
    ("5 6", "time.txt does not hold one whole number"),
  ])
  func `no hours, no point`(text: String?, reason: String) throws {
    let result = try Self.time(text)
    #expect(result.verdict == .failed(status: 1))
    #expect(result.earned == 0)
    #expect(result.explanation == reason)
  }

  @Test func `a kernel alone is not asked for its hours`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "kernel")
      try Data(#require(LabPrograms.guest("bad-off"))).write(to: file)
      let grader = Grader(
        lab: try LabCatalogue.lab("lazy"), solution: try SolutionCatalogue.solution(file.path))
      #expect(!grader.tests.contains { $0.name == "time" })
    }
  }
}
