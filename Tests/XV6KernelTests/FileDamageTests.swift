import TestSupport
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// A damaged image may make the kernel panic, as in xv6. It never harms the host, and nothing runs for ever.
@Suite("Damaged images")
struct FileDamageTests {
  private func image() throws -> FileSystemImage {
    try FileSystemImage(
      blocks: 160,
      files: [
        .init(path: "a", contents: pattern(3000)), .init(path: "d/b", contents: pattern(14 * 1024)),
        .init(path: "d/e/c", contents: []),
      ])
  }

  /// A copy of `bytes` with 32-bit word number `index` of block `block` set.
  private func with(_ bytes: [UInt8], block: Int, word index: Int, _ value: UInt32) -> [UInt8] {
    var bytes = bytes
    for shift in 0..<4 {
      bytes[block * DiskLayout.blockSize + index * 4 + shift] = UInt8(
        truncatingIfNeeded: value >> (8 * shift))
    }
    return bytes
  }

  /// The image with `bytes` at byte `offset`.
  private func with(_ image: FileSystemImage, at offset: Int, _ bytes: [UInt8]) -> [UInt8] {
    var image = image.bytes
    image.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    return image
  }

  /// Where in the image a field of a file's inode lies: the size at 8, the first block number at 12.
  private func inodeField(_ field: Int, of path: String, _ image: FileSystemImage) throws -> Int {
    let inode = try image.status(path).inode
    return image.superblock.inodeBlock(inode) * DiskLayout.blockSize
      + inode % DiskLayout.inodesPerBlock * DiskLayout.inodeSize + field
  }

  /// Where in the image the first entry of "/d" after its dots lies: that of "b".
  private func entryOfB(_ image: FileSystemImage) throws -> Int {
    let directory = try #require(image.inode(try image.status("/d").inode))
    return Int(directory[address: 0]) * DiskLayout.blockSize + 2 * DiskLayout.directoryEntrySize
  }

  /// Everything that a program can ask of the file system.
  private func useEverything(_ m: FileMachine) throws {
    for path in ["a", "d/b", "d/e/c", "d", "/", "missing"] {
      let fd = try m.open(path)
      if fd < 0 { continue }
      _ = try m.fstat(fd)
      while try m.read(fd, 4096) > 0 {}
      _ = try m.close(fd)
    }
    for path in ["a", "d/b", "d/e/c"] {
      let fd = try m.open(path, .readWrite)
      if fd < 0 { continue }
      _ = try m.write(fd, 20_000)
      _ = try m.close(fd)
    }
    _ = try m.mkdir("d/new")
    _ = try m.chdir("d/new")
    _ = try m.link("../../a", "../link")
    _ = try m.mknod("node", 1, 1)
    try m.make("/d/e/file", pattern(2000))
    for path in ["node", "/d/link", "/a", "/d/b", "/d/e/c", "/d/e/file", "/d/e", "/d/new", "/d"] {
      _ = try m.unlink(path)
    }
    _ = try m.open("/d/e", [.create, .truncate])
  }

  /// Boots and uses `bytes`. Returns whether the kernel did not panic. Any other failure fails the test.
  @discardableResult
  private func survives(_ bytes: [UInt8]) throws -> Bool {
    do {
      try useEverything(try FileMachine(disk: MemoryDisk(image: bytes)))
      return true
    } catch KernelHalt.panic {
      return false
    }
  }

  private func expectPanicAtBoot(
    _ text: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let kernel = try Kernel(
      KernelConfiguration(solution: EagerXV6(), disk: []), disk: MemoryDisk(image: bytes))
    #expect(throws: KernelHalt.panic, sourceLocation: sourceLocation) { try kernel.fsinit() }
    #expect(kernel.outcome == .panicked(text), sourceLocation: sourceLocation)
  }

  @Test func `the whole image survives`() throws {
    #expect(try survives(image().bytes))
  }

  @Test func `no disk, no superblock, another file system`() throws {
    try expectPanicAtBoot("virtio_disk_intr status", [])
    try expectPanicAtBoot("virtio_disk_intr status", [UInt8](repeating: 0, count: 2047))
    try expectPanicAtBoot("invalid file system", [UInt8](repeating: 0, count: 2048))
    try expectPanicAtBoot("virtio_disk_intr status", Array(image().bytes[..<2048]))
  }

  @Test(arguments: 1..<8, [0, 1, 29, 0x7fff_ffff, 0x8000_0000, UInt32.max])
  func `a field of the superblock`(field: Int, value: UInt32) throws {
    try survives(with(image().bytes, block: 1, word: field, value))
  }

  @Test func `a log header that counts too much`() throws {
    let image = try image()
    let header = Int(image.superblock.logstart)
    for count: UInt32 in [30, 31, 255, 0x7fff_ffff] {
      try expectPanicAtBoot(
        "initlog: too big logheader", with(image.bytes, block: header, word: 0, count))
    }
    // As in xv6, a negative count counts as zero.
    #expect(try survives(with(image.bytes, block: header, word: 0, 0x8000_0000)))
  }

  @Test func `a log header that names a block out of reach`() throws {
    let image = try image()
    let header = Int(image.superblock.logstart)
    let bytes = with(image.bytes, block: header, word: 0, 1)
    try expectPanicAtBoot("virtio_disk_intr status", with(bytes, block: header, word: 1, 160))
    try expectPanicAtBoot(
      "acquiresleep: buffer", with(bytes, block: header, word: 1, UInt32(header + 1)))
  }

  @Test func `a directory that lists itself`() throws {
    let image = try image()
    let itself = UInt8(try image.status("/d").inode)
    let m = try FileMachine(disk: MemoryDisk(image: with(image, at: entryOfB(image), [itself])))
    #expect(try m.open("d/b/b/b/e/c") == 0)
    m.expectPanic("acquiresleep: inode") { _ = try m.unlink("d/b") }
  }

  @Test func `a directory with half an entry`() throws {
    let image = try image()
    let size = UInt8(try image.status("/d").size)
    let bytes = try with(image, at: inodeField(8, of: "/d", image), [size + 8])
    let m = try FileMachine(disk: MemoryDisk(image: bytes))
    #expect(try m.open("d/b") == 0)
    m.expectPanic("dirlookup read") { _ = try m.open("d/missing") }
  }

  @Test func `an entry for an inode that is free`() throws {
    let image = try image()
    let m = try FileMachine(disk: MemoryDisk(image: with(image, at: entryOfB(image), [150])))
    m.expectPanic("ilock: no type") { _ = try m.open("d/b") }
  }

  @Test func `a file with a hole is not read`() throws {
    // xv6 allocates a block for it, although a read is not in a transaction.
    let image = try image()
    let bytes = try with(image, at: inodeField(12, of: "/a", image), [0, 0, 0, 0])
    let m = try FileMachine(disk: MemoryDisk(image: bytes))
    #expect(try m.open("a") == 0)
    m.expectPanic("log_write outside of trans") { _ = try m.read(0, 10) }
  }

  @Test func `a file longer than the largest`() throws {
    let image = try image()
    let bytes = try with(image, at: inodeField(8, of: "/a", image), [0xff, 0xff, 0xff, 0xff])
    let m = try FileMachine(disk: MemoryDisk(image: bytes))
    let ip = try #require(try m.kernel.namei(Array("a".utf8)))
    try m.kernel.ilock(ip)
    m.expectPanic("bmap: out of range") {
      _ = try m.kernel.readi(ip, to: .user(FileMachine.buffer), offset: 268 * 1024, count: 1)
    }
  }

  /// Noise in the blocks before the data and in directories: up to 16 words of each image.
  @Test(arguments: 0..<64)
  func `noise`(seed: Int) throws {
    let image = try image()
    var generator = SeededGenerator(seed: UInt64(seed))
    var bytes = image.bytes
    let blocks = 2..<(image.superblock.dataStart + 12)
    for _ in 0...seed % 16 {
      let small = Bool.random(using: &generator)
      let value = small ? UInt32.random(in: 0..<200, using: &generator) : generator.word()
      // Early words more often than late ones: inodes and entries are there.
      let word = Int.random(in: 0..<(small ? 64 : 256), using: &generator)
      bytes = with(bytes, block: Int.random(in: blocks, using: &generator), word: word, value)
    }
    try survives(bytes)
  }
}

extension SeededGenerator {
  fileprivate mutating func word() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
}
