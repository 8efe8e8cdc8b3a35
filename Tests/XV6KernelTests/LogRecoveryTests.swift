import Testing
import Trials
import XV6FileSystem

@testable import XV6Kernel

/// A few system calls. The power fails at every one of their block writes.
struct Workload: CustomTestStringConvertible, Sendable {
  /// Does something. False if it failed.
  typealias Step = @Sendable (FileMachine) throws -> Bool

  let testDescription: String
  /// What happens before, without a power failure.
  let preparation: [Step]
  /// Each step is one transaction: after recovery either all of it has happened, or nothing.
  let steps: [Step]

  init(_ name: String, after preparation: [Step] = [], _ steps: [Step]) {
    testDescription = name
    self.preparation = preparation
    self.steps = steps
  }

  static let all = [
    Workload("create", [{ try $0.open("f", .create) == 0 }]),
    Workload(
      "write", after: [{ try $0.open("f", [.create, .readWrite]) == 0 }],
      (1...3).map { seed in { try $0.write(0, pattern(3072, seed: seed)) == 3072 } }),
    Workload(
      "overwrite",
      after: [{ try $0.make("f", pattern(5000)) == 5000 }, { try $0.open("f", .readWrite) == 0 }],
      (1...2).map { seed in { try $0.write(0, pattern(2500, seed: seed)) == 2500 } }),
    Workload(
      "append over the indirect border",
      after: [
        { try $0.open("f", [.create, .readWrite]) == 0 },
        { try $0.write(0, pattern(11 * 1024)) == 11 * 1024 },
      ],
      (1...3).map { seed in { try $0.write(0, pattern(900, seed: seed)) == 900 } }),
    Workload(
      "unlink", after: [{ try $0.make("f", pattern(20 * 1024)) == 20 * 1024 }],
      [{ try $0.unlink("f") == 0 }]),
    Workload("link", after: [{ try $0.make("f", [1]) == 1 }], [{ try $0.link("f", "g") == 0 }]),
    Workload("mkdir", [{ try $0.mkdir("d") == 0 }, { try $0.mkdir("d/e") == 0 }]),
    Workload(
      "unlink of a directory",
      after: [{ try $0.mkdir("d") == 0 }, { try $0.make("d/f", pattern(2000)) == 2000 }],
      [{ try $0.unlink("d/f") == 0 }, { try $0.unlink("d") == 0 }]),
    Workload(
      "rename by link and unlink",
      after: [{ try $0.mkdir("d") == 0 }, { try $0.make("old", [1]) == 1 }],
      [{ try $0.link("old", "d/new") == 0 }, { try $0.unlink("old") == 0 }]),
    Workload(
      "truncate", after: [{ try $0.make("f", pattern(30 * 1024)) == 30 * 1024 }],
      [
        { try $0.open("f", [.readWrite, .truncate]) == 0 },
        { try $0.write(0, pattern(100, seed: 1)) == 100 },
      ]),
    Workload("mknod", [{ try $0.mknod("console", 1, 2) == 0 }]),
    Workload(
      "a directory grows by a block",
      after: [{ try $0.mkdir("d") == 0 }, { try $0.make("f") == 0 }, fillDirectoryBlock],
      [{ try $0.link("f", "d/last") == 0 }, { try $0.link("f", "d/more") == 0 }]),
  ]

  /// Links "f" into "d" until one entry is left in the directory's block.
  private static let fillDirectoryBlock: Step = { m in
    try (3..<DiskLayout.entriesPerBlock).allSatisfy { try m.link("f", "d/\($0)") == 0 }
  }
}

@Suite("Recovery from the log")
struct LogRecoveryTests {
  @Test(arguments: Workload.all)
  func `after a cut at any block write`(workload: Workload) throws {
    let recording = try record(workload)
    for cut in 0...recording.disk.writes.count {
      let step = recording.steps.lastIndex { $0.writes <= cut } ?? 0
      let recovered = try recover(recording.disk.image(after: cut))
      let image = try FileSystemImage(parsing: recovered)
      #expect(image.check() == [], "cut after write \(cut)")
      // Until the header names the transaction's blocks, nothing has happened. After that, everything has.
      let commit = recording.commits.first { $0 > recording.steps[step].writes }
      let isCommitted = commit.map { cut >= $0 } ?? false
      let expected = recording.steps[isCommitted ? step + 1 : step].tree
      #expect(try image.tree() == expected, "cut after write \(cut)")

      #expect(try recover(recovered) == recovered, "recovered twice after write \(cut)")
    }
  }

  @Test(arguments: Workload.all)
  func `after a cut at any block write of recovery itself`(workload: Workload) throws {
    let recording = try record(workload)
    let commit = try #require(recording.commits.first)
    let whole = try recover(recording.disk.image(after: commit))
    let disk = RecordingDisk(image: recording.disk.image(after: commit))
    try boot(disk)
    #expect(disk.writes.count > 1)
    for cut in 0...disk.writes.count {
      #expect(try recover(disk.image(after: cut)) == whole, "cut after write \(cut)")
    }
  }

  @Test func `a write of several transactions leaves whole pieces`() throws {
    let disk = RecordingDisk(image: try FileSystemImage(blocks: 160).bytes)
    let m = try FileMachine(disk: disk)
    let bytes = pattern(16_000)
    #expect(try m.open("f", [.create, .readWrite]) == 0)
    let created = disk.writes.count
    #expect(try m.write(0, bytes) == bytes.count)
    var sizes: Set<Int> = []
    for cut in created...disk.writes.count {
      let image = try FileSystemImage(parsing: try recover(disk.image(after: cut)))
      #expect(image.check() == [], "cut after write \(cut)")
      let contents = try image.read("/f")
      #expect(bytes.starts(with: contents), "cut after write \(cut)")
      sizes.insert(contents.count)
    }
    #expect(sizes == Set(stride(from: 0, to: 16_000, by: 3072)).union([16_000]))
  }

  @Test func `a file that was open and had no name is lost, and its blocks with it`() throws {
    // xv6 of 2020 does not look for such inodes at boot: they stay allocated for ever.
    let disk = RecordingDisk(image: try FileSystemImage(blocks: 160).bytes)
    let m = try FileMachine(disk: disk)
    try m.make("f", pattern(1000))
    #expect(try m.open("f") == 0)
    #expect(try m.unlink("f") == 0)
    let inode = try Int(m.stat(0).ino)
    let recovered = try FileSystemImage(parsing: try recover(disk.image))
    #expect(recovered.check() == [.unreachable(inode: inode, links: 0)])
  }

  /// The record of a workload.
  struct Recording {
    let disk: RecordingDisk
    /// What the disk holds at the beginning and after each step, and how many block writes had happened by
    /// then.
    var steps: [(writes: Int, tree: [String: FileNode])] = []
    /// After how many block writes each transaction was committed.
    var commits: [Int] = []
  }

  private func record(_ workload: Workload) throws -> Recording {
    let prepared = MemoryDisk(image: try FileSystemImage(blocks: 160).bytes)
    let before = try FileMachine(disk: prepared)
    for step in workload.preparation { try #require(try step(before)) }

    // The same machine goes on, on a disk that records writes. The preparation has reached the disk.
    let disk = RecordingDisk(image: prepared.image)
    let m = try FileMachine(disk: disk)
    try carry(before, to: m)
    var recording = Recording(disk: disk)
    recording.steps.append((disk.writes.count, try FileSystemImage(parsing: disk.image).tree()))
    let header = try m.kernel.sb.logstart
    for step in workload.steps {
      try #require(try step(m))
      recording.steps.append((disk.writes.count, try FileSystemImage(parsing: disk.image).tree()))
    }
    recording.commits = disk.writes.indices.filter { index in
      disk.writes[index].block == header && disk.writes[index].data[0] != 0
    }.map { $0 + 1 }
    #expect(recording.commits.count == workload.steps.count)
    return recording
  }

  /// Opens in `new` the file that `old` has open as descriptor 0, at the same offset.
  private func carry(_ old: FileMachine, to new: FileMachine) throws {
    guard let file = old.p.ofile[0] else { return }
    #expect(try new.open("f", .readWrite) == 0)
    var rest = Int(file.offset)
    while rest > 0 { rest -= try new.read(0, min(rest, 4096)) }
  }

  /// The disk after a boot with `image`.
  private func recover(_ image: [UInt8]) throws -> [UInt8] {
    let disk = MemoryDisk(image: image)
    try boot(disk)
    return disk.image
  }

  private func boot(_ disk: any Disk) throws {
    var configuration = KernelConfiguration(solution: EagerXV6(), disk: [])
    configuration.memorySize = 1 << 20
    try Kernel(configuration, disk: disk).fsinit()
  }
}
