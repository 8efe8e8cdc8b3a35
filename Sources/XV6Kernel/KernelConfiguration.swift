import LabEvents
import RV64

/// What a machine is made of and how far it may go.
public struct KernelConfiguration: Sendable {
  /// The lab's seven decisions.
  public var solution: any LabSolution
  /// An xv6 disk image; the machine works on a copy.
  public var disk: [UInt8]
  /// `argv` of `/init`. With more than `["init"]`, our init runs the rest as its only command, and the machine ends
  /// when that command does.
  public var arguments = ["init"]
  /// Bytes of RAM from `KERNBASE` on; PHYSTOP is the end of it.
  public var memorySize: UInt64 = 128 << 20
  /// Pages that the command's process, with all that it starts, may hold at once; nil for as many as there are. See
  /// ContainerAlloc.swift.
  public var quota: Int?
  /// Instructions after which the machine stops: user instructions that retired, and `TRAPCOST` for each trap, so
  /// that a fault which is handled for ever ends too.
  public var instructionLimit = UInt64.max
  /// Console bytes after which the machine stops.
  public var consoleLimit = Int.max
  /// What is typed at the console, given to it when a process waits for input.
  public var consoleInput: [UInt8] = []
  /// Asked for more, on the machine's thread, when a process waits for input and `consoleInput` is used up; nil is the
  /// end of input, an empty array "nothing yet".
  public var consoleSource: (@Sendable () -> [UInt8]?)?
  /// Asked before `consoleSource`, at a tick of the clock, when a process waits for input and others keep the hart busy; nil is
  /// "nothing yet".
  public var consoleReadySource: (@Sendable () -> [UInt8]?)?
  /// Receives the console's bytes, on the machine's thread.
  public var consoleOutput: (@Sendable (UnsafeRawBufferPointer) -> Void)?
  /// Receives what happens, on the machine's thread, in order; details are left out.
  package var observe: (@Sendable (LabEvent) -> Void)?
  /// Receives everything that happens, details too, with the count of user instructions that had retired by then.
  package var follow: (@Sendable (LabEvent, UInt64) -> Void)?
  /// What the hart does faster than one instruction at a time; no program sees a difference.
  package var fastPaths = FastPaths.standard
  /// The call of `kalloc` since boot, counted from 1, that answers "no page" whatever is free.
  package var failAllocation: UInt64?

  /// Where to stop, in the processes that run the program of this name.
  package var stop: (point: StopPoint, program: String)?

  /// What is folded into the run's hash (`Kernel.traceSum`); nil for nothing.
  package var trace: TraceGrain?

  /// A machine with `disk` in it that runs `solution`; everything else has its default.
  public init(solution: any LabSolution, disk: [UInt8]) {
    self.solution = solution
    self.disk = disk
  }
}

/// How a machine's run ended.
public enum KernelOutcome: Equatable, Sendable {
  /// The command that `/init` was asked to run exited with this status, and init has waited for it.
  case finished(status: Int32)
  /// The kernel panicked with this text.
  case panicked(String)
  /// Every process sleeps and nothing can ever wake one.
  case deadlocked
  /// A process waits for console input, there is no more, and nothing else can run.
  case idle
  /// `KernelConfiguration.instructionLimit` was reached.
  case instructionLimit
  /// `KernelConfiguration.consoleLimit` was reached.
  case consoleLimit
  /// `stop()` was called.
  case stopped
  /// The host refused what the machine needs (a thread); says nothing about the solution.
  case hostFailed(String)
}
