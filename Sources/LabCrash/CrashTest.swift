import Foundation
import HostSupport
import KernelFollowing
import ObjectFile
import VirtBoard
import XV6FileSystem

/// Tests whether a real kernel survives power failures. It cuts the power of the machine at every write to
/// the disk and boots again on what the disk then holds. Then it checks whether the kernel's recovery has
/// made a whole file system of it.
///
/// The commands are typed at the shell once, and every write is recorded. `CrashStates` says what a disk may
/// hold after a crash. A file system is whole after a crash if all of this is true:
///
/// - The kernel boots to its prompt.
/// - The checker finds only what was already there before.
/// - Names and contents are those of a moment without a transaction under way: the last such moment before
///   the cut, or the first after it.
/// - One more boot changes nothing.
package struct CrashTest: Sendable {
  private let name: String
  /// The machine just before it first asks for a block of its disk. What it does until then is the same for
  /// every disk.
  private let start: BoardSnapshot

  /// The commands cannot be run to their end, so there is nothing to crash.
  package struct NoPrompt: Error, CustomStringConvertible {
    package let description: String
  }

  /// The shell must be at its prompt within this many instructions.
  private static let patience: UInt64 = 20_000_000_000

  /// Boots `kernel` up to its first disk request. Messages call the kernel `name`.
  package init(kernel: ELF, name: String, _ configuration: BoardConfiguration) throws {
    self.name = name
    let scout = try Board(kernel: kernel, configuration)
    var before: UInt64 = 0
    while scout.diskRequests == 0 {
      before = scout.retired
      let stop = scout.run(until: before + 10_000)
      guard stop == .limit, before < Self.patience else {
        throw NoPrompt(description: "\(name): the kernel never asks for a block of its disk (\(stop))")
      }
    }
    let board = try Board(kernel: kernel, configuration)
    _ = board.run(until: before)
    start = board.snapshot()
  }

  /// What happened while the commands ran.
  package struct Recording: Sendable {
    /// The disk at the first prompt, and every write from then on.
    fileprivate let states: CrashStates
    fileprivate let superblock: Superblock
    /// How many writes had happened when each command began.
    fileprivate let begins: [(line: String, writes: Int)]
    /// What was wrong with the disk before any crash. The kernel is not blamed for it.
    package let findings: [Finding]
    /// Instructions from the start to the first prompt.
    fileprivate let bootLength: UInt64
    /// Each moment without a transaction under way: how many writes had happened, and what the disk held.
    /// `tree` is nil if the disk cannot be read.
    fileprivate var quiet: [(writes: Int, tree: [String: FileNode]?)] = []

    package var writes: Int { states.writes.count }
    /// How many transactions were committed.
    package var transactions: Int {
      states.writes.count { superblock.isHeader($0) && $0.data.prefix(4) != [0, 0, 0, 0] }
    }
    /// All crashes of these kinds.
    package func points(_ kinds: Set<CrashPoint.Kind>) -> [CrashPoint] {
      var points: [CrashPoint] = []
      states.forEach(kinds) { point, _ in points.append(point) }
      return points
    }
    /// What the disk holds after a crash, before recovery.
    package func image(at point: CrashPoint) -> [UInt8] { states.image(at: point) }
    /// The command that was under way at write number `done`. Writes are counted from 0.
    package func command(at point: CrashPoint) -> String {
      begins.last { $0.writes <= point.done }?.line ?? ""
    }
  }

  /// Types `lines`, one each time the shell waits for a command, and records the writes.
  package func record(_ lines: [String]) throws -> Recording {
    let shell = ShellBoard(try Board(restoring: start))
    let begin = shell.board.retired
    if let trouble = shell.runToPrompt(limit: Self.patience) {
      throw NoPrompt(description: "\(name): before the shell's first prompt, \(trouble)")
    }
    let bootLength = shell.board.retired - begin
    let initial = shell.board.disk ?? []
    let image: FileSystemImage
    do {
      image = try FileSystemImage(parsing: initial)
    } catch {
      throw InputError("the disk is no xv6 file system: \(error)")
    }
    shell.board.recordWrites()
    var begins: [(line: String, writes: Int)] = []
    for line in lines {
      begins.append((line, shell.board.recordedWrites.count))
      shell.type(line)
      if let trouble = shell.runToPrompt(limit: Self.patience) {
        throw NoPrompt(description: "\(name): after \"\(line)\", \(trouble)")
      }
    }
    let writes = shell.board.recordedWrites.map { DiskWrite(offset: $0.offset, data: $0.bytes) }
    var recording = Recording(
      states: CrashStates(initial: initial, writes: writes, logstart: image.superblock.logstart),
      superblock: image.superblock, begins: begins, findings: image.check(), bootLength: bootLength)
    recording.states.forEach([.ordered]) { point, bytes in
      if image.superblock.isLogEmpty(bytes) {
        recording.quiet.append((point.done, recording.tree(bytes)))
      }
    }
    return recording
  }

  /// Boots on the disk after each of `points`, on up to `jobs` boards at once. `deliver` gets in order what
  /// is wrong, or nil if nothing is wrong.
  package func judge(
    _ points: [CrashPoint], of recording: Recording, jobs: Int, deliver: (CrashPoint, String?) -> Void
  ) throws {
    let settled = Settled()
    try OrderedResults.run(count: points.count, workers: jobs) { index in
      try trouble(at: points[index], recording, settled)
    } deliver: { index, trouble in
      deliver(points[index], trouble)
    }
  }

  /// Disks, without their logs, that a further boot was seen not to change. `lock` guards `disks`: the thread
  /// sanitizer understands it, but not Swift's own `Mutex`.
  private final class Settled: @unchecked Sendable {
    private var disks: [[UInt8]] = []
    private let lock = NSLock()
    func contains(_ disk: [UInt8]) -> Bool { lock.withLock { disks.contains(disk) } }
    func insert(_ disk: [UInt8]) { lock.withLock { disks.append(disk) } }
  }

  private func trouble(at point: CrashPoint, _ recording: Recording, _ settled: Settled) throws -> String? {
    let (disk, trouble) = try boot(recording.image(at: point), recording)
    if let trouble { return trouble }
    guard let image = try? FileSystemImage(parsing: disk) else { return "the superblock is gone" }
    let findings = image.check().filter { $0.isDamage && !recording.findings.contains($0) }
    if let finding = findings.first {
      return findings.count == 1 ? "\(finding)" : "\(finding), and \(findings.count - 1) more"
    }
    guard recording.superblock.isLogEmpty(disk) else { return "the log is not empty after recovery" }
    if let allowed = recording.trees(at: point), let tree = recording.tree(disk), !allowed.contains(tree) {
      return recording.difference(tree, allowed)
    }
    let data = recording.superblock.withoutLog(disk)
    if !settled.contains(data) {
      let (again, trouble) = try boot(disk, recording)
      if let trouble { return "at the second boot, \(trouble)" }
      if recording.superblock.withoutLog(again) != data { return "a second boot changes the disk" }
      settled.insert(data)
    }
    return nil
  }

  /// Boots on `image` up to the shell's prompt and returns the disk at that moment.
  private func boot(_ image: [UInt8], _ recording: Recording) throws -> (disk: [UInt8], trouble: String?) {
    let shell = ShellBoard(try Board(restoring: start.inserting(disk: image)))
    let trouble = shell.runToPrompt(limit: 10 * recording.bootLength + 1_000_000_000)
    return (shell.board.disk ?? [], trouble)
  }
}

extension CrashTest.Recording {
  /// Names and contents of all files. Nil if the image has damage: then they mean nothing.
  fileprivate func tree(_ bytes: [UInt8]) -> [String: FileNode]? {
    guard let image = try? FileSystemImage(parsing: bytes), !image.check().contains(where: \.isDamage) else {
      return nil
    }
    return try? image.tree()
  }

  /// What the disk may hold after recovery from `point`; nil if that is not known.
  fileprivate func trees(at point: CrashPoint) -> [[String: FileNode]]? {
    let behind = point.parts.map { $0.write + 1 }.max() ?? point.done
    var trees: [[String: FileNode]] = []
    for moment in [quiet.last { $0.writes <= point.done }, quiet.first { $0.writes >= behind }] {
      guard let moment else { continue }
      guard let tree = moment.tree else { return nil }
      trees.append(tree)
    }
    return trees.isEmpty ? nil : trees
  }

  /// Says in words which path differs from all of `allowed`.
  fileprivate func difference(_ tree: [String: FileNode], _ allowed: [[String: FileNode]]) -> String {
    let paths = Set(allowed.flatMap(\.keys)).union(tree.keys).sorted()
    guard let path = paths.first(where: { path in allowed.allSatisfy { $0[path] != tree[path] } }) else {
      return "half of a transaction has happened"
    }
    return tree[path] == nil
      ? "\(path) is missing, and was there before the transaction and after it"
      : "\(path) is as it was neither before the transaction nor after it"
  }
}

extension Superblock {
  private var logRange: Range<Int> {
    Int(logstart) * DiskLayout.blockSize..<(Int(logstart) + Int(nlog)) * DiskLayout.blockSize
  }

  fileprivate func isHeader(_ write: DiskWrite) -> Bool { write.offset == logRange.lowerBound }

  fileprivate func isLogEmpty(_ disk: [UInt8]) -> Bool {
    disk[logRange.lowerBound..<logRange.lowerBound + 4].allSatisfy { $0 == 0 }
  }

  fileprivate func withoutLog(_ disk: [UInt8]) -> [UInt8] {
    Array(disk[..<logRange.lowerBound] + disk[logRange.upperBound...])
  }
}
