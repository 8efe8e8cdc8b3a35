import LabEvents
import Synchronization
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// A kernel whose process half is driven by hand: one process with memory of its own calls the kernel's
/// functions, from the test's thread, and never runs an instruction. Functions that block are tested with
/// `Machine` or `run(_:)`.
final class ProcessMachine {
  let kernel: Kernel
  let p: Proc
  private let recorded: EventLog

  /// A booted machine with little memory, and a process of `size` bytes whose pages are all mapped. The
  /// process is pid 2, init's child. Its stack pointer is at the end of its memory.
  init(
    _ solution: any LabSolution, memory: UInt64 = 4 << 20, size: UInt64 = 4 * PGSIZE,
    files: [FileSystemImage.File] = []
  ) throws {
    let recorded = EventLog()
    var configuration = KernelConfiguration(solution: solution, disk: try FileSystemImage(files: files).bytes)
    configuration.memorySize = memory
    configuration.observe = { recorded.append($0) }
    self.recorded = recorded
    kernel = try Kernel(configuration)
    p = try #require(try kernel.allocproc())
    p.parent = 0
    p.state = .running
    kernel.current = p
    try kernel.fsinit()
    p.cwd = try kernel.namei([0x2f])
    try #require(try kernel.uvmalloc(p.pagetable, 0, size) == size)
    p.sz = size
    p.trapframe.sp = size
  }

  /// What happened since the last call.
  func events() -> [LabEvent] { recorded.take() }

  /// The console's lines since the last call of `events()` or this.
  func lines() -> [String] {
    events().compactMap { if case .consoleLine(let line) = $0 { line } else { nil } }
  }

  /// A system call's function with these arguments; -1 is failure.
  func call(_ body: (Kernel) -> () throws(KernelHalt) -> UInt64, _ arguments: UInt64...) throws -> Int {
    for (index, argument) in arguments.enumerated() { p.trapframe[register: 10 + index] = argument }
    return Int(Int64(bitPattern: try body(kernel)()))
  }

  func sbrk(_ n: Int32) throws -> Int { try call(Kernel.sys_sbrk, UInt64(bitPattern: Int64(n))) }

  func poke(_ bytes: [UInt8], at va: UInt64) throws -> Bool {
    try bytes.withUnsafeBytes { try kernel.copyout(p.pagetable, to: va, from: $0) }
  }

  func peek(_ count: Int, at va: UInt64) throws -> [UInt8]? {
    var bytes = [UInt8](repeating: 0xee, count: count)
    let copied = try bytes.withUnsafeMutableBytes { try kernel.copyin(p.pagetable, into: $0, from: va) }
    return copied ? bytes : nil
  }

  /// The entry for `va` in the process's page table; 0 if there is none.
  func pte(_ va: UInt64) throws -> UInt64 {
    try kernel.walk(p.pagetable, va, alloc: false).map { kernel.loadPTE($0) } ?? 0
  }

  func isMapped(_ va: UInt64) throws -> Bool { try pte(va) & PTE_V != 0 }

  /// What the solution decides about a page fault.
  func fault(_ stval: UInt64, scause: UInt64 = 15) throws -> FaultDecision {
    try kernel.solution.pageFault(kernel, scause: scause, stval: stval)
  }

  /// Allocates pages until only `count` are free.
  func leave(free count: Int) throws {
    while kernel.freePages > count { _ = try #require(try kernel.kalloc()) }
  }

  /// Runs `body` as the process's kernel thread, while init waits for children, until it returns or the
  /// machine ends. For functions that block.
  @discardableResult
  func run(_ body: @escaping (Kernel) throws(KernelHalt) -> Void) -> KernelOutcome {
    kernel.procs[0].entry = { (k) throws(KernelHalt) in
      while true {
        if try k.wait(0) == nil { try k.sleep(on: .child(of: 0)) }
      }
    }
    p.entry = { (k) throws(KernelHalt) in
      try body(k)
      k.halt(.stopped)
    }
    p.state = .runnable
    kernel.current = nil
    return kernel.run()
  }

  /// Expects `body` to end in a panic with this text.
  func expectPanic(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    #expect(throws: KernelHalt.panic, sourceLocation: sourceLocation) { try body() }
    #expect(kernel.outcome == .panicked(text), sourceLocation: sourceLocation)
  }
}

extension Kernel {
  /// Forks the running process. The child's kernel thread runs `body` and exits with its result.
  func spawn(_ body: @escaping (Kernel) throws(KernelHalt) -> Int32) throws(KernelHalt) -> Int32? {
    guard let pid = try fork() else { return nil }
    procs.first { $0.pid == pid }?.entry = { (k) throws(KernelHalt) in try k.exit(body(k)) }
    return pid
  }
}

/// What a machine told its observer.
final class EventLog: Sendable {
  private let events = Mutex<[LabEvent]>([])

  func append(_ event: LabEvent) { events.withLock { $0.append(event) } }

  /// Everything since the last call.
  func take() -> [LabEvent] {
    events.withLock { events in
      defer { events = [] }
      return events
    }
  }
}
