import Foundation
import LabPrograms
import Testing

@testable import HostSupport
@testable import Submissions
@testable import labrunner

/// The clauses of SECURITY.md about the command as a whole.
struct SecurityTests {
  /// A folder for one test.
  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "SecurityTests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  /// Files that are not of the kind that the command expects.
  private static let strangers: [(name: String, bytes: [UInt8])] = [
    ("empty", []), ("short", [0x7F, 0x45]), ("magic", [0x7F, 0x45, 0x4C, 0x46]),
    ("zeroes", [UInt8](repeating: 0, count: 4096)), ("ones", [UInt8](repeating: 0xFF, count: 4096)),
    ("json", Array("[[[[{\"a\":1e999}]]]]".utf8)),
    (
      "superblock",
      [UInt8](repeating: 0, count: 1024) + [0x40, 0x30, 0x20, 0x10] + [UInt8](repeating: 255, count: 1020)
    ),
  ]

  @Test("a file that makes no sense is the input's fault", arguments: strangers.map(\.name))
  func stranger(name: String) throws {
    let bytes = try #require(Self.strangers.first { $0.name == name }).bytes
    try Self.inFolder { folder in
      let path = folder + "/" + name
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      for words in [
        ["boot", path], ["run", path], ["run", "--image", path, "ls"], ["grade", path],
        ["grade", "--lab", path],
      ] {
        #expect(Labrunner.run(words) == .usage, "\(words)")
      }
    }
  }

  @Test func `a boot writes its disk back only where it is told to`() throws {
    try Self.inFolder { folder in
      let kernel = folder + "/kernel"
      let disk = folder + "/fs.img"
      try Data(try #require(LabPrograms.guest("kernel-modern"))).write(to: URL(fileURLWithPath: kernel))
      let before = Data((0..<(64 * 512)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) })
      try before.write(to: URL(fileURLWithPath: disk))
      #expect(Labrunner.run(["boot", kernel, disk, "--harts", "1"]) == .success)
      #expect(try Data(contentsOf: URL(fileURLWithPath: disk)) == before)
      let link = folder + "/link.img"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: disk)
      #expect(Labrunner.run(["boot", kernel, link, "--harts", "1", "--write-disk"]) == .success)
      #expect(try Data(contentsOf: URL(fileURLWithPath: disk)) != before)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == disk)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["fs.img", "kernel", "link.img"])
    }
  }

  @Test func `a typed file is read no further ahead than there is room`() throws {
    let piped = PipedInput(descriptor: open("/dev/zero", O_RDONLY))
    for _ in 0..<3 { #expect(try #require(piped.line()).count == PipedInput.longestLine) }
  }

  @Test func `what is printed commands nothing`() {
    #expect(
      Terminal.shown("labrunner: \u{1B}[2J: no such file\n\u{202E}")
        == "labrunner: \\u{1b}[2J: no such file\n\\u{202e}\n")
  }

  /// The only switch in the environment, and the message about an unknown name in it.
  private static let excepted = ["RV64/Hart/StandardPaths.swift": ["ProcessInfo", "FileHandle"]]

  /// The modules that guests run in, and those that read formats from outside, do not use files, network,
  /// clock, environment or random numbers.
  @Test func `what a guest runs in knows nothing of the host`() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    // By Unicode's rules, `FileManager.default` has no word boundary inside; by Swift's rules it has one.
    let words =
      #/
        \b(FileManager|FileHandle|fopen|freopen|opendir|openat|socket|connect|URLSession|Date|ContinuousClock
        |SuspendingClock|clock_gettime|gettimeofday|mach_absolute_time|getenv|ProcessInfo|CommandLine|Process
        |popen|posix_spawn|execve|SystemRandomNumberGenerator|arc4random|getrandom|Bundle|UserDefaults
        |dlopen)\b|\.random\(|\.shuffled\(\)|\bhashValue\b
      /#
      .wordBoundaryKind(.simple)
    #expect("FileManager.default".contains(words))
    var seen = 0
    for module in ["Sv39MMU", "RV64", "ObjectFile", "XV6FileSystem", "LabEvents", "XV6Kernel", "VirtBoard"] {
      let files = FileManager.default.enumerator(atPath: sources.appending(path: module).path)
      for case let name as String in try #require(files) where name.hasSuffix(".swift") {
        seen += 1
        let text = try String(
          contentsOf: sources.appending(path: module).appending(path: name), encoding: .utf8)
        let code = SolutionSource.code(of: text)
        let found = code.matches(of: words).map { String($0.output.0) }
        #expect(found == Self.excepted["\(module)/\(name)"] ?? [], "\(module)/\(name)")
      }
    }
    #expect(seen > 80)
  }

  /// Every clause of SECURITY.md names a test, and that test exists.
  @Test func `every clause has its test`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "SECURITY.md"), encoding: .utf8)
    var clauses = 0
    for line in page.split(separator: "\n") where line.hasPrefix("| ") && line.contains(".swift") {
      clauses += 1
      let named = line.matches(of: /`([A-Za-z0-9]+\/[A-Za-z0-9\/]+\.swift)`: "([^"]+)"/)
      #expect(!named.isEmpty, "\(line)")
      for match in named {
        let file = root.appending(path: String(match.output.1))
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(match.output.2), "\(match.output.1) has no test \"\(match.output.2)\"")
      }
    }
    #expect(clauses >= 15)
  }
}
