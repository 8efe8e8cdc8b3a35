import LabEvents
import RV64
import XV6FileSystem

/// The kinds of events in a machine's trace. The numbers are part of the hash.
enum KernelTraceEvent: UInt64 {
  /// The hart left user mode: pid, the clock. The hart's state follows.
  case left = 0x101
  /// It left user mode because of a trap: its cause and value.
  case trap
  /// A system call has returned: pid, its number, its result.
  case systemCall
  /// A block was read from the disk, or written to it: the block, and 1 if that succeeded. Its bytes follow.
  case diskRead
  case diskWrite
  /// Bytes were printed, which follow.
  case printed
  /// A byte was typed: the byte, the clock.
  case typed
  /// The clock ticked: how often, the clock.
  case ticked
  /// A `LabEvent`: its kind and its values.
  case lab
}

extension Kernel {
  /// The hashes of everything that the machine has done, and of its memory as it is now. Nil if
  /// `KernelConfiguration.trace` is nil.
  package var traceSum: TraceSum? {
    // RAM below `virgin` was never used. To read it would make the host allocate it.
    trace?.sum(memory, from: virgin == 0 ? memory.base : virgin + PGSIZE)
  }

  /// Adds to the trace how the hart came back from user mode.
  func traceReturn(_ p: Proc, _ stop: Hart.Stop) {
    guard let trace else { return }
    trace.event(KernelTraceEvent.left, UInt64(bitPattern: Int64(p.pid)), mtime)
    trace.hart(hart)
    if case .trap(let scause, let stval) = stop { trace.event(KernelTraceEvent.trap, scause, stval) }
  }
}

/// A disk that adds its requests to a trace.
final class TracedDisk: Disk {
  private let disk: any Disk
  private let trace: MachineTrace

  init(_ disk: any Disk, _ trace: MachineTrace) {
    self.disk = disk
    self.trace = trace
  }

  var blockCount: UInt32 { disk.blockCount }

  func read(_ block: UInt32, into data: UnsafeMutableRawBufferPointer) -> Bool {
    let done = disk.read(block, into: data)
    note(.diskRead, block, done, UnsafeRawBufferPointer(data))
    return done
  }

  func write(_ block: UInt32, from data: UnsafeRawBufferPointer) -> Bool {
    let done = disk.write(block, from: data)
    note(.diskWrite, block, done, data)
    return done
  }

  private func note(
    _ kind: KernelTraceEvent, _ block: UInt32, _ done: Bool, _ data: UnsafeRawBufferPointer
  ) {
    trace.event(kind, UInt64(block), done ? 1 : 0)
    if done { trace.bytes(data) }
  }
}

extension MachineTrace {
  /// Adds an event to the trace, as the observers see it.
  func lab(_ event: LabEvent) {
    func note(_ kind: UInt64, _ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0) {
      self.event(KernelTraceEvent.lab, kind, a, b, c)
    }
    switch event {
    case .pageFault(let fault):
      note(1, pid(fault.pid), fault.scause, fault.stval)
      note(1, fault.sepc, fault.stackPointer, fault.size)
    case .sbrk(let process, let increment, let result, let size):
      note(2, pid(process), UInt64(bitPattern: increment), result)
      note(2, size)
    case .pageAllocated(let page, let free): note(3, page, UInt64(free))
    case .pageFreed(let page, let free): note(4, page, UInt64(free))
    case .outOfMemory(let process): note(5, pid(process))
    case .userCopy(let process, let direction, let address, let count, let succeeded):
      note(6, pid(process), address, count)
      let way: UInt64 =
        switch direction {
        case .copyin: 0
        case .copyout: 1
        case .copyinstr: 2
        }
      note(6, way, succeeded ? 1 : 0)
    case .fork(let parent, let child): note(7, pid(parent), pid(child))
    case .exec(let process, let path, let size):
      note(8, pid(process), size)
      text(path)
    case .exit(let process, let parent, let program, let status):
      note(9, pid(process), pid(parent), pid(status))
      text(program)
    case .killed(let process, let program, let reason):
      switch reason {
      case .trap(let scause, let stval, let sepc):
        note(10, pid(process))
        note(10, scause, stval, sepc)
      case .signal(let by): note(11, pid(process), pid(by))
      }
      text(program)
    case .panic(let words, let process, let program, _, _):
      note(12, pid(process))
      text(words)
      text(program)
    case .consoleLine(let line), .statusMistaken(let line): text(line)
    case .pageMapped(let pagetable, let address, let entry): note(13, pagetable, address, entry.rawValue)
    case .pageFilled(let page, let byte): note(14, page, UInt64(byte))
    case .pageCopied(let from, let to): note(15, from, to)
    case .faultServed(let process, let address, let entry): note(16, pid(process), address, entry.rawValue)
    case .systemCall(let process, let name, let arguments):
      note(17, pid(process))
      note(17, arguments.a0, arguments.a1, arguments.a2)
      text(name)
    case .systemCallReturned(let process, let name, let result):
      note(18, pid(process), result)
      text(name)
    case .copyRefused(let process, _, let walk): note(19, pid(process), walk.va)
    case .instructionSkipped(let process, let sepc, let resumed): note(20, pid(process), sepc, resumed)
    case .quotaGiven(let parent, let child, let pages): note(21, pid(parent), pid(child), UInt64(pages))
    case .quotaReturned(let child, let parent, let pages): note(22, pid(child), pid(parent), UInt64(pages))
    case .quotaRefused(let process, let program, let quota):
      note(23, pid(process), UInt64(quota))
      text(program)
    }
  }

  private func pid(_ number: Int32) -> UInt64 { UInt64(bitPattern: Int64(number)) }

  private func text(_ text: String) {
    var text = text
    text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
  }
}
