import LabEvents
import RV64

/// What a machine is made of, and its limits.
package struct KernelConfiguration: Sendable {
  /// The lab's eight functions.
  package var solution: any LabSolution
  /// An xv6 disk image. The machine works on a copy of it.
  package var disk: [UInt8]
  /// `argv` of `/init`. If there is more than `["init"]`, our init runs the rest as its only command, and the
  /// machine ends with that command.
  package var arguments = ["init"]
  /// Bytes of RAM, from `KERNBASE` up to PHYSTOP.
  package var memorySize: UInt64 = 128 << 20
  /// How many pages the command and all processes that it starts may hold together; nil for no quota. See
  /// ContainerAlloc.swift.
  package var quota: Int?
  /// The machine stops after this many instructions: retired user instructions, plus `TRAPCOST` for each
  /// trap, so that an endless loop of faults ends too.
  package var instructionLimit = UInt64.max
  /// The machine stops after this many steps of the kernel and of the solution (KernelSteps.swift).
  package var stepLimit = UInt64.max
  /// The machine stops if the same fault comes this many times and nothing else happens.
  package var faultLimit = FaultWatch.standard
  /// The machine stops after this many bytes of console output.
  package var consoleLimit = Int.max
  /// Input that is typed at the console when a process waits for it.
  package var consoleInput: [UInt8] = []
  /// Called for more input, on the machine's thread, when a process waits for input and `consoleInput` is
  /// used up. Nil means the end of input; an empty array means "nothing yet".
  package var consoleSource: (@Sendable () -> [UInt8]?)?
  /// Called before `consoleSource`, at a tick of the clock, when a process waits for input while others keep
  /// the hart busy. Nil means "nothing yet".
  package var consoleReadySource: (@Sendable () -> [UInt8]?)?
  /// Receives the console's bytes, on the machine's thread.
  package var consoleOutput: (@Sendable (UnsafeRawBufferPointer) -> Void)?
  /// Receives the events, without details, on the machine's thread and in order.
  package var observe: (@Sendable (LabEvent) -> Void)?
  /// Receives all events, with details, and how many user instructions have retired by then.
  package var follow: (@Sendable (LabEvent, UInt64) -> Void)?
  /// Hears of each entry into user mode, of each exit from it, and of each of `places` that is executed.
  package var watcher: (any UserWatcher)?
  /// The places that `watcher` hears of.
  package var places: PlaceMap?
  /// The faster ways in which the hart may work. No program sees a difference.
  package var fastPaths = FastPaths.standard
  /// The number of the call of `kalloc` since boot, counted from 1, that must fail even if pages are free.
  package var failAllocation: UInt64?

  /// When to stop, in the processes that run the program of this name.
  package var stop: (point: StopPoint, program: String)?

  /// What the run's hash covers (`Kernel.traceSum`); nil for no hash.
  package var trace: TraceGrain?

  /// A machine with this disk and solution. Everything else has its default.
  package init(solution: any LabSolution, disk: [UInt8]) {
    self.solution = solution
    self.disk = disk
  }
}

/// How a machine's run ended.
package enum KernelOutcome: Equatable, Sendable {
  /// The command that `/init` was asked to run exited with this status, and init has waited for it.
  case finished(status: Int32)
  /// The kernel panicked with this text.
  case panicked(String)
  /// Every process sleeps and nothing can ever wake one.
  case deadlocked
  /// A process waits for console input, but there is no more input, and no other process can run.
  case idle
  /// `KernelConfiguration.instructionLimit` was reached.
  case instructionLimit
  /// `KernelConfiguration.stepLimit` was reached: the solution's own code called the kernel again and again.
  case stepLimit
  /// The same page fault came again and again, and nothing was mapped.
  case endlessFault(EndlessFault)
  /// `KernelConfiguration.consoleLimit` was reached.
  case consoleLimit
  /// The stop point (`KernelConfiguration.stop`) has come, or can no longer come.
  case stopped
  /// The host refused something that the machine needs (a thread). This says nothing about the solution.
  case hostFailed(String)
}
