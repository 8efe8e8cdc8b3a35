import LabPrograms
import ObjectFile
import Testing
import VirtBoard
import XV6FileSystem

@testable import HostSupport
@testable import LabCrash

/// Power failures of a machine. Its kernel is our own, and makes a file for each line that is typed. One such
/// kernel has xv6's log, and two do it wrong.
@Suite("A real kernel's crashes")
struct CrashTestTests {
  private static func test(_ guest: String, disk: [UInt8]) throws -> CrashTest {
    var configuration = BoardConfiguration()
    configuration.memorySize = 2 << 20
    configuration.disk = disk
    return try CrashTest(
      kernel: ELF(parsing: #require(LabPrograms.guest(guest))), name: guest, configuration)
  }

  private static func disk() throws -> [UInt8] { try FileSystemImage(blocks: 60, inodes: 15).bytes }

  /// What is wrong after each crash.
  private static func troubles(
    _ guest: String, _ kinds: Set<CrashPoint.Kind>
  ) throws -> [(point: CrashPoint, trouble: String?)] {
    let test = try test(guest, disk: disk())
    let recording = try test.record(["one", "two"])
    var troubles: [(CrashPoint, String?)] = []
    try test.judge(recording.points(kinds), of: recording, jobs: 1) { troubles.append(($0, $1)) }
    return troubles
  }

  @Test func `a log is survived`() throws {
    let disk = try Self.disk()
    let test = try Self.test("crash-logged", disk: disk)
    let recording = try test.record(["one", "two"])
    #expect(recording.writes == 12)
    #expect(recording.transactions == 2)
    #expect(recording.findings == [])
    let points = recording.points([.ordered, .torn, .reordered])
    #expect(points.count { $0.kind == .ordered } == 13)
    #expect(points.count { $0.kind == .torn } == 24)
    #expect(Set(points.map { recording.command(at: $0) }) == ["one", "two"])
    // Only every other torn write, to save time.
    var tried = 0
    try test.judge(points.filter { $0.kind != .torn || $0.done % 2 == 0 }, of: recording, jobs: 2) {
      point, trouble in
      tried += 1
      #expect(trouble == nil, "\(point)")
    }
    #expect(tried > 60)
  }

  @Test func `a file system without a log is not`() throws {
    let troubles = try Self.troubles("crash-unlogged", [.ordered])
    #expect(troubles.map(\.point.done) == Array(0...4))
    #expect(
      troubles.map(\.trouble) == [
        nil, "directory inode 1: \"one\" is inode 2, which is free", nil,
        "directory inode 1: \"two\" is inode 3, which is free", nil,
      ])
  }

  @Test func `a header that is written too early is found`() throws {
    let troubles = try Self.troubles("crash-header-first", [.ordered])
    #expect(troubles.count == 13)
    // The header of the first transaction names blocks of the log that still contain nothing.
    #expect(troubles[0].trouble == nil)
    #expect(troubles[1].trouble?.contains("inode 1, the root") == true)
    #expect(troubles[2].trouble != nil)
    #expect(troubles[3...6].allSatisfy { $0.trouble == nil })
  }

  @Test func `a guest without a file system or a shell is told of`() throws {
    #expect(throws: CrashTest.NoPrompt.self) { try Self.test("uart", disk: Self.disk()) }
    #expect(throws: InputError.self) {
      try Self.test("crash-unlogged", disk: [UInt8](repeating: 0, count: 60 * 1024)).record([])
    }
  }
}
