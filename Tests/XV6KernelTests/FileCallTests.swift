import Testing
import XV6FileSystem

@testable import XV6Kernel

@Suite("File-system calls: names and directories")
struct FilePathCallTests {
  @Test func `open finds, creates, and refuses`() throws {
    let m = try FileMachine()
    #expect(try m.open("missing") == -1)
    #expect(try m.open("missing/file", .create) == -1)
    #expect(try m.open("", .readOnly) == 0)  // the empty path is the current directory
    #expect(try m.open("", .create) == -1)
    #expect(try m.open("f", .create) == 1)
    #expect(try m.open("f") == 2)
    #expect(try m.open("/f") == 3)
    #expect(try m.open("//f") == 4)
    #expect(try m.open("f/") == 5)  // xv6 does not mind
    #expect(try m.open("f/x") == -1)
    #expect(try m.open("f/x", .create) == -1)
    #expect(try m.open("f", [.create, .readWrite]) == 6)
    try m.expectClean()
  }

  @Test func `open reads directories and nothing more`() throws {
    let m = try FileMachine()
    #expect(try m.mkdir("d") == 0)
    #expect(try m.open("d", .writeOnly) == -1)
    #expect(try m.open("d", .readWrite) == -1)
    #expect(try m.open("d", .truncate) == -1)
    #expect(try m.open("d", .create) == -1)
    #expect(try m.open("d", [.create, .readWrite]) == -1)
    #expect(try m.open("/", .writeOnly) == -1)
    let fd = try m.open("d")
    #expect(fd == 0)
    #expect(try m.read(fd, 100) == 32)
    #expect(
      try m.peek(32) == [2, 0] + Array(".".utf8) + [UInt8](repeating: 0, count: 13)
        + [1, 0] + Array("..".utf8) + [UInt8](repeating: 0, count: 12))
    #expect(try m.write(fd, 1) == -1)
    try m.expectClean()
  }

  @Test func `open obeys the mode`() throws {
    let m = try FileMachine()
    try m.make("f", Array("hello".utf8))
    let reader = try m.open("f")
    #expect(try m.write(reader, 1) == -1)
    #expect(try m.read(reader, 5) == 5)
    let writer = try m.open("f", .writeOnly)
    #expect(try m.read(writer, 1) == -1)
    #expect(try m.write(writer, "J") == 1)
    #expect(try m.contents("f") == Array("Jello".utf8))
    // O_WRONLY together with O_RDWR can be written, not read.
    let both = try m.open("f", [.writeOnly, .readWrite])
    #expect(try m.read(both, 1) == -1)
    #expect(try m.write(both, "C") == 1)
    // O_TRUNC needs no permission to write.
    #expect(try m.open("f", .truncate) >= 0)
    #expect(try m.contents("f") == [])
    try m.expectClean()
  }

  @Test func `open truncates, and what was there is free again`() throws {
    let m = try FileMachine()
    #expect(try m.make("f") == 0)
    let free = try m.image.freeBlocks
    #expect(try m.make("f", pattern(20 * 1024)) == 20 * 1024)
    #expect(try m.image.freeBlocks == free - 21)
    let fd = try m.open("f", [.readWrite, .truncate])
    #expect(try m.stat(fd).size == 0)
    #expect(try m.image.freeBlocks == free)
    // The offset of another descriptor is now past the end: a read returns 0, and a write fails.
    try m.make("g", pattern(10))
    let g = try m.open("g", .readWrite)
    #expect(try m.read(g, 10) == 10)
    #expect(try m.open("g", .truncate) >= 0)
    #expect(try m.read(g, 10) == 0)
    #expect(try m.write(g, 1) == -1)
    try m.expectClean()
  }

  @Test func `open runs out of descriptors`() throws {
    let m = try FileMachine()
    for fd in 0..<NOFILE { #expect(try m.open("/") == fd) }
    #expect(try m.open("/") == -1)
    // The file is made nevertheless.
    #expect(try m.open("made", .create) == -1)
    #expect(try m.close(7) == 0)
    #expect(try m.open("made") == 7)
    try m.expectClean()
  }

  @Test func `open runs out of files in the whole system`() throws {
    let m = try FileMachine()
    for file in 0..<NFILE {
      try m.process(NPROC - 1 - file / NOFILE)
      #expect(try m.open("/") == file % NOFILE)
    }
    #expect(try m.open("/") == -1)
    #expect(try m.pipe(at: FileMachine.buffer) == -1)
    #expect(try m.dup(0) >= 0)  // no new file
    #expect(try m.close(0) == 0)
    #expect(try m.open("/") == -1)  // the other descriptor keeps it open
    #expect(try m.close(1) == 0)
    #expect(try m.open("/") == 0)
    try m.expectClean()
  }

  @Test func `a path is at most MAXPATH bytes, with its zero`() throws {
    let m = try FileMachine()
    let slashes = String(repeating: "/", count: MAXPATH - 2)
    #expect(try m.open(slashes + "f", .create) == 0)
    #expect(try m.open(slashes + "/f") == -1)
    #expect(try m.mkdir(slashes + "/d") == -1)
    #expect(try m.mknod(slashes + "/d", 1, 1) == -1)
    #expect(try m.chdir(slashes + "//") == -1)
    #expect(try m.unlink(slashes + "/f") == -1)
    #expect(try m.link("f", slashes + "/g") == -1)
    #expect(try m.link(slashes + "/f", "g") == -1)
    try m.expectClean()
  }

  @Test func `a path that the process does not have`() throws {
    let m = try FileMachine()
    for bad in [FileMachine.end, MAXVA - 1, MAXVA, UInt64.max] {
      #expect(try m.call(Kernel.sys_open, bad, 0x200) == -1)
      #expect(try m.call(Kernel.sys_mkdir, bad) == -1)
      #expect(try m.call(Kernel.sys_mknod, bad, 1, 1) == -1)
      #expect(try m.call(Kernel.sys_chdir, bad) == -1)
      #expect(try m.call(Kernel.sys_unlink, bad) == -1)
      #expect(try m.call(Kernel.sys_link, bad, 0) == -1)
      #expect(try m.call(Kernel.sys_link, 0, bad) == -1)
    }
    try m.expectClean()
  }

  @Test func `names are cut to 14 bytes`() throws {
    let m = try FileMachine()
    try m.make("12345678901234", [1])
    #expect(try m.contents("123456789012345") == [1])
    #expect(try m.contents("12345678901234x/") == [1])
    #expect(try m.contents("1234567890123") == nil)
    #expect(try m.mkdir("123456789012345") == -1)
    #expect(try m.mkdir("abcdefghijklmno") == 0)
    #expect(try m.mkdir("abcdefghijklmno/123456789012345") == 0)
    #expect(try m.make("abcdefghijklmn/123456789012345/f") == 0)
    try m.expectClean()
  }

  @Test(
    "skipelem",
    arguments: [
      ("a/bb/c", "a", "bb/c"), ("///a//bb", "a", "bb"), ("a", "a", ""), ("a///", "a", ""),
      ("0123456789abcdef/x", "0123456789abcd", "x"),
    ])
  func skipping(path: String, element: String, rest: String) {
    var bytes = Array(path.utf8)[...]
    #expect(skipelem(&bytes)?.description == element)
    #expect(String(decoding: bytes, as: UTF8.self) == rest)
  }

  @Test(arguments: ["", "/", "////"])
  func `skipelem at the end of a path`(path: String) {
    var bytes = Array(path.utf8)[...]
    #expect(skipelem(&bytes) == nil)
  }

  @Test func `mkdir makes a directory with its dots`() throws {
    let m = try FileMachine()
    #expect(try m.mkdir("d") == 0)
    #expect(try m.mkdir("d/e") == 0)
    #expect(try m.mkdir("d") == -1)
    #expect(try m.mkdir("d/.") == -1)
    #expect(try m.mkdir("/") == -1)
    #expect(try m.mkdir("") == -1)
    #expect(try m.mkdir("x/y") == -1)
    try m.make("f")
    #expect(try m.mkdir("f") == -1)
    #expect(try m.mkdir("f/d") == -1)
    let image = try m.image
    #expect(try image.list("/d").map(\.name.description) == [".", "..", "e"])
    #expect(try image.status("/d").links == 2)
    #expect(try image.status("/d/e/..").inode == image.status("/d").inode)
    try m.expectClean()
  }

  @Test func `chdir moves, and keeps its directory alive`() throws {
    let m = try FileMachine()
    #expect(try m.mkdir("d") == 0)
    #expect(try m.mkdir("d/e") == 0)
    try m.make("f")
    #expect(try m.chdir("missing") == -1)
    #expect(try m.chdir("f") == -1)
    #expect(try m.chdir("d") == 0)
    try m.make("here")
    #expect(try m.chdir("e") == 0)
    #expect(try m.open("../here") >= 0)
    #expect(try m.open("../../f") >= 0)
    #expect(try m.open("../../../../f") >= 0)  // the root is its own parent
    // A directory that is a process's current one can be unlinked. It is freed when the process leaves it.
    #expect(try m.unlink("/d/e") == 0)
    #expect(try m.open("x", .create) >= 0)  // as in xv6: a file without a path
    #expect(try m.unlink("x") == 0)
    #expect(try m.chdir("..") == 0)
    #expect(try m.chdir("/") == 0)
    #expect(try m.unlink("d/here") == 0)
    try m.expectClean()
  }

  @Test func `mknod makes devices, of which only the console answers`() throws {
    let m = try FileMachine()
    #expect(try m.mknod("console", 1, 7) == 0)
    #expect(try m.mknod("console", 1, 7) == -1)
    #expect(try m.mknod("x/y", 1, 1) == -1)
    #expect(try m.image.status("/console").minor == 7)
    let fd = try m.open("console", .readWrite)
    #expect(try m.stat(fd).type == 3)
    #expect(try m.write(fd, "hi\n") == 3)
    #expect(m.recorder.console == "hi\n")
    // O_CREATE opens a device that is there.
    #expect(try m.open("console", [.create, .readWrite]) >= 0)

    #expect(try m.mknod("nothing", 9, 0) == 0)
    let silent = try m.open("nothing", .readWrite)
    #expect(try m.read(silent, 1) == -1)
    #expect(try m.write(silent, 1) == -1)
    #expect(try m.mknod("ten", NDEV, 0) == 0)
    #expect(try m.open("ten") == -1)
    #expect(try m.mknod("minus", -1, 0) == 0)
    #expect(try m.open("minus") == -1)
    // Only 16 bits of the number count.
    #expect(try m.mknod("wraps", 0x10001, 0) == 0)
    #expect(try m.write(m.open("wraps", .writeOnly), "!") == 1)
    #expect(m.recorder.console == "hi\n!")
    try m.expectClean()
  }

  @Test func `link adds a name`() throws {
    let m = try FileMachine()
    try m.make("f", [1, 2, 3])
    #expect(try m.mkdir("d") == 0)
    #expect(try m.link("f", "g") == 0)
    #expect(try m.link("f", "d/h") == 0)
    #expect(try m.contents("d/h") == [1, 2, 3])
    #expect(try m.stat(m.open("g")).nlink == 3)
    #expect(try m.link("missing", "x") == -1)
    #expect(try m.link("d", "x") == -1)
    #expect(try m.link("f", "g") == -1)
    #expect(try m.link("f", "d") == -1)
    #expect(try m.link("f", "x/y") == -1)
    #expect(try m.link("f", "g/y") == -1)
    #expect(try m.link("f", "/") == -1)
    #expect(try m.stat(m.open("f")).nlink == 3)  // what failed was taken back
    #expect(try m.unlink("f") == 0)
    #expect(try m.unlink("g") == 0)
    #expect(try m.contents("d/h") == [1, 2, 3])
    try m.expectClean()
  }

  @Test func `unlink takes a name away`() throws {
    let m = try FileMachine()
    let before = try (m.image.freeBlocks, m.image.freeInodes)
    try m.make("f", pattern(30 * 1024))
    #expect(try m.unlink("missing") == -1)
    #expect(try m.unlink("missing/f") == -1)
    #expect(try m.unlink("f/x") == -1)
    #expect(try m.unlink("/") == -1)
    #expect(try m.unlink("") == -1)
    #expect(try m.unlink("f") == 0)
    #expect(try m.unlink("f") == -1)
    #expect(try m.open("f") == -1)
    #expect(try (m.image.freeBlocks, m.image.freeInodes) == before)
    try m.expectClean()
  }

  @Test func `an unlinked file lives until it is closed`() throws {
    let m = try FileMachine()
    let before = try (m.image.freeBlocks, m.image.freeInodes)
    try m.make("f", [1, 2, 3])
    let fd = try m.open("f", .readWrite)
    let other = try m.dup(fd)
    #expect(try m.unlink("f") == 0)
    #expect(try m.stat(fd).nlink == 0)
    #expect(try m.read(fd, 10) == 3)
    #expect(try m.write(fd, pattern(5000)) == 5000)
    #expect(try m.close(fd) == 0)
    #expect(try m.stat(other).size == 5003)
    #expect(try m.close(other) == 0)
    #expect(try (m.image.freeBlocks, m.image.freeInodes) == before)
    try m.expectClean()
  }

  @Test func `unlink and directories`() throws {
    let m = try FileMachine()
    #expect(try m.mkdir("d") == 0)
    try m.make("d/f")
    #expect(try m.unlink("d") == -1)
    #expect(try m.unlink(".") == -1)
    #expect(try m.unlink("..") == -1)
    #expect(try m.unlink("d/.") == -1)
    #expect(try m.unlink("d/..") == -1)
    #expect(try m.unlink("d/./f") == 0)
    #expect(try m.unlink("d") == 0)
    #expect(try m.open("d") == -1)
    #expect(try m.image.status("/").links == 1)
    try m.expectClean()
  }

  @Test func `a directory's free entries are used again`() throws {
    let m = try FileMachine()
    #expect(try m.mkdir("d") == 0)
    for name in ["a", "b", "c"] { try m.make("d/" + name) }
    #expect(try m.unlink("d/b") == 0)
    try m.make("d/longer")
    #expect(try m.image.list("/d").map(\.name.description) == [".", "..", "a", "longer", "c"])
    #expect(try m.image.status("/d").size == 5 * 16)
    try m.expectClean()
  }

  @Test func `a directory grows over several blocks`() throws {
    let m = try FileMachine(files: [.init(path: "f", contents: [])])
    #expect(try m.mkdir("d") == 0)
    for index in 0..<200 { #expect(try m.link("f", "d/\(index)") == 0) }
    for index in 0..<200 { #expect(try m.unlink("d/\(index)") == 0) }
    #expect(try m.unlink("d") == 0)
    #expect(try m.stat(m.open("f")).nlink == 1)
    try m.expectClean()
  }

  @Test func `the disk has no inode left`() throws {
    let m = try FileMachine()
    let free = try m.image.freeInodes
    for index in 0..<free { try m.make("\(index)") }
    m.expectPanic("ialloc: no inodes") { try m.make("more") }
  }

  @Test func `the inode table is full`() throws {
    let m = try FileMachine()
    for index in 0..<NINODE - 1 {
      if index % NOFILE == 0 { try m.process(NPROC - 1 - index / NOFILE) }
      #expect(try m.open("\(index)", .create) >= 0)
    }
    m.expectPanic("iget: no inodes") { _ = try m.open("more", .create) }
  }
}

@Suite("File-system calls: descriptors")
struct FileDescriptorCallTests {
  static let noDescriptors = [-1, 0, 3, NOFILE, Int.max, Int(Int32.min)]

  @Test(arguments: noDescriptors)
  func `a descriptor that stands for nothing`(fd: Int) throws {
    let m = try FileMachine()
    #expect(try m.close(fd) == -1)
    #expect(try m.dup(fd) == -1)
    #expect(try m.read(fd, 1) == -1)
    #expect(try m.write(fd, 1) == -1)
    #expect(try m.fstat(fd) == -1)
  }

  @Test func `close, and close again`() throws {
    let m = try FileMachine()
    #expect(try m.open("f", .create) == 0)
    #expect(try m.close(0) == 0)
    #expect(try m.close(0) == -1)
  }

  @Test func `dup shares the offset and takes the lowest descriptor`() throws {
    let m = try FileMachine()
    try m.make("f", Array("abcdef".utf8))
    #expect(try m.open("f") == 0)
    #expect(try m.dup(0) == 1)
    #expect(try m.dup(0) == 2)
    #expect(try m.close(0) == 0)
    #expect(try m.dup(2) == 0)
    #expect(try m.read(0, 2) == 2)
    #expect(try m.read(1, 2) == 2)
    #expect(try m.peek(2) == Array("cd".utf8))
    for fd in 3..<NOFILE { #expect(try m.dup(0) == fd) }
    #expect(try m.dup(0) == -1)
    try m.expectClean()
  }

  @Test func `fstat tells what a file is`() throws {
    let m = try FileMachine()
    try m.make("f", pattern(1025))
    let file = try m.open("f")
    #expect(try m.stat(file) == Stat(dev: 1, ino: 2, type: 2, nlink: 1, size: 1025))
    #expect(try m.stat(m.open("/")).type == 1)
    #expect(try m.stat(m.open("/")).ino == 1)
    #expect(try m.fstat(m.pipe().read) == -1)
    #expect(try m.fstat(file, to: FileMachine.end - 24) == 0)
    #expect(try m.fstat(file, to: FileMachine.end - 23) == -1)
    #expect(try m.fstat(file, to: .max) == -1)
    try m.expectClean()
  }

  @Test func `read stops at the end of the file`() throws {
    let m = try FileMachine()
    let bytes = pattern(3000)
    try m.make("f", bytes)
    let fd = try m.open("f")
    #expect(try m.read(fd, 0) == 0)
    #expect(try m.read(fd, 2500) == 2500)
    #expect(try m.peek(2500) == Array(bytes[..<2500]))
    #expect(try m.read(fd, 2500) == 500)
    #expect(try m.peek(500) == Array(bytes[2500...]))
    #expect(try m.read(fd, 2500) == 0)
    try m.expectClean()
  }

  @Test func `read takes its count for unsigned, as readi does`() throws {
    let m = try FileMachine()
    let bytes = pattern(3000)
    try m.make("f", bytes)
    let fd = try m.open("f")
    #expect(try m.read(fd, -1) == 3000)
    #expect(try m.peek(3000) == bytes)
    #expect(try m.read(fd, -1) == 0)  // the range would wrap around
    try m.expectClean()
  }

  @Test func `read to memory that ends`() throws {
    let m = try FileMachine()
    let bytes = pattern(3000)
    try m.make("f", bytes)
    let fd = try m.open("f")
    #expect(try m.read(fd, 3000, to: FileMachine.end - 1500) == -1)
    // The part before the end has been copied, but the offset has not moved.
    #expect(try m.peek(1500, at: FileMachine.end - 1500) == Array(bytes[..<1500]))
    #expect(try m.read(fd, 3000) == 3000)
    #expect(try m.read(fd, 1, to: .max) == 0)
    try m.expectClean()
  }

  @Test func `write goes on where the last one stopped`() throws {
    let m = try FileMachine()
    let fd = try m.open("f", [.create, .readWrite])
    #expect(try m.write(fd, pattern(700, seed: 1)) == 700)
    #expect(try m.write(fd, pattern(5000, seed: 2)) == 5000)
    #expect(try m.write(fd, 0) == 0)
    #expect(try m.write(fd, -1) == -1)
    #expect(try m.contents("f") == pattern(700, seed: 1) + pattern(5000, seed: 2))
    try m.expectClean()
  }

  @Test func `write from memory that ends`() throws {
    let m = try FileMachine()
    let fd = try m.open("f", [.create, .readWrite])
    // The first 3072-byte piece is whole, the second ends 1000 bytes in; a block of which only a part could
    // be copied does not count.
    #expect(try m.write(fd, 10_000, from: FileMachine.end - 3072 - 2000) == -1)
    #expect(try m.stat(fd).size == 3072 + 1024)
    #expect(try m.write(fd, 1, from: .max) == -1)
    #expect(try m.stat(fd).size == 3072 + 1024)
    #expect(try m.write(fd, 1) == 1)
    #expect(try m.stat(fd).size == 3072 + 1024 + 1)
    _ = try m.close(fd)
    for fd in 0..<NOFILE where m.p.ofile[fd] != nil { _ = try m.close(fd) }
    #expect(try m.unlink("f") == 0)
    try m.expectClean()
  }

  @Test func `a file holds 268 blocks and no more`() throws {
    let m = try FileMachine()
    let bytes = pattern(DiskLayout.maxFileSize)
    let fd = try m.open("f", [.create, .readWrite])
    try m.poke(bytes, at: FileMachine.buffer)
    #expect(try m.write(fd, bytes.count) == bytes.count)
    #expect(try m.write(fd, 1) == -1)
    #expect(try m.stat(fd).size == UInt64(DiskLayout.maxFileSize))
    #expect(try m.contents("f") == bytes)
    #expect(try m.unlink("f") == 0)
    try m.expectClean()
  }

  @Test func `a write past the largest file fails at the piece that passes it`() throws {
    let m = try FileMachine()
    let fd = try m.open("f", [.create, .readWrite])
    #expect(try m.write(fd, DiskLayout.maxFileSize - 100) == DiskLayout.maxFileSize - 100)
    #expect(try m.write(fd, 101) == -1)
    #expect(try m.stat(fd).size == UInt64(DiskLayout.maxFileSize - 100))
    #expect(try m.write(fd, 100) == 100)
    try m.expectClean()
  }

  @Test func `the disk has no block left`() throws {
    let m = try FileMachine(blocks: 80)
    let fd = try m.open("f", [.create, .readWrite])
    m.expectPanic("balloc: out of blocks") { _ = try m.write(fd, 100 * 1024) }
  }

  @Test func `a disk of many bitmap blocks is filled in order`() throws {
    let m = try FileMachine(blocks: 2 * 8192 + 100)
    for block in 0..<3 {
      let map = try #require(try m.kernel.sb.bitmapBlock(block * 8192) as Int?)
      #expect(map == (try m.kernel.sb.bitmapBlock(0)) + block)
    }
    m.kernel.begin_op()
    let first = try m.kernel.balloc()
    let second = try m.kernel.balloc()
    #expect(second == first + 1)
    try m.kernel.bfree(first)
    #expect(try m.kernel.balloc() == first)
    try m.kernel.bfree(first)
    try m.kernel.bfree(second)
    try m.kernel.end_op()
    m.kernel.begin_op()
    m.expectPanic("freeing free block") { try m.kernel.bfree(second) }
  }
}
