import Testing

@testable import XV6FileSystem

/// One kind of damage to a sound image, and everything that the checker must report about it.
///
/// The image has 100 blocks and 20 inodes: log 2 to 31, inodes 32 and 33, map 34, data from 35 on. Inode 1 is
/// the root (block 35), 2 the file `file` of 14 blocks (36 to 47 direct, 48 indirect, 49 and 50), 3 the
/// directory `dir` (51), 4 the empty file `dir/x`, 5 a device.
struct Corruption: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var findings: [Finding]
  var plant: @Sendable (inout FileSystemImage) -> Void

  init(_ name: String, _ findings: [Finding], _ plant: @escaping @Sendable (inout FileSystemImage) -> Void) {
    testDescription = name
    self.findings = findings
    self.plant = plant
  }

  static func soundImage() throws -> FileSystemImage {
    var image = try FileSystemImage(
      blocks: 100, inodes: 20,
      files: [
        .init(path: "file", contents: [UInt8](repeating: 0x5a, count: 14 * 1024)),
        .init(path: "dir/x", contents: []),
      ])
    try image.makeDevice("console", major: 1, minor: 1)
    return image
  }

  static let x = FileName(truncating: "x".utf8)
  static let dir = FileName(truncating: "dir".utf8)
  static let file = FileName(truncating: "file".utf8)

  static let all: [Corruption] = log + blocks + inodes + directories

  static let log: [Corruption] = [
    Corruption("pending log", [.logPending(blocks: 1)]) { image in
      // The log writes block 34, the map, with its present contents.
      image.put(LogHeader(blocks: [34]).encoded, at: 2 * 1024)
      image.put(Array(image.block(34)), at: 3 * 1024)
    },
    Corruption(
      "a pending log that frees the map", [.logPending(blocks: 1), .usedBlockFree(block: 35, inode: 1)]
    ) {
      image in
      var map = Array(image.block(34))
      map[35 / 8] &= ~(1 << (35 % 8))
      image.put(LogHeader(blocks: [34]).encoded, at: 2 * 1024)
      image.put(map, at: 3 * 1024)
    },
    Corruption("log count above the log", [.logCountBad(count: 30, capacity: 29)]) {
      $0.put([30, 0, 0, 0], at: 2 * 1024)
    },
    Corruption("log count below zero", [.logCountBad(count: -1, capacity: 29)]) {
      $0.put([0xff, 0xff, 0xff, 0xff], at: 2 * 1024)
    },
    Corruption(
      "log targets", [0, 1, 31, 100, .max].enumerated().map { .logTargetBad(index: $0, block: $1) }
    ) { $0.put(LogHeader(blocks: [0, 1, 31, 100, .max, 40]).encoded, at: 2 * 1024) },
  ]

  static let blocks: [Corruption] = [
    Corruption("used block free", [.usedBlockFree(block: 40, inode: 2)]) { $0.mark(40, false) },
    Corruption("used indirect block free", [.usedBlockFree(block: 48, inode: 2)]) { $0.mark(48, false) },
    Corruption("unused block marked", [.unusedBlockMarked(block: 99)]) { $0.mark(99, true) },
    Corruption("meta block free", [.metaBlockFree(block: 0), .metaBlockFree(block: 34)]) {
      $0.mark(0, false)
      $0.mark(34, false)
    },
    Corruption("mark past the end", [.markPastEnd(block: 100), .markPastEnd(block: 8191)]) {
      $0.mark(100, true)
      $0.mark(8191, true)
    },
    Corruption(
      "block used by two",
      [.unusedBlockMarked(block: 51), .blockUsedTwice(block: 36, first: 2, second: 3)]
        + [.missingDot(directory: 3), .missingDotDot(directory: 3), .unreachable(inode: 4, links: 1)]
        + [.wrongLinkCount(inode: 4, stored: 1, counted: 0)]
    ) { $0.edit(3) { $0[address: 0] = 36 } },
    Corruption(
      "block used twice by one",
      [.blockUsedTwice(block: 36, first: 2, second: 2), .unusedBlockMarked(block: 37)]
    ) { $0.edit(2) { $0[address: 1] = 36 } },
    Corruption(
      "indirect block used as data",
      [.blockUsedTwice(block: 48, first: 2, second: 2), .unusedBlockMarked(block: 50)]
    ) { $0.bytes.storeLE32(48, 48 * 1024 + 4) },
    Corruption(
      "address below the data",
      [.addressOutside(inode: 2, slot: 0, block: 34), .unusedBlockMarked(block: 36)]
    ) { $0.edit(2) { $0[address: 0] = 34 } },
    Corruption(
      "address past the end",
      [.addressOutside(inode: 2, slot: 12, block: 100), .unusedBlockMarked(block: 49)]
    ) { $0.bytes.storeLE32(100, 48 * 1024) },
    Corruption(
      "indirect block past the end",
      [.addressOutside(inode: 2, slot: 268, block: .max)]
        + [48, 49, 50].map { .unusedBlockMarked(block: $0) }
    ) { $0.edit(2) { $0[address: 12] = .max } },
  ]

  static let inodes: [Corruption] = [
    Corruption("type", [.badType(inode: 4, type: 9)]) { $0.edit(4) { $0.type = 9 } },
    Corruption(
      "size above MAXFILE",
      [.sizeTooLarge(inode: 5, size: .max), .sizeBeyondBlocks(inode: 5, size: .max, slot: 0)]
    ) {
      $0.edit(5) { $0.size = .max }
    },
    Corruption("size beyond direct blocks", [.sizeBeyondBlocks(inode: 4, size: 1, slot: 0)]) {
      $0.edit(4) { $0.size = 1 }
    },
    Corruption("size beyond indirect blocks", [.sizeBeyondBlocks(inode: 2, size: 14337, slot: 14)]) {
      $0.edit(2) { $0.size = 14337 }
    },
    Corruption(
      "no indirect block",
      [.sizeBeyondBlocks(inode: 2, size: 14336, slot: 12)]
        + [48, 49, 50].map { .unusedBlockMarked(block: $0) }
    ) { $0.edit(2) { $0[address: 12] = 0 } },
    Corruption("link count of a file", [.wrongLinkCount(inode: 2, stored: 7, counted: 1)]) {
      $0.edit(2) { $0.nlink = 7 }
    },
    Corruption("link count of the root", [.wrongLinkCount(inode: 1, stored: 1, counted: 2)]) {
      $0.edit(1) { $0.nlink = 1 }
    },
    Corruption("link count below zero", [.wrongLinkCount(inode: 4, stored: -1, counted: 1)]) {
      $0.edit(4) { $0.nlink = -1 }
    },
    Corruption(
      "unreachable", [.unreachable(inode: 19, links: 1), .wrongLinkCount(inode: 19, stored: 1, counted: 0)]
    ) { $0.store(DiskInode(type: 2, nlink: 1), 19) },
    Corruption("removed while open", [.unreachable(inode: 19, links: 0)]) {
      $0.store(DiskInode(type: 2, nlink: 0), 19)
    },
  ]

  static let directories: [Corruption] = [
    Corruption(
      "root is a file",
      [.rootNotDirectory(type: 2)]
        + [1, 2, 3, 5].map { .wrongLinkCount(inode: $0, stored: $0 == 1 ? 2 : 1, counted: 0) }
    ) {
      $0.edit(1) { $0.type = 2 }
    },
    Corruption(
      "root is free",
      [.rootNotDirectory(type: 0), .unusedBlockMarked(block: 35)]
        + [2, 3, 5].map { .wrongLinkCount(inode: $0, stored: 1, counted: 0) }
    ) { $0.edit(1) { $0 = DiskInode() } },
    Corruption("partial entry", [.partialEntry(directory: 3, size: 49)]) { $0.edit(3) { $0.size = 49 } },
    Corruption("no dot", [.missingDot(directory: 3)]) { $0.entry(3, 0, 0, .dot) },
    Corruption("no dot dot", [.missingDotDot(directory: 3)]) { $0.entry(3, 1, 0, .dotDot) },
    Corruption("no dot dot in the root", [.missingDotDot(directory: 1)]) { $0.entry(1, 1, 0, .dotDot) },
    Corruption("wrong dot", [.wrongDot(directory: 3, inode: 1)]) { $0.entry(3, 0, 1, .dot) },
    Corruption("wrong dot dot", [.wrongDotDot(directory: 3, inode: 4, parent: 1)]) {
      $0.entry(3, 1, 4, .dotDot)
    },
    Corruption("wrong dot dot in the root", [.wrongDotDot(directory: 1, inode: 3, parent: 1)]) {
      $0.entry(1, 1, 3, .dotDot)
    },
    Corruption("entry to a free inode", [.entryToFreeInode(directory: 3, name: file, inode: 19)]) {
      $0.entry(3, 3, 19, file)
      $0.edit(3) { $0.size = 64 }
    },
    Corruption("entry outside", [.entryOutside(directory: 3, name: file, inode: 20)]) {
      $0.entry(3, 3, 20, file)
      $0.edit(3) { $0.size = 64 }
    },
    Corruption("slash in a name", [.badName(directory: 3, name: FileName(truncating: "a/b".utf8))]) {
      $0.entry(3, 2, 4, FileName(truncating: "a/b".utf8))
    },
    Corruption("empty name", [.badName(directory: 3, name: FileName(truncating: []))]) {
      $0.entry(3, 2, 4, FileName(truncating: []))
    },
    Corruption(
      "name twice", [.nameTwice(directory: 1, name: dir), .wrongLinkCount(inode: 2, stored: 1, counted: 2)]
    ) {
      // The second name "dir" leads to the file.
      $0.entry(1, 5, 2, dir)
    },
    Corruption(
      "directory linked twice",
      [
        .directoryLinkedTwice(inode: 3, first: 1, second: 1),
        .wrongLinkCount(inode: 1, stored: 2, counted: 3),
      ]
        + [.wrongLinkCount(inode: 3, stored: 1, counted: 2)]
    ) { $0.entry(1, 5, 3, FileName(truncating: "again".utf8)) },
    Corruption(
      "a directory that contains the root",
      [
        .directoryLinkedTwice(inode: 1, first: 1, second: 3),
        .wrongLinkCount(inode: 1, stored: 2, counted: 3),
      ]
        + [
          .wrongLinkCount(inode: 3, stored: 1, counted: 2), .wrongLinkCount(inode: 4, stored: 1, counted: 0),
        ]
        + [.unreachable(inode: 4, links: 1)]
    ) { $0.entry(3, 2, 1, x) },
    Corruption(
      "a loop without a way in",
      [.unreachable(inode: 3, links: 1), .wrongDotDot(directory: 3, inode: 1, parent: 3)]
        + [
          .wrongLinkCount(inode: 1, stored: 2, counted: 1), .wrongLinkCount(inode: 3, stored: 1, counted: 2),
        ]
        + [.unreachable(inode: 4, links: 1), .wrongLinkCount(inode: 4, stored: 1, counted: 0)]
    ) {
      $0.entry(1, 3, 0, dir)
      $0.entry(3, 2, 3, x)
    },
  ]
}

extension FileSystemImage {
  /// Stores bytes at any place.
  mutating func put(_ data: [UInt8], at offset: Int) {
    bytes.replaceSubrange(offset..<(offset + data.count), with: data)
  }

  /// Changes an inode.
  mutating func edit(_ inum: Int, _ change: (inout DiskInode) -> Void) {
    guard var inode = inode(inum) else { return }
    change(&inode)
    store(inode, inum)
  }

  /// Stores entry `index` of a directory of one block.
  mutating func entry(_ directory: Int, _ index: Int, _ inum: UInt16, _ name: FileName) {
    guard let block = inode(directory)?[address: 0] else { return }
    DirectoryEntry(inum: inum, name: name).encode(into: &bytes, at: Int(block) * 1024 + index * 16)
  }
}
