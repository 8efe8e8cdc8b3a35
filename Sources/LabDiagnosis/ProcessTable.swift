import LabEvents
import Sv39MMU

/// The processes of a machine, as far as its events tell of them.
package struct ProcessTable: Sendable {
  /// One process; one that has exited stays for a while.
  package struct Process: Sendable, Equatable {
    package let pid: Int32
    /// 0 where it is not known.
    package var parent: Int32 = 0
    /// The program's name on the disk; empty before the first `exec` that was heard of.
    package var program = ""
    /// `p->sz`.
    package var size: UInt64 = 0
    /// Where the program's memory ends by what `sbrk` answered to it: `size`, in a kernel that keeps its word.
    package var promised: UInt64 = 0
    /// `p->sz` as `exec` left it: the stack's top. Nil before the first `exec` that was heard of.
    package var imageSize: UInt64?
    /// The smallest that the process has been since `exec`: what lies above is of the heap.
    var leastSize: UInt64 = 0
    /// The system call under way, or the last one.
    package var call: Call?
    /// Whether it is the test's own process, or descends from it.
    var isOfTest = false
    /// Whether `kalloc` had no page for it, or its quota allowed none, since it last came from user mode.
    package var isOutOfMemory = false
    /// Nil while it lives.
    package var status: Int32?

    /// What `sbrk(increment)` has told the program by answering `result`.
    fileprivate mutating func promise(_ increment: Int64, _ result: UInt64) {
      guard result != .max else { return }
      if increment > 0 {
        let (end, overflow) = result.addingReportingOverflow(UInt64(increment))
        if !overflow, end <= MAXVA { promised = end }
      } else {
        promised -= min(promised, increment.magnitude)
      }
    }
  }

  package struct Call: Sendable, Equatable {
    package var name: String
    package var arguments: CallArguments
    /// Nil while it is under way.
    package var result: UInt64?
  }

  /// Processes that are remembered, dead ones included.
  static let most = 512

  /// The program that the test runs.
  let testProgram: String
  /// The process that ran it first; nil before that.
  private(set) var testProcess: Int32?
  private var processes: [Int32: Process] = [:]
  /// The order in which they were heard of.
  private var order: [Int32] = []

  package init(testProgram: String) { self.testProgram = testProgram }

  package subscript(pid: Int32) -> Process? { processes[pid] }

  /// Every process that is remembered, in the order in which they were heard of.
  package var all: [Process] { order.compactMap { processes[$0] } }

  package mutating func hear(_ event: LabEvent) {
    switch event {
    case .exec(let pid, let path, let size):
      let name = String(path.split(separator: "/").last ?? "")
      change(pid) { process in
        process.program = name
        process.size = size
        process.promised = size
        process.imageSize = size
        process.leastSize = size
      }
      if testProcess == nil, name == testProgram {
        testProcess = pid
        change(pid) { $0.isOfTest = true }
      }
    case .fork(let parent, let child):
      let before = processes[parent]
      change(child) { process in
        process.parent = parent
        guard let before else { return }
        process.program = before.program
        process.size = before.size
        process.promised = before.promised
        process.imageSize = before.imageSize
        process.leastSize = before.leastSize
        process.isOfTest = before.isOfTest
      }
    case .sbrk(let pid, let increment, let result, let size):
      change(pid) { process in
        process.promise(increment, result)
        process.size = size
        process.leastSize = min(process.leastSize, size, process.promised)
      }
    case .pageFault(let fault):
      change(fault.pid) { process in
        if process.program.isEmpty { process.program = fault.program }
        process.size = fault.size
        process.leastSize = min(process.leastSize, fault.size)
        process.isOutOfMemory = false
      }
    case .systemCall(let pid, let name, let arguments):
      change(pid) { process in
        process.call = Call(name: name, arguments: arguments)
        process.isOutOfMemory = false
      }
    case .systemCallReturned(let pid, _, let result): change(pid) { $0.call?.result = result }
    case .outOfMemory(let pid), .quotaRefused(let pid, _, _): change(pid) { $0.isOutOfMemory = true }
    case .exit(let pid, let parent, _, let status):
      change(pid) { process in
        process.parent = parent
        process.status = status
      }
    default: break
    }
  }

  private mutating func change(_ pid: Int32, _ change: (inout Process) -> Void) {
    guard pid > 0 else { return }
    if processes[pid] == nil { makeRoom(for: pid) }
    change(&processes[pid, default: Process(pid: pid)])
  }

  /// Forgets the oldest process that has exited, or else the oldest, where there are too many.
  private mutating func makeRoom(for pid: Int32) {
    order.append(pid)
    guard order.count > Self.most else { return }
    let oldest = order.dropLast().firstIndex { processes[$0]?.status != nil } ?? 0
    processes[order.remove(at: oldest)] = nil
  }
}
