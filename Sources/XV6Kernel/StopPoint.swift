import RV64
import Sv39MMU

/// A moment of a program's run at which the machine stops, so that somebody can look at it.
///
/// If the moment never comes, the machine stops when the command's process exits. Its memory is still there.
package enum StopPoint: Equatable, Sendable {
  /// Before the instruction at this address runs for the first time.
  case pc(UInt64)
  /// When this many of the program's instructions have retired.
  case instructions(UInt64)
  /// At the n-th page fault of the program, counted from 1, before the kernel handles it.
  case fault(UInt64)
  /// When the command exits or is killed.
  case end
}

/// Watches for a stop point, in the processes that run one program. Children count too, as long as they run
/// that program.
final class StopWatch {
  let point: StopPoint
  /// The name that `exec` gives the program's processes.
  private let program: String
  /// How many instructions those processes have retired so far.
  private(set) var retired: UInt64 = 0
  private var faults: UInt64 = 0

  init(_ point: StopPoint, program: String) {
    self.point = point
    self.program = String(decoding: program.utf8.prefix(15), as: UTF8.self)
  }

  /// Whether `p` runs the program. False for `/init`, the first process.
  func follows(_ p: Proc) -> Bool { p.pid > 1 && p.name == program }

  /// Runs `hart` for a process of the program, as `runUser` does. `reached` is true if the point has come.
  ///
  /// For an address, it runs one instruction at a time: slow, but exact.
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

  /// Counts a page fault of the program. True if the machine must stop at it.
  func isReached(byFaultOf p: Proc) -> Bool {
    guard follows(p) else { return false }
    faults &+= 1
    return point == .fault(faults)
  }
}

/// How a machine stopped: at the point that it was asked for, or at the end of the command.
package struct StoppedAt: Sendable, Equatable {
  /// The slot of the process that was running.
  package var slot: Int
  /// True if the point has come, false if the command ended before.
  package var reached: Bool
  /// The fault that the kernel was about to handle; nil if it stopped at another point.
  package var fault: Fault?
  /// Retired instructions of the program.
  package var retired: UInt64

  /// The values of the trap registers.
  package struct Fault: Sendable, Equatable {
    package var scause: UInt64
    package var stval: UInt64
  }
}

extension Kernel {
  /// Runs `p` in user mode, up to the stop point if there is one.
  func runUser(_ p: Proc, until limit: UInt64) -> Hart.Stop {
    guard let stopWatch, stopWatch.follows(p) else { return hart.runUser(until: limit) }
    let (stop, reached) = stopWatch.run(&hart, until: limit)
    if reached { stopHere(p, reached: true) }
    return stop
  }

  /// Called before a page fault of `p` is handled: stops the machine if this is the fault to stop at.
  func stopAtFault(_ p: Proc, _ scause: UInt64, _ stval: UInt64) throws(KernelHalt) {
    guard let stopWatch, stopWatch.isReached(byFaultOf: p) else { return }
    stopHere(p, reached: true, .init(scause: scause, stval: stval))
    throw .stopped
  }

  /// Called before `p` exits: stops the machine if `p` is the command, because the point can no longer come.
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
