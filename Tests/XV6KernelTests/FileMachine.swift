import LabEvents
import Synchronization
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// What a machine under test told its callbacks.
final class Recorder: Sendable {
  private let state = Mutex<(console: [UInt8], events: [LabEvent])>(([], []))

  var console: String { state.withLock { String(decoding: $0.console, as: UTF8.self) } }
  var lines: [String] {
    state.withLock { $0.events }.compactMap { if case .consoleLine(let line) = $0 { line } else { nil } }
  }

  func print(_ bytes: UnsafeRawBufferPointer) { state.withLock { $0.console.append(contentsOf: bytes) } }
  func record(_ event: LabEvent) { state.withLock { $0.events.append(event) } }
  func forget() { state.withLock { $0 = ([], []) } }
}

/// A kernel whose file half is driven by hand: one process with memory of its own makes system calls, through
/// its registers and its memory, and never runs an instruction.
final class FileMachine {
  let kernel: Kernel
  let recorder = Recorder()
  /// The process that makes the calls.
  var p: Proc { kernel.myproc() }

  /// Where the process's memory for data begins; strings go below.
  static let buffer: UInt64 = PGSIZE
  /// The first address that the process does not have.
  static let end: UInt64 = 80 * PGSIZE

  /// A machine that has booted from `disk` and read its file system.
  init(
    disk: any Disk, solution: any LabSolution = EagerXV6(), consoleLimit: Int = .max,
    typing input: String = ""
  ) throws {
    var configuration = KernelConfiguration(solution: solution, disk: [])
    configuration.memorySize = 4 << 20  // little: the kernel's page table maps all of it
    configuration.consoleLimit = consoleLimit
    configuration.consoleInput = Array(input.utf8)
    configuration.consoleOutput = { [recorder] in recorder.print($0) }
    configuration.observe = { [recorder] in recorder.record($0) }
    kernel = try Kernel(configuration, disk: disk)
    recorder.forget()
    try process(NPROC - 1)
    try kernel.fsinit()
  }

  /// A machine with a fresh file system on it.
  convenience init(
    blocks: Int = 1000, files: [FileSystemImage.File] = [], solution: any LabSolution = EagerXV6(),
    consoleLimit: Int = .max, typing input: String = ""
  ) throws {
    try self.init(
      disk: MemoryDisk(image: FileSystemImage(blocks: blocks, files: files).bytes), solution: solution,
      consoleLimit: consoleLimit, typing: input)
  }

  /// Runs each body as the kernel thread of a process of its own, with the open files of the calling process,
  /// until all sleep or have returned. A body must not use #expect: its thread belongs to no test.
  ///
  /// After that the machine has ended. Returns how many of the bodies returned.
  func run(_ bodies: ((FileMachine) throws -> Void)...) throws -> Int {
    let files = p.ofile
    var returned = 0
    kernel.procs[0].state = .unused
    for (slot, body) in bodies.enumerated() {
      try process(slot + 1)
      p.ofile = try files.map { try $0.map { try kernel.filedup($0) } }
      p.state = .runnable
      p.entry = { [self] _ throws(KernelHalt) in
        do {
          try body(self)
          returned += 1
        } catch {}
        p.state = .unused
      }
    }
    try process(NPROC - 1)
    for fd in 0..<NOFILE where p.ofile[fd] != nil { try #require(try close(fd) == 0) }
    p.state = .unused
    let outcome = kernel.run()
    #expect(outcome == (returned == bodies.count ? .deadlocked : outcome))
    return returned
  }

  /// What is on the disk now.
  var image: FileSystemImage {
    get throws { try FileSystemImage(parsing: try #require(kernel.fs.disk as? MemoryDisk).image) }
  }

  /// Makes the process in `slot` the calling one, and gives it memory if it has none.
  func process(_ slot: Int) throws {
    let p = kernel.procs[slot]
    kernel.current = p
    if p.pagetable != 0 { return }
    p.pid = 100 + Int32(slot)
    p.state = .running
    p.trapframe = Trapframe(memory: kernel.memory, address: try page())
    p.pagetable = try page()
    p.sz = Self.end
    for va in stride(from: 0, to: Self.end, by: Int(PGSIZE)) {
      try #require(try kernel.mappages(p.pagetable, va, PGSIZE, page(), PTE_R | PTE_W | PTE_U))
    }
  }

  private func page() throws -> UInt64 {
    let pa = try #require(try kernel.kalloc())
    try kernel.memset(pa, 0, PGSIZE)
    return pa
  }

  // MARK: The process's memory

  func poke(_ bytes: [UInt8], at va: UInt64) throws {
    try #require(try bytes.withUnsafeBytes { try kernel.copyout(p.pagetable, to: va, from: $0) })
  }

  func peek(_ count: Int, at va: UInt64 = FileMachine.buffer) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try #require(try bytes.withUnsafeMutableBytes { try kernel.copyin(p.pagetable, into: $0, from: va) })
    return bytes
  }

  /// The address of a copy of `text` in the process's memory; up to three strings at once.
  private func string(_ text: String, _ slot: UInt64 = 0) throws -> UInt64 {
    try poke(Array(text.utf8) + [0], at: slot * 1024)
    return slot * 1024
  }

  // MARK: System calls; -1 is failure

  func call(_ body: (Kernel) -> () throws(KernelHalt) -> UInt64, _ arguments: UInt64...) throws -> Int {
    for (index, argument) in arguments.enumerated() { p.trapframe[register: 10 + index] = argument }
    return Int(Int64(bitPattern: try body(kernel)()))
  }

  private func register(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value)) }

  func open(_ path: String, _ mode: OpenMode = .readOnly) throws -> Int {
    try call(Kernel.sys_open, string(path), register(Int(mode.rawValue)))
  }
  func close(_ fd: Int) throws -> Int { try call(Kernel.sys_close, register(fd)) }
  func dup(_ fd: Int) throws -> Int { try call(Kernel.sys_dup, register(fd)) }
  func mkdir(_ path: String) throws -> Int { try call(Kernel.sys_mkdir, string(path)) }
  func mknod(_ path: String, _ major: Int, _ minor: Int) throws -> Int {
    try call(Kernel.sys_mknod, string(path), register(major), register(minor))
  }
  func chdir(_ path: String) throws -> Int { try call(Kernel.sys_chdir, string(path)) }
  func link(_ old: String, _ new: String) throws -> Int {
    try call(Kernel.sys_link, string(old), string(new, 1))
  }
  func unlink(_ path: String) throws -> Int { try call(Kernel.sys_unlink, string(path)) }
  func read(_ fd: Int, _ count: Int, to va: UInt64 = FileMachine.buffer) throws -> Int {
    try call(Kernel.sys_read, register(fd), va, register(count))
  }
  func write(_ fd: Int, _ count: Int, from va: UInt64 = FileMachine.buffer) throws -> Int {
    try call(Kernel.sys_write, register(fd), va, register(count))
  }
  func write(_ fd: Int, _ bytes: [UInt8]) throws -> Int {
    try poke(bytes, at: Self.buffer)
    return try write(fd, bytes.count)
  }
  func write(_ fd: Int, _ text: String) throws -> Int { try write(fd, Array(text.utf8)) }

  func pipe(at va: UInt64 = FileMachine.buffer) throws -> Int { try call(Kernel.sys_pipe, va) }

  /// The two ends of a new pipe.
  func pipe() throws -> (read: Int, write: Int) {
    try #require(try pipe(at: Self.buffer) == 0)
    let fds = try peek(8)
    return (Int(fds[0]), Int(fds[4]))
  }

  func fstat(_ fd: Int, to va: UInt64 = FileMachine.buffer) throws -> Int {
    try call(Kernel.sys_fstat, register(fd), va)
  }

  /// What `fstat` says of an open file.
  func stat(_ fd: Int) throws -> Stat {
    try #require(try fstat(fd) == 0)
    let bytes = try peek(Stat.byteCount)
    func number(_ range: Range<Int>) -> UInt64 { bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    return Stat(
      dev: Int32(truncatingIfNeeded: number(0..<4)), ino: UInt32(number(4..<8)),
      type: Int16(truncatingIfNeeded: number(8..<10)), nlink: Int16(truncatingIfNeeded: number(10..<12)),
      size: number(16..<24))
  }

  // MARK: Several calls in one

  /// Makes a file with these contents. Returns -1 if that failed.
  @discardableResult
  func make(_ path: String, _ contents: [UInt8] = []) throws -> Int {
    let fd = try open(path, [.create, .readWrite, .truncate])
    if fd < 0 { return fd }
    let written = try write(fd, contents)
    try #require(try close(fd) == 0)
    return written
  }

  /// The contents of a file, through `read`; nil if it cannot be opened.
  func contents(_ path: String) throws -> [UInt8]? {
    let fd = try open(path)
    if fd < 0 { return nil }
    var contents: [UInt8] = []
    while case let count = try read(fd, 4096), count > 0 { contents += try peek(count) }
    try #require(try close(fd) == 0)
    return contents
  }

  /// Closes everything, and expects that no call left a lock, buffer, reference or open transaction behind,
  /// and that the disk is correct.
  func expectClean(sourceLocation: SourceLocation = #_sourceLocation) throws {
    for slot in 0..<NPROC where kernel.procs[slot].ofile.contains(where: { $0 != nil }) {
      try process(slot)
      for fd in 0..<NOFILE where p.ofile[fd] != nil { _ = try close(fd) }
    }
    for p in kernel.procs {
      guard let cwd = p.cwd else { continue }
      kernel.begin_op()
      try kernel.iput(cwd)
      try kernel.end_op()
      p.cwd = nil
    }
    #expect(kernel.fs.cache.referenced == 0, sourceLocation: sourceLocation)
    #expect(kernel.fs.log.outstanding == 0, sourceLocation: sourceLocation)
    #expect(kernel.fs.log.home.isEmpty, sourceLocation: sourceLocation)
    #expect(kernel.fs.inodes.allSatisfy { $0.ref == 0 && !$0.locked }, sourceLocation: sourceLocation)
    #expect(kernel.fs.files.allSatisfy { $0.ref == 0 }, sourceLocation: sourceLocation)
    #expect(try image.check() == [], sourceLocation: sourceLocation)
  }

  /// Expects `body` to end in a panic with this text.
  func expectPanic(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    #expect(throws: KernelHalt.panic, sourceLocation: sourceLocation) { try body() }
    #expect(kernel.outcome == .panicked(text), sourceLocation: sourceLocation)
  }
}

/// `count` bytes that depend on place and seed, and are the same in every run.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 31 &+ seed &* 7) ^ ($0 >> 8)) }
}
