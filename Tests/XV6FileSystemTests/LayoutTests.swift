import Testing

@testable import XV6FileSystem

@Suite struct LayoutTests {
  @Test func theNumbersAreXV6s() {
    #expect(DiskLayout.blockSize == 1024)
    #expect(DiskLayout.indirectEntries == 256)
    #expect(DiskLayout.maxFileBlocks == 268)
    #expect(DiskLayout.inodesPerBlock == 16)
    #expect(DiskLayout.bitsPerBlock == 8192)
    #expect(DiskLayout.entriesPerBlock == 64)
    #expect(DiskLayout.logSize == 30)
    #expect(FileType.allCases.map(\.rawValue) == [1, 2, 3])
  }

  /// mkfs prints this for the same image:
  /// `nmeta 46 (boot, super, log blocks 30 inode blocks 13, bitmap blocks 1) blocks 954 total 1000`.
  @Test func theSuperblockOfMkfs() throws {
    let superblock = try #require(Superblock(blocks: 1000, inodes: 200))
    #expect(superblock.nblocks == 954)
    #expect(superblock.ninodes == 200)
    #expect(superblock.nlog == 30)
    #expect(superblock.logstart == 2)
    #expect(superblock.inodestart == 32)
    #expect(superblock.bmapstart == 45)
    #expect(superblock.dataStart == 46)
    #expect(superblock.inodeBlock(199) == 44)
    #expect(superblock.bitmapBlock(999) == 45)
    #expect(superblock.geometryProblems(imageBlocks: 1000).isEmpty)
    #expect(Array(superblock.encoded.prefix(12)) == [0x40, 0x30, 0x20, 0x10, 0xe8, 3, 0, 0, 0xba, 3, 0, 0])
    #expect(try Superblock(parsing: superblock.encoded) == superblock)
  }

  @Test(
    "sizes that leave no room for data",
    arguments: [
      (46, 200), (0, 200), (-1, 200), (1000, 1), (1000, 0), (1000, -5), (9000, 65537), (1 << 40, 200),
    ])
  func impossibleGeometry(blocks: Int, inodes: Int) {
    #expect(Superblock(blocks: blocks, inodes: inodes) == nil)
  }

  @Test func structuresSurviveTheDisk() throws {
    var inode = DiskInode(type: 2, major: -1, minor: 7, nlink: 3, size: 0xdead_beef)
    for index in 0...12 { inode[address: index] = UInt32(index) << 24 | 0x0102 }
    #expect(inode.encoded.count == 64)
    #expect(try DiskInode(parsing: inode.encoded) == inode)
    #expect(inode[address: 13] == 0)

    let entry = DirectoryEntry(inum: 0x1234, name: FileName(truncating: "fourteen_bytes".utf8))
    #expect(entry.encoded == [0x34, 0x12] + Array("fourteen_bytes".utf8))
    #expect(try DirectoryEntry(parsing: entry.encoded) == entry)

    let header = LogHeader(blocks: [46, 32, 45])
    #expect(header.encoded.count == 1024)
    #expect(try LogHeader(parsing: header.encoded) == header)
  }

  @Test(
    "a structure that is cut off says so", arguments: [-1, Int.min, 0, 1, Int.max - 3, Int.max])
  func cutOff(offset: Int) {
    let bytes = [UInt8](repeating: 0, count: 15)
    let available = (0...15).contains(offset) ? 15 - offset : offset < 0 ? 15 : 0
    #expect(
      throws: FormatError(
        offset: offset, reason: .truncated(structure: "inode", needed: 64, available: available))
    ) { try DiskInode(parsing: bytes, at: offset) }
    #expect(throws: FormatError.self) { try Superblock(parsing: bytes, at: offset) }
    #expect(throws: FormatError.self) { try DirectoryEntry(parsing: bytes, at: offset) }
    #expect(throws: FormatError.self) { try LogHeader(parsing: bytes, at: offset) }
    var copy = bytes
    DiskInode().encode(into: &copy, at: offset)
    DirectoryEntry(inum: 1, name: .dot).encode(into: &copy, at: offset)
    #expect(copy == bytes)
  }

  @Test(arguments: [Int32.min, -1, 31, .max])
  func aLogHeaderKeepsAnAbsurdCount(count: Int32) throws {
    var block = LogHeader(blocks: [1, 2, 3]).encoded
    block.storeLE32(UInt32(bitPattern: count), 0)
    let header = try LogHeader(parsing: block)
    #expect(header.count == count)
    #expect(header.blocks.count <= 30)
  }

  @Test func namesAreAtMostFourteenBytesWithoutSlash() {
    #expect(FileName("cat")?.description == "cat")
    #expect(FileName("fourteen_bytes") != nil)
    #expect(FileName("fifteen_bytes_x") == nil)
    #expect(FileName("äöüäöüäö") == nil)
    #expect(FileName("") == nil)
    #expect(FileName("a/b") == nil)
    #expect(FileName("a\0b") == nil)
    #expect(FileName(truncating: "fifteen_bytes_x".utf8) == FileName("fifteen_bytes_"))
    #expect(FileName(truncating: [0x61, 0, 0x62]) == FileName("a"))
    #expect(FileName("abcdefgh") != FileName("abcdefghi"))
    #expect(FileName(truncating: [0xff, 0x80]).bytes == [0xff, 0x80])
  }

  @Test("what is no image is refused with the reason")
  func noImage() {
    func refusal(_ bytes: [UInt8]) -> String? {
      #expect(throws: FormatError.self) { try FileSystemImage(parsing: bytes) }?.description
    }
    #expect(refusal([]) == "offset 1024: superblock needs 32 bytes, 0 are left")
    #expect(
      refusal([UInt8](repeating: 0, count: 1040)) == "offset 1024: superblock needs 32 bytes, 16 are left")
    #expect(
      refusal([UInt8](repeating: 0, count: 4096))
        == "offset 1024: superblock magic is 0x00000000, xv6's is 0x10203040")
    var image = [UInt8](repeating: 0, count: 100 * 1024 + 7)
    image.replaceSubrange(1024..<1056, with: Superblock(blocks: 100, inodes: 20)?.encoded ?? [])
    #expect(
      refusal(image)
        == "offset 102400: an image is a whole number of 1024-byte blocks, this one has 102407 bytes")
    image.removeLast(7 + 1024)
    #expect(refusal(image) == "offset 1028: superblock size is 100 blocks, the image has 99")
  }
}
