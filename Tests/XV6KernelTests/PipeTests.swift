import Testing
import XV6FileSystem

@testable import XV6Kernel

@Suite("Pipes")
struct PipeTests {
  @Test func `what goes in comes out, around the ring`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    // 300 bytes at a time: the ring of 512 wraps in the middle of most of them.
    for seed in 0..<20 {
      #expect(try m.write(writer, pattern(300, seed: seed)) == 300)
      #expect(try m.read(reader, 100) == 100)
      #expect(try m.peek(100) == Array(pattern(300, seed: seed)[..<100]))
      #expect(try m.read(reader, 4096) == 200)
      #expect(try m.peek(200) == Array(pattern(300, seed: seed)[100...]))
    }
    #expect(try m.write(writer, pattern(512)) == 512)
    #expect(try m.read(reader, 512) == 512)
    #expect(try m.peek(512) == pattern(512))
    try m.expectClean()
  }

  @Test func `the counts of bytes wrap around at 32 bits`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    guard case .pipe(let pipe) = m.p.ofile[reader]?.kind else { return #expect(Bool(false)) }
    // As after 4 GiB minus 100 bytes: nread and nwrite, at 536 and 540 in the page.
    let almost: UInt32 = 0 &- 100
    m.kernel.memory.store64(pipe.pa + 536, UInt64(almost) << 32 | UInt64(almost))
    #expect(try m.write(writer, pattern(512)) == 512)
    #expect(try m.read(reader, 512) == 512)
    #expect(try m.peek(512) == pattern(512))
    try m.expectClean()
  }

  @Test func `a pipe takes one page and gives it back with its second end`() throws {
    let m = try FileMachine()
    let free = m.kernel.freePages
    let (reader, writer) = try m.pipe()
    #expect(m.kernel.freePages == free - 1)
    #expect(try m.close(reader) == 0)
    #expect(m.kernel.freePages == free - 1)
    #expect(try m.close(writer) == 0)
    #expect(m.kernel.freePages == free)
    try m.expectClean()
  }

  @Test func `an end is open while a descriptor stands for it`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    let other = try m.dup(writer)
    #expect(try m.close(writer) == 0)
    #expect(try m.write(other, [1]) == 1)
    #expect(try m.close(other) == 0)
    #expect(try m.read(reader, 10) == 1)
    #expect(try m.read(reader, 10) == 0)
    try m.expectClean()
  }

  @Test func `after the write end is closed, what is left is read, then nothing`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    #expect(try m.write(writer, "abc") == 3)
    #expect(try m.close(writer) == 0)
    #expect(try m.read(reader, 2) == 2)
    #expect(try m.read(reader, 2) == 1)
    #expect(try m.read(reader, 2) == 0)
    try m.expectClean()
  }

  @Test func `after the read end is closed, writing fails`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    #expect(try m.write(writer, "abc") == 3)
    #expect(try m.close(reader) == 0)
    #expect(try m.write(writer, "abc") == -1)
    #expect(try m.write(writer, 0) == 0)
    try m.expectClean()
  }

  @Test func `each end goes one way`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    #expect(try m.write(reader, 1) == -1)
    #expect(try m.read(writer, 1) == -1)
    try m.expectClean()
  }

  @Test func `counts of nothing and less`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    #expect(try m.write(writer, 0) == 0)
    #expect(try m.write(writer, -1) == 0)  // xv6's loop does not run
    #expect(try m.write(writer, "abc") == 3)
    #expect(try m.read(reader, 0) == 0)
    #expect(try m.read(reader, -5) == 0)
    #expect(try m.read(reader, 5) == 3)
    try m.expectClean()
  }

  @Test func `memory that ends`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    #expect(try m.write(writer, 100, from: FileMachine.end - 40) == 40)
    #expect(try m.write(writer, 100, from: .max) == 0)
    #expect(try m.write(writer, pattern(60)) == 60)
    #expect(try m.read(reader, 40) == 40)
    // The byte that could not be copied is lost, as in xv6.
    #expect(try m.read(reader, 100, to: FileMachine.end - 9) == 9)
    #expect(try m.read(reader, 100) == 50)
    #expect(try m.peek(50) == Array(pattern(60)[10...]))
    try m.expectClean()
  }

  @Test func `a killed process does not wait`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    m.p.killed = true
    #expect(try m.read(reader, 1) == -1)
    #expect(try m.write(writer, [1]) == -1)
    m.p.killed = false
    try m.expectClean()
  }

  @Test func `pipe wants two descriptors`() throws {
    let m = try FileMachine()
    let free = m.kernel.freePages
    for fd in 0..<NOFILE { #expect(try m.open("/") == fd) }
    #expect(try m.pipe(at: FileMachine.buffer) == -1)
    #expect(try m.close(3) == 0)
    #expect(try m.pipe(at: FileMachine.buffer) == -1)
    #expect(m.kernel.freePages == free)
    #expect(try m.close(9) == 0)
    let (reader, writer) = try m.pipe()
    #expect((reader, writer) == (3, 9))
    try m.expectClean()
  }

  @Test func `pipe wants two files of the system's`() throws {
    let m = try FileMachine()
    for file in 0..<NFILE - 1 {
      try m.process(NPROC - 1 - file / NOFILE)
      #expect(try m.open("/") == file % NOFILE)
    }
    #expect(try m.pipe(at: FileMachine.buffer) == -1)
    #expect(try m.close(0) == 0)
    #expect(try m.pipe(at: FileMachine.buffer) == 0)
    try m.expectClean()
  }

  @Test(arguments: [FileMachine.end, FileMachine.end - 4, FileMachine.end - 6, MAXVA, .max])
  func `pipe wants somewhere to store its descriptors`(address: UInt64) throws {
    let m = try FileMachine()
    let free = m.kernel.freePages
    #expect(try m.pipe(at: address) == -1)
    #expect(m.kernel.freePages == free)
    #expect(m.p.ofile.allSatisfy { $0 == nil })
    try m.expectClean()
  }

  @Test func `pipe wants a page`() throws {
    let m = try FileMachine()
    var pages: [UInt64] = []
    while let page = try m.kernel.kalloc() { pages.append(page) }
    #expect(try m.pipe(at: FileMachine.buffer) == -1)
    let last = try #require(pages.last)
    try m.kernel.kfree(last)
    let (reader, writer) = try m.pipe()
    #expect(try m.write(writer, "x") == 1)
    #expect(try m.read(reader, 1) == 1)
    try m.expectClean()
  }

  @Test func `whatever scribbles over a pipe's page, the kernel stays in its bounds`() throws {
    let m = try FileMachine()
    for byte: UInt8 in [0x00, 0xff, 0x55, 0x80] {
      let (reader, writer) = try m.pipe()
      guard case .pipe(let pipe) = m.p.ofile[reader]?.kind else { return #expect(Bool(false)) }
      try m.kernel.memset(pipe.pa, byte, PGSIZE)
      m.p.killed = true  // rather than wait
      _ = try m.write(writer, pattern(600))
      _ = try m.read(reader, 600)
      m.p.killed = false
      _ = try m.close(reader)
      _ = try m.close(writer)
    }
  }
}
