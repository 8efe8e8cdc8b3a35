import RV64
import Sv39MMU

/// A moment of a program's run at which the machine stops, for somebody to look.
///
/// Where the moment never comes, the machine stops when the command's process exits, with its memory still there.
package enum StopPoint: Equatable, Sendable {
  /// Before the instruction at this address runs for the first time.
  case pc(UInt64)
  /// When this many of the program's instructions have retired.
  case instructions(UInt64)
  /// At the n-th page fault of the program, counted from 1, before the kernel does anything about it.
  case fault(UInt64)
  /// When the command exits or is killed.
  case end
}

/// Waits for a stop point, in the processes that run one program (its children among them, as long as they do).
final class StopWatch {
  let point: StopPoint
  /// The name that `exec` gives the program's processes.
  private let program: String
  /// What those processes have done so far.
  private(set) var retired: UInt64 = 0
  private var faults: UInt64 = 0

  init(_ point: StopPoint, program: String) {
    self.point = point
    self.program = String(decoding: program.utf8.prefix(15), as: UTF8.self)
  }

  /// Whether it is the program that `p` runs. `/init`, the first process, is never meant.
  func follows(_ p: Proc) -> Bool { p.pid > 1 && p.name == program }

  /// Runs `hart`, which is about to run a process of the program, and answers as `runUser` does; true where the point
  /// has come.
  ///
  /// For an address each instruction runs on its own: slow, and exact.
  func run(_ hart: inout Hart, until limit: UInt64) -> (stop: Hart.Stop, reached: Bool) {
    let before = hart.retired
    defer { retired &+= hart.retired &- before }
    switch point {
    case .fault, .end:
      return (hart.runUser(until: limit), false)
    case .instructions(let count):
      let last = before &+ min(count &- retired, UInt64.max &- before)
      if last <= before { return (.limit, true) }
      let stop = hart.runUser(until: min(limit, last))
      return (stop, stop == .limit && hart.retired == last)
    case .pc(let address):
      while hart.retired < limit {
        if hart.pc == address { return (.limit, true) }
        let stop = hart.runUser(until: hart.retired &+ 1)
        if stop != .limit { return (stop, false) }
      }
      return (.limit, false)
    }
  }

  /// Counts a page fault of the program; true where it is the one.
  func isReached(byFaultOf p: Proc) -> Bool {
    guard follows(p) else { return false }
    faults &+= 1
    return point == .fault(faults)
  }
}

/// A machine that has stopped where it was asked to, or where the command ended.
package struct StoppedAt: Sendable, Equatable {
  /// The slot of the process that was running.
  package var slot: Int
  /// Whether the point has come; false where the command ended first.
  package var reached: Bool
  /// The fault that the kernel was about to handle; nil elsewhere.
  package var fault: Fault?
  /// Retired instructions of the program.
  package var retired: UInt64

  /// What the trap registers say.
  package struct Fault: Sendable, Equatable {
    package var scause: UInt64
    package var stval: UInt64
  }
}

extension Kernel {
  /// Runs `p` in user mode, up to the stop point where there is one.
  func runUser(_ p: Proc, until limit: UInt64) -> Hart.Stop {
    guard let stopWatch, stopWatch.follows(p) else { return hart.runUser(until: limit) }
    let (stop, reached) = stopWatch.run(&hart, until: limit)
    if reached { stopHere(p, reached: true) }
    return stop
  }

  /// A page fault of `p` is about to be handled: where it is the one waited for, the machine stops.
  func stopAtFault(_ p: Proc, _ scause: UInt64, _ stval: UInt64) throws(KernelHalt) {
    guard let stopWatch, stopWatch.isReached(byFaultOf: p) else { return }
    stopHere(p, reached: true, .init(scause: scause, stval: stval))
    throw .stopped
  }

  /// `p` is about to exit: where it is the command, there is nothing more to wait for.
  func stopAtExit(_ p: Proc) throws(KernelHalt) {
    guard let stopWatch, p.pid == commandPid else { return }
    stopHere(p, reached: stopWatch.point == .end)
    throw .stopped
  }

  private func stopHere(_ p: Proc, reached: Bool, _ fault: StoppedAt.Fault? = nil) {
    if outcome != nil { return }
    stoppedAt = StoppedAt(slot: p.slot, reached: reached, fault: fault, retired: stopWatch?.retired ?? 0)
    halt(.stopped)
  }
}
