/// A file-system call for crash trials. There are only two names in the root, one in a directory, and one
/// descriptor, so that calls use the same files.
///
/// Trials begin on a disk with a file `a` and an empty directory `d`.
package enum CrashCall: String, CaseIterable, Sendable {
  case create = "open(b, O_CREATE)"
  case createBelow = "open(d/b, O_CREATE)"
  case overwrite = "write to a"
  case grow = "append to a"
  /// Several transactions, and the indirect block.
  case fill = "write 14 KiB to b"
  case truncate = "open(a, O_TRUNC)"
  case link = "link(a, b)"
  case linkBelow = "link(a, d/b)"
  case rename = "link(a, b), unlink(a)"
  case renameBelow = "link(b, d/b), unlink(b)"
  case unlinkA = "unlink(a)"
  case unlinkB = "unlink(b)"
  case unlinkBelow = "unlink(d/b)"
  case mkdir = "mkdir(b)"
  case mkdirBelow = "mkdir(d/b)"
  case rmdir = "unlink(d)"
  case mknod = "mknod(b)"
  /// The file stays open, and exists without a name.
  case hold = "open(a)"
  case writeHeld = "write to the open file"
  case letGo = "close it"

  /// What `a` holds at first.
  package static let original = pattern(1500, seed: 1)
  static let overwritten = pattern(600, seed: 2)
  static let appended = pattern(2000, seed: 3)
  static let filled = pattern(14 * 1024, seed: 4)
  static let held = pattern(700, seed: 5)
  /// The most that one transaction of `write` has: (MAXOPBLOCKS - 1 - 1 - 2) / 2 blocks.
  static let largestPiece = 3 * 1024

  /// The sequences of `count` calls.
  package static func sequences(of count: Int) -> [[CrashCall]] {
    count == 0 ? [[]] : sequences(of: count - 1).flatMap { begun in allCases.map { begun + [$0] } }
  }

  /// `count` bytes, different for every seed.
  private static func pattern(_ count: Int, seed: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 31 &+ seed &* 7) ^ ($0 >> 8)) }
  }
}
