import Testing

@testable import XV6FileSystem

/// `count` bytes that differ from block to block.
private func pattern(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 1024) }
}

@Suite struct ImageTests {
  @Test func anEmptyImageHoldsTheRoot() throws {
    let image = try FileSystemImage(blocks: 1000)
    #expect(image.bytes.count == 1000 * 1024)
    #expect(try image.list("/").map(\.name) == [.dot, .dotDot])
    #expect(try image.list("/").map(\.inum) == [1, 1])
    #expect(image.freeBlocks == 953)
    #expect(image.freeInodes == 198)
    #expect(image.check() == [])
  }

  /// The blocks that mkfs gives to two files, one of which has an indirect block.
  @Test func blocksAreGivenInTheOrderOfMkfs() throws {
    let image = try FileSystemImage(
      blocks: 1000,
      files: [.init(path: "a", contents: pattern(13 * 1024)), .init(path: "b", contents: pattern(1))])
    let root = try #require(image.inode(1))
    #expect(root.size == 1024)
    #expect(root[address: 0] == 46)
    let a = try #require(image.inode(2))
    #expect((0...12).map { a[address: $0] } == (47...59).map { UInt32($0) })
    #expect(image.bytes.loadLE32(59 * 1024) == 60)
    #expect(image.inode(3)?[address: 0] == 61)
    #expect(image.bytes[45 * 1024 + 7] == 0b0011_1111)
    #expect(image.freeBlocks == 1000 - 62)
  }

  /// The FNV-1a hashes of the images that xv6's own mkfs (2020; FSSIZE 1000 and 2000) made from the same
  /// files.
  @Test(
    "the bytes are those of mkfs",
    arguments: [(1000, 0x7694_74db_516c_3858), (2000, 0x5c1b_a28c_8881_3790)] as [(Int, UInt64)])
  func sameAsMkfs(blocks: Int, hash: UInt64) throws {
    let files = [
      ("README", 2226), ("cat", 24000), ("big", 268 * 1024), ("empty", 0), ("edge", 12 * 1024),
      ("fourteen_bytes", 1025),
    ]
    let image = try FileSystemImage(
      blocks: blocks, files: files.map { .init(path: $0.0, contents: pattern($0.1)) })
    let found = image.bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    #expect(found == hash)
  }

  @Test("what goes in comes out", arguments: [0, 1, 1023, 1024, 1025, 12 * 1024, 12 * 1024 + 1, 268 * 1024])
  func roundTrip(size: Int) throws {
    let contents = pattern(size)
    let image = try FileSystemImage(blocks: 1000, files: [.init(path: "file", contents: contents)])
    #expect(try image.read("/file") == contents)
    #expect(try image.read("file") == contents)
    #expect(
      try image.status("/./../file")
        == .init(inode: 2, type: .file, links: 1, size: size, major: 0, minor: 0))
    #expect(image.check() == [])
    #expect(try FileSystemImage(parsing: image.bytes) == image)
  }

  /// mkfs moves the root's size to the next block boundary even if it is at one already. With 62 files, the
  /// last block is missing.
  @Test("a root whose entries end on a block boundary", arguments: [61, 62, 63, 126])
  func rootOnTheBoundary(count: Int) throws {
    let files = (0..<count).map { FileSystemImage.File(path: "f\($0)", contents: []) }
    var image = try FileSystemImage(blocks: 1000, files: files)
    let size = ((count + 2) * 16 / 1024 + 1) * 1024
    #expect(try image.status("/").size == size)
    #expect(image.check() == [])
    try image.add("one-more", [1, 2, 3])
    #expect(try image.status("/").size == size)
    #expect(try image.list("/").count == count + 3)
    #expect(try image.read("one-more") == [1, 2, 3])
    #expect(image.check() == [])
  }

  @Test func directoriesAreMadeOnTheWay() throws {
    var image = try FileSystemImage(
      files: [
        .init(path: "bin/ls", contents: [1]), .init(path: "bin/cat", contents: [2]),
        .init(path: "/usr//lib/c", contents: [3]),
      ])
    #expect(try image.list("/").map(\.name.description) == [".", "..", "bin", "usr"])
    #expect(try image.list("/bin").map(\.name.description) == [".", "..", "ls", "cat"])
    #expect(try image.read("/usr/lib/../../bin/cat") == [2])
    #expect(try image.status("/").links == 3)
    #expect(try image.status("/usr").links == 2)
    #expect(try image.status("/usr/lib").size == 48)
    #expect(image.check() == [])
    try image.remove("/bin/ls")
    try image.remove("/bin/cat")
    try image.remove("/bin")
    #expect(try image.status("/").links == 2)
    #expect(image.check() == [])
  }

  @Test func everythingComesBackWhenItIsRemoved() throws {
    let empty = try FileSystemImage(blocks: 1000)
    var image = empty
    try image.makeDirectory("d")
    try image.add("d/big", pattern(268 * 1024))
    try image.link("d/big", as: "alias")
    try image.makeDevice("console", major: 1, minor: 0)
    #expect(
      try image.status("console") == .init(inode: 4, type: .device, links: 1, size: 0, major: 1, minor: 0))
    #expect(try image.status("alias").links == 2)
    #expect(image.check() == [])
    try image.remove("d/big")
    #expect(try image.read("alias") == pattern(268 * 1024))
    try image.remove("alias")
    try image.remove("console")
    try image.remove("d")
    #expect(image.check() == [])
    #expect(image.freeBlocks == empty.freeBlocks)
    #expect(image.freeInodes == empty.freeInodes)
    #expect(image.inode(2) == empty.inode(2))
  }

  @Test func replacingKeepsTheInode() throws {
    var image = try FileSystemImage(files: [.init(path: "a", contents: pattern(20000))])
    let free = image.freeBlocks
    try image.replace("a", pattern(5))
    #expect(try image.read("a") == pattern(5))
    #expect(try image.status("a").inode == 2)
    #expect(image.freeBlocks == free + 20)
    try image.replace("a", pattern(20000))
    #expect(image.freeBlocks == free)
    #expect(image.check() == [])
  }

  @Test("a refused edit leaves the image as it was", arguments: Refusal.all)
  func refusal(_ refusal: Refusal) throws {
    var image = try FileSystemImage(
      blocks: 60, inodes: 12,
      files: [.init(path: "file", contents: pattern(2000)), .init(path: "dir/x", contents: [])])
    try image.makeDevice("console", major: 1, minor: 1)
    let before = image
    #expect(throws: refusal.error) { try refusal.edit(&image) }
    #expect(image == before)
    #expect(image.freeBlocks == before.freeBlocks)
    #expect(image.check() == [])
  }

  @Test func aFullDirectoryIsRefused() throws {
    var image = try FileSystemImage(blocks: 3000, inodes: 17200)
    // A directory of the largest size, full of other names of one file.
    try image.add("x", [])
    try image.makeDirectory("full")
    let inum = try image.lookup("full")
    let entries = (2..<(DiskLayout.maxFileSize / 16)).flatMap { index in
      DirectoryEntry(inum: 2, name: FileName(truncating: "\(index)".utf8)).encoded
    }
    try image.write(entries, inum, at: 32)
    let before = image
    #expect(throws: FileSystemError.directoryFull(inode: inum)) { try image.add("full/y", []) }
    #expect(image == before)
  }

  @Test func linksStopWhereTheyCanBeCounted() throws {
    var image = try FileSystemImage(files: [.init(path: "a", contents: [])])
    var inode = try #require(image.inode(2))
    inode.nlink = .max
    image.store(inode, 2)
    #expect(throws: FileSystemError.tooManyLinks(inode: 2)) { try image.link("a", as: "b") }
  }

  @Test("images that mkfs could not make are refused", arguments: [(40, 200), (1000, 1)])
  func badGeometry(blocks: Int, inodes: Int) {
    #expect(throws: FileSystemError.badGeometry(blocks: blocks, inodes: inodes)) {
      try FileSystemImage(blocks: blocks, inodes: inodes)
    }
  }

  @Test func aLargeImageHasSeveralMapBlocks() throws {
    var image = try FileSystemImage(blocks: 20000)
    #expect(image.superblock.bitmapBlocks == 3)
    for block in image.dataBlocks where block < 8190 { image.mark(block, true) }
    try image.add("f", pattern(5000))
    #expect(try image.read("f") == pattern(5000))
    #expect(image.inode(2)?[address: 0] == 8190)
    #expect(image.inode(2)?[address: 4] == 8194)
  }
}

/// An edit that must be refused. The image is that of ``ImageTests/refusal(_:)``: 60 blocks, of which 22 are
/// left, and 12 inodes.
struct Refusal: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var error: FileSystemError
  var edit: @Sendable (inout FileSystemImage) throws -> Void

  init(
    _ name: String, _ error: FileSystemError,
    _ edit: @escaping @Sendable (inout FileSystemImage) throws -> Void
  ) {
    testDescription = name
    self.error = error
    self.edit = edit
  }

  static let all: [Refusal] = [
    Refusal("too large", .fileTooLarge(path: "b", bytes: 268 * 1024 + 1)) {
      try $0.add("b", pattern(268 * 1024 + 1))
    },
    Refusal("replace with too much", .fileTooLarge(path: "file", bytes: 1 << 20)) {
      try $0.replace("file", pattern(1 << 20))
    },
    Refusal("no blocks", .noBlocks) { try $0.add("b", pattern(50 * 1024)) },
    Refusal("no blocks for a replacement", .noBlocks) { try $0.replace("file", pattern(50 * 1024)) },
    Refusal("no block for the indirect block's data", .noBlocks) { image in
      try image.add("b", pattern((image.freeBlocks) * 1024))
    },
    Refusal("no inodes", .noInodes) { image in
      try image.atomically { image throws(FileSystemError) in
        for index in 0..<12 { try image.add("n\(index)", []) }
      }
    },
    Refusal("long name", .nameTooLong("fifteen_bytes_x")) { try $0.add("fifteen_bytes_x", []) },
    Refusal("long name on the way", .nameTooLong("fifteen_bytes_x")) { try $0.add("fifteen_bytes_x/a", []) },
    Refusal("NUL", .badName(path: "a\0b")) { try $0.add("a\0b", []) },
    Refusal("no name", .badName(path: "/")) { try $0.add("/", []) },
    Refusal("dot", .badName(path: "dir/.")) { try $0.makeDirectory("dir/.") },
    Refusal("remove dot dot", .badName(path: "dir/..")) { try $0.remove("dir/..") },
    Refusal("exists", .exists(path: "file")) { try $0.add("file", []) },
    Refusal("directory exists", .exists(path: "dir")) { try $0.makeDirectory("dir") },
    Refusal("link exists", .exists(path: "dir/x")) { try $0.link("file", as: "dir/x") },
    Refusal("not found", .notFound(path: "nope")) { try $0.remove("nope") },
    Refusal("replace what is not there", .notFound(path: "dir/y")) { try $0.replace("dir/y", []) },
    Refusal("no parent", .notFound(path: "nope/a")) { try $0.add("nope/a", []) },
    Refusal("parent is a file", .notADirectory(path: "file/a")) { try $0.add("file/a", []) },
    Refusal("grandparent is a file", .notADirectory(path: "file/a/b")) { try $0.add("file/a/b", []) },
    Refusal("list a file", .notADirectory(path: "file")) { _ = try $0.list("file") },
    Refusal("read a directory", .isADirectory(path: "dir")) { _ = try $0.read("dir") },
    Refusal("replace a directory", .isADirectory(path: "dir")) { try $0.replace("dir", []) },
    Refusal("link a directory", .isADirectory(path: "dir")) { try $0.link("dir", as: "d2") },
    Refusal("read a device", .isADevice(path: "console")) { _ = try $0.read("console") },
    Refusal("remove a full directory", .directoryNotEmpty(path: "dir")) { try $0.remove("dir") },
  ]
}
