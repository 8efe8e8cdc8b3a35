import TestSupport
import Testing

@testable import XV6FileSystem

/// Images that somebody has changed on purpose. Every question ends, with an answer or a typed error.
@Suite struct HostileImageTests {
  /// Asks an image every question, and edits it.
  private func use(_ bytes: [UInt8]) {
    _ = try? FileSystemImage.check(bytes)
    guard var image = try? FileSystemImage(parsing: bytes) else { return }
    _ = (image.freeBlocks, image.freeInodes)
    for path in ["/", "dir", "file", "dir/x", "dir/../dir/./x", "console", "dir/x/x/x"] {
      _ = try? image.status(path)
      _ = try? image.list(path)
      _ = try? image.read(path)
    }
    try? image.add("new", [UInt8](repeating: 1, count: 13000))
    try? image.replace("file", [UInt8](repeating: 2, count: 14000))
    try? image.makeDirectory("dir/sub")
    try? image.link("file", as: "dir/link")
    for path in ["new", "dir/sub", "dir/x", "dir", "file"] { try? image.remove(path) }
    image.installLog()
    _ = image.check()
  }

  @Test("random bytes in the superblock, the log header, inodes, map and directories", arguments: 1...4)
  func randomBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sound = try Corruption.soundImage().bytes
    // Superblock, log header, used inodes, map, root directory, indirect block, `dir`.
    let places = [
      1024..<1056, 2048..<2172, 32832..<33152, 34816..<34832, 35840..<35936, 49152..<49160, 52224..<52288,
    ]
    for _ in 0..<50 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = places.randomElement(using: &random) ?? 0..<1
        let values: [UInt8] = [
          0, 1, 2, 3, 35, 51, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random),
        ]
        bytes[Int.random(in: place, using: &random)] = values.randomElement(using: &random) ?? 0
      }
      use(bytes)
    }
  }

  @Test(
    "each number of the superblock and of the inodes at its extremes",
    arguments: [1, 1 << 31, .max] as [UInt32])
  func extremes(value: UInt32) throws {
    let sound = try Corruption.soundImage().bytes
    let numbers = Array(stride(from: 1028, to: 1056, by: 4)) + Array(stride(from: 32832, to: 33088, by: 4))
    for offset in numbers {
      var bytes = sound
      bytes.storeLE32(value, offset)
      use(bytes)
    }
  }

  @Test func aDirectoryThatIsItsOwnChildEnds() throws {
    var image = try Corruption.soundImage()
    image.entry(3, 2, 3, Corruption.x)
    let path = "dir" + String(repeating: "/x", count: 500)
    #expect(try image.lookup(path) == 3)
    _ = image.check()
    try? image.remove("dir/x")
    try? image.remove("dir")
  }

  /// Every inode is a directory of the largest size, and all claim the same indirect block. The work must be
  /// that of one inode.
  @Test func sharedIndirectBlocksAreFollowedOnce() throws {
    var image = try FileSystemImage(blocks: 2000, inodes: 16000)
    let indirect = try image.allocateBlock()
    for slot in 0..<256 {
      image.bytes.storeLE32(UInt32(try image.allocateBlock()), indirect * 1024 + 4 * slot)
    }
    for inum in 2..<16000 {
      var inode = DiskInode(type: 1, nlink: 1, size: UInt32(DiskLayout.maxFileSize))
      inode[address: 12] = UInt32(indirect)
      image.store(inode, inum)
    }
    let findings = image.check()
    #expect(findings.contains(.blockUsedTwice(block: indirect, first: 2, second: 15999)))
    // At most two blocks full of claims for each inode, not 268.
    #expect(findings.count < 16000 * 8)
  }
}
