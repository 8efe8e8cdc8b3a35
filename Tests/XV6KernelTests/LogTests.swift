import Testing
import Trials
import XV6FileSystem

@testable import XV6Kernel

@Suite("The log")
struct LogTests {
  @Test func `a transaction is written as log, header, home, header`() throws {
    let disk = RecordingDisk(image: try FileSystemImage(blocks: 1000).bytes)
    let m = try FileMachine(disk: disk)
    let start = try m.kernel.sb.logstart
    #expect(disk.writes.map(\.block) == [start])  // recovery clears the header, empty or not

    let k = m.kernel
    let blocks: [UInt32] = [700, 500, 600]
    k.begin_op()
    for block in blocks + [500] {
      let buffer = try k.bread(block)
      buffer[word: 0] = block
      try k.log_write(buffer)
      try k.brelse(buffer)
    }
    #expect(disk.writes.count == 1)  // nothing before the end
    try k.end_op()

    let transaction = disk.writes[1...]
    #expect(
      transaction.map(\.block) == [start + 1, start + 2, start + 3, start] + blocks + [start])
    #expect(
      transaction.map(\.data).map { LogHeader.word($0, 0) } == [700, 500, 600, 3, 700, 500, 600, 0])
    let header = try LogHeader(parsing: transaction[transaction.startIndex + 3].data)
    #expect(header.blocks == blocks)
    #expect(k.fs.cache.referenced == 0)
  }

  @Test func `an operation that changes nothing writes nothing`() throws {
    let disk = RecordingDisk(image: try FileSystemImage(blocks: 1000).bytes)
    let m = try FileMachine(disk: disk)
    let before = disk.writes.count
    _ = try m.open("/")
    _ = try m.open("missing")
    #expect(try m.close(0) == 0)
    #expect(disk.writes.count == before)
  }

  @Test func `operations that overlap commit together, with the last`() throws {
    let disk = RecordingDisk(image: try FileSystemImage(blocks: 1000).bytes)
    let m = try FileMachine(disk: disk)
    let k = m.kernel
    let before = disk.writes.count
    k.begin_op()
    k.begin_op()
    _ = try k.balloc()
    try k.end_op()
    #expect(disk.writes.count == before)
    try k.end_op()
    #expect(disk.writes.count == before + 2 + 1 + 2 + 1)
  }

  @Test func `a write outside of a transaction panics`() throws {
    let m = try FileMachine()
    let buffer = try m.kernel.bread(500)
    m.expectPanic("log_write outside of trans") { try m.kernel.log_write(buffer) }
  }

  @Test func `a transaction that does not fit panics`() throws {
    let m = try FileMachine()
    let k = m.kernel
    let fits = try Int(k.sb.nlog) - 1
    k.begin_op()
    for block in 500..<500 + fits {
      let buffer = try k.bread(UInt32(block))
      try k.log_write(buffer)
      try k.brelse(buffer)
    }
    let buffer = try k.bread(400)
    m.expectPanic("too big a transaction") { try k.log_write(buffer) }
  }

  @Test func `the end of an operation while the log is being committed panics`() throws {
    let m = try FileMachine()
    m.kernel.begin_op()
    m.kernel.fs.log.committing = true
    m.expectPanic("log.committing") { try m.kernel.end_op() }
  }

  @Test func `the largest write stays below the limit of an operation`() throws {
    let disk = RecordingDisk(image: try FileSystemImage(blocks: 1000).bytes)
    let m = try FileMachine(disk: disk)
    let fd = try m.open("f", [.create, .readWrite])
    _ = try m.write(fd, 11 * 1024 + 1)
    let start = try m.kernel.sb.logstart
    let before = disk.writes.count
    #expect(try m.write(fd, 3072) == 3072)  // over the border of the direct blocks, none of them aligned
    let counts = disk.writes[before...].filter { $0.block == start }.map { LogHeader.word($0.data, 0) }
    #expect(counts.count == 2)
    #expect(counts[0] <= UInt32(MAXOPBLOCKS))
    #expect(counts[1] == 0)
  }
}

@Suite("The buffer cache")
struct BufferCacheTests {
  @Test func `a block is read once, and recycled last`() throws {
    let disk = CountingDisk(image: try FileSystemImage(blocks: 1000).bytes)
    let m = try FileMachine(disk: disk)
    let k = m.kernel
    func touch(_ block: UInt32) throws { try k.brelse(try k.bread(block)) }
    for block in 100..<100 + UInt32(NBUF) { try touch(block) }
    disk.reads = []
    for block in 100..<100 + UInt32(NBUF) { try touch(block) }
    #expect(disk.reads.isEmpty)
    try touch(100)  // now the most recent
    try touch(500)  // takes the place of 101
    try touch(100)
    #expect(disk.reads == [500])
    try touch(101)
    #expect(disk.reads == [500, 101])
  }

  @Test func `a pinned block stays`() throws {
    let disk = CountingDisk(image: try FileSystemImage(blocks: 1000).bytes)
    let m = try FileMachine(disk: disk)
    let k = m.kernel
    let pinned = try k.bread(99)
    k.bpin(pinned)
    try k.brelse(pinned)
    for block in 100..<100 + 2 * UInt32(NBUF) { try k.brelse(try k.bread(block)) }
    disk.reads = []
    let again = try k.bread(99)
    #expect(disk.reads.isEmpty)
    k.bunpin(again)
    try k.brelse(again)
    #expect(k.fs.cache.referenced == 0)
  }

  @Test func `all buffers taken`() throws {
    let m = try FileMachine()
    for block in 100..<100 + UInt32(NBUF) { _ = try m.kernel.bread(block) }
    m.expectPanic("bget: no buffers") { _ = try m.kernel.bread(500) }
  }

  @Test func `a buffer that is not locked`() throws {
    let m = try FileMachine()
    let buffer = try m.kernel.bread(500)
    try m.kernel.brelse(buffer)
    m.expectPanic("bwrite") { try m.kernel.bwrite(buffer) }
    #expect(throws: KernelHalt.panic) { try m.kernel.brelse(buffer) }
  }

  @Test func `a block that the disk does not have`() throws {
    let m = try FileMachine(blocks: 100)
    m.expectPanic("virtio_disk_intr status") { _ = try m.kernel.bread(100) }
  }
}

/// A disk that remembers which blocks were read.
final class CountingDisk: Disk {
  private let disk: MemoryDisk
  var reads: [UInt32] = []

  init(image: [UInt8]) { disk = MemoryDisk(image: image) }

  var blockCount: UInt32 { disk.blockCount }
  func read(_ block: UInt32, into data: UnsafeMutableRawBufferPointer) -> Bool {
    reads.append(block)
    return disk.read(block, into: data)
  }
  func write(_ block: UInt32, from data: UnsafeRawBufferPointer) -> Bool { disk.write(block, from: data) }
}

extension LogHeader {
  /// The little-endian 32-bit word number `index` of a block.
  fileprivate static func word(_ block: [UInt8], _ index: Int) -> UInt32 {
    block[index * 4..<index * 4 + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
