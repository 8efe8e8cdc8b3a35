import Testing

@testable import XV6FileSystem

/// Images for kernels with another BSIZE.
struct OtherBlockSizeTests {
  private static let files: [(name: String, contents: [UInt8])] = [
    ("empty", []), ("small", [1, 2, 3]), ("block", [UInt8](repeating: 7, count: 4096)),
    ("large", (0..<60_000).map { UInt8(truncatingIfNeeded: $0 / 3) }),
  ]

  /// The contents of inode `inum`, read as xv6's `readi` and `bmap` read them.
  private static func contents(_ image: [UInt8], _ inum: Int, _ size: Int, _ superblock: Superblock) throws
    -> [UInt8]
  {
    let place = Int(superblock.inodestart) * size + inum * 64
    let inode = try DiskInode(parsing: image, at: place)
    var bytes: [UInt8] = []
    for n in 0..<(Int(inode.size) + size - 1) / size {
      let block =
        n < 12 ? inode[address: n] : image.loadLE32(Int(inode[address: 12]) * size + 4 * (n - 12))
      bytes += image[(Int(block) * size)..<(Int(block) * size + size)]
    }
    return Array(bytes.prefix(Int(inode.size)))
  }

  @Test(arguments: [512, 2048, 4096]) func `files can be read back`(size: Int) throws {
    let image = try OtherBlockSize.image(blockSize: size, files: Self.files)
    let superblock = try Superblock(parsing: image, at: size)
    #expect(Int(superblock.size) * size == image.count)
    #expect(image.count >= 2_048_000 && superblock.size >= 2000)
    let root = try Self.contents(image, 1, size, superblock)
    #expect(root.count % size == 0)
    let entries = try stride(from: 0, to: root.count, by: 16)
      .map { try DirectoryEntry(parsing: root, at: $0) }.filter { $0.inum != 0 }
    #expect(entries.map { "\($0.name)" } == [".", ".."] + Self.files.map(\.name))
    for (entry, file) in zip(entries.dropFirst(2), Self.files) {
      #expect(try Self.contents(image, Int(entry.inum), size, superblock) == file.contents, "\(file.name)")
    }
    // Every block that is used is marked, and no other.
    let map = Int(superblock.bmapstart) * size
    let marked = (0..<Int(superblock.size)).filter { image[map + $0 / 8] >> UInt8($0 % 8) & 1 != 0 }
    let used = Int(superblock.size) - Int(superblock.nblocks)
    let blocks = Self.files.map { file in
      let count = (file.contents.count + size - 1) / size
      return count + (count > 12 ? 1 : 0)
    }
    #expect(marked == Array(0..<(used + blocks.reduce(0, +) + root.count / size)))
  }

  /// With 1,024 bytes it is the image that `FileSystemImage` makes, but for where the root's block lies.
  @Test func `blocks of the usual size are read as usual`() throws {
    let bytes = try OtherBlockSize.image(blockSize: 1024, files: Self.files)
    let image = try FileSystemImage(parsing: bytes)
    #expect(image.check().filter(\.isDamage).isEmpty)
    for file in Self.files { #expect(try image.read("/" + file.name) == file.contents) }
  }

  @Test func `what does not fit is refused`() {
    #expect(throws: FileSystemError.self) { try OtherBlockSize.image(blockSize: 1000, files: []) }
    let large = [UInt8](repeating: 1, count: (12 + 128) * 512 + 1)
    #expect(throws: FileSystemError.fileTooLarge(path: "a", bytes: large.count)) {
      try OtherBlockSize.image(blockSize: 512, files: [("a", large)])
    }
    #expect(throws: FileSystemError.self) { try OtherBlockSize.image(blockSize: 512, files: [("a/b", [])]) }
  }
}
