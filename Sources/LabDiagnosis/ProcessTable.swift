import LabEvents
import Sv39MMU

/// The processes of a machine, as far as its events tell.
package struct ProcessTable: Sendable {
  /// One process. A process that has exited stays in the table for a while.
  package struct Process: Sendable, Equatable {
    package let pid: Int32
    /// The parent's pid; 0 if it is not known.
    package var parent: Int32 = 0
    /// The program's name on the disk; empty before the first `exec` that the table has seen.
    package var program = ""
    /// `p->sz`.
    package var size: UInt64 = 0
    /// Where the program's memory ends according to the answers of `sbrk`. In a correct kernel this is
    /// `size`.
    package var promised: UInt64 = 0
    /// `p->sz` after `exec`, which is the top of the stack; nil before the first `exec` that the table has
    /// seen.
    package var imageSize: UInt64?
    /// The smallest size of the process since `exec`. Memory above it is heap.
    var leastSize: UInt64 = 0
    /// The current system call, or the last one.
    package var call: Call?
    /// Whether it is the test's own process or a descendant of it.
    var isOfTest = false
    /// Whether, since it last left user mode, `kalloc` had no page for it or its quota allowed none.
    package var isOutOfMemory = false
    /// The exit status; nil while the process lives.
    package var status: Int32?

    /// Notes what `sbrk(increment)` told the program by returning `result`.
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
    /// The result; nil until the call returns.
    package var result: UInt64?
  }

  /// The most processes that the table keeps, dead ones included.
  static let most = 512

  /// The program that the test runs.
  let testProgram: String
  /// The first process that ran `testProgram`; nil before that.
  private(set) var testProcess: Int32?
  private var processes: [Int32: Process] = [:]
  /// The pids in the order in which the table first saw them.
  private var order: [Int32] = []

  package init(testProgram: String) { self.testProgram = testProgram }

  package subscript(pid: Int32) -> Process? { processes[pid] }

  /// Every process in the table, in the order in which the table first saw them.
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

  /// If there are too many processes, forgets the oldest one that has exited. If none has exited, forgets
  /// the oldest.
  private mutating func makeRoom(for pid: Int32) {
    order.append(pid)
    guard order.count > Self.most else { return }
    let oldest = order.dropLast().firstIndex { processes[$0]?.status != nil } ?? 0
    processes[order.remove(at: oldest)] = nil
  }
}
