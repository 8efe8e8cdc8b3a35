import LabEvents
import RV64
import Sv39MMU
import Synchronization

/// Why a machine could not be built.
package enum KernelError: Error, Equatable, CustomStringConvertible {
  /// RAM must be a whole number of pages, large enough for the kernel, and below `MAXVA`.
  case memorySize(UInt64)
  /// `/init`'s arguments are more than `exec` can pass.
  case arguments

  package var description: String {
    switch self {
    case .memorySize(let size):
      "a machine with \(size) bytes of RAM cannot run xv6: it wants whole pages, 1 MiB to 64 GiB"
    case .arguments:
      "the arguments of /init are too many or too long: exec takes at most \(MAXARG - 1), "
        + "in one page of stack"
    }
  }
}

/// A machine that runs xv6: one hart, its RAM, the process table, the file system, the clock.
///
/// **One thread at a time.** Each process slot has a host thread as its kernel stack (KernelThread.swift), so
/// a system call that blocks is straight-line code that returns later, as in xv6. Exactly one of these
/// threads, or the caller of `run()`, has the baton and may use the machine. The kernel switches threads only
/// in `sched()`: when a process sleeps, exits, or is preempted by the timer on its way back to user mode.
/// Between two calls of `sched()` everything is atomic, so xv6's spinlocks have no counterpart here.
///
/// **Time is virtual.** `mtime` is the number of retired user instructions, plus `TRAPCOST` for each trap,
/// plus the time that was skipped while all processes slept. The same configuration always gives the same
/// run, instruction by instruction.
public final class Kernel: @unchecked Sendable {
  package let configuration: KernelConfiguration
  /// The lab's eight functions.
  package let solution: any LabSolution
  package let memory: PhysicalMemory
  package var hart: Hart
  package let fs: FileSystemState
  /// The end of RAM.
  public let PHYSTOP: UInt64

  // Kalloc.swift
  /// The first free page: the head of xv6's free list. 0 if there is none.
  var freelist: UInt64 = 0
  /// The highest page that was never handed out. It and all pages below it, down to `end`, are free and
  /// untouched.
  var virgin: UInt64 = 0
  /// Pages that `kalloc` can hand out now.
  public internal(set) var freePages = 0
  /// Calls of `kalloc` since boot.
  package internal(set) var allocations: UInt64 = 0
  var booted = false

  // ContainerAlloc.swift
  /// Who may have how many pages; nil if there are no quotas.
  package internal(set) var containers: ContainerTree?
  /// Pages that a quota has refused.
  package internal(set) var refusedPages: UInt64 = 0

  // VM.swift
  package internal(set) var kernelPagetable: UInt64 = 0

  // Proc.swift, Scheduler.swift
  package let procs: [Proc]
  /// The process whose kernel thread has the baton; nil during boot.
  package internal(set) var current: Proc?
  var nextpid: Int32 = 1
  var fileSystemReady = false
  /// The baton of `run()`'s caller.
  let caller = Baton()
  private let returns = Atomic<UInt64>(0)
  /// KernelSteps.swift
  let steps: StepCounter

  // Trap.swift
  /// Notices a page fault that comes for ever.
  var faults: FaultWatch
  /// xv6's `ticks`: timer interrupts since boot.
  package internal(set) var ticks: UInt32 = 0
  /// Virtual time besides retired instructions: what traps cost, and what was skipped while all slept.
  var trapCharges: UInt64 = 0
  var skipped: UInt64 = 0
  var nextTick: UInt64 = TICKINTERVAL

  // StopPoint.swift
  /// Watches for the moment at which to stop; nil if there is none.
  let stopWatch: StopWatch?
  /// Where the machine was stopped, once it was.
  package internal(set) var stoppedAt: StoppedAt?

  /// The input to type, and how much of it has been typed.
  var input: [UInt8]
  var typed = 0

  /// How the run ended, once it has.
  package internal(set) var outcome: KernelOutcome?

  /// Whether somebody wants events, and whether somebody wants details too.
  let isObserved: Bool
  let isFollowed: Bool
  /// The hash of everything that happens; nil if it is not wanted.
  let trace: MachineTrace?

  /// Builds a machine and boots it, until the first process is ready to run.
  package convenience init(_ configuration: KernelConfiguration) throws {
    try self.init(configuration, disk: MemoryDisk(image: configuration.disk))
  }

  /// Builds a machine with `disk` in place of the configuration's image.
  package init(_ configuration: KernelConfiguration, disk: any Disk) throws {
    let size = configuration.memorySize
    guard size % PGSIZE == 0, size >= 1 << 20, size <= 64 << 30 else { throw KernelError.memorySize(size) }
    guard let code = initcode(configuration.arguments) else { throw KernelError.arguments }
    self.configuration = configuration
    solution = configuration.solution
    input = configuration.consoleInput
    trace = configuration.trace.map { MachineTrace($0) }
    isFollowed = configuration.follow != nil || trace != nil
    isObserved = configuration.observe != nil || isFollowed
    steps = StepCounter(limit: configuration.stepLimit)
    stopWatch = configuration.stop.map { StopWatch($0.point, program: $0.program) }
    memory = try PhysicalMemory(base: KERNBASE, size: size)
    PHYSTOP = KERNBASE + size
    hart = Hart(memory: memory, fastPaths: configuration.fastPaths)
    hart.trace = trace?.ofInstructions
    faults = FaultWatch(slots: NPROC, limit: configuration.faultLimit)
    hart.watcher = configuration.watcher
    hart.places = configuration.places
    fs = FileSystemState(disk: trace.map { TracedDisk(disk, $0) } ?? disk)
    procs = (0..<NPROC).map { [memory] in Proc(slot: $0, memory: memory) }
    try main(code)
  }

  /// xv6's kernel/main.c, for the only hart.
  private func main(_ code: [UInt8]) throws(KernelHalt) {
    printf("\nxv6 kernel is booting\n\n")
    kinit()
    try kvminit()
    container_init()
    try userinit(code)
    booted = true
  }

  /// What the kernel is doing for the running process.
  package var activity: KernelActivity { current?.activity.described ?? .boot }

  /// Retired user instructions.
  package var retired: UInt64 { hart.retired }

  /// The virtual clock.
  package var mtime: UInt64 { hart.retired &+ trapCharges &+ skipped }

  /// How often the kernel has returned to user mode. It can be read from any thread.
  package var returnsToUserMode: UInt64 { returns.load(ordering: .relaxed) }

  /// Tells the observers about `event`. The event is made only if there is an observer.
  func report(_ event: @autoclosure () -> LabEvent) {
    if isObserved { tell(event()) }
  }

  /// Tells the observers of details about `event`. The event is made only if there is such an observer.
  func reportDetail(_ event: @autoclosure () -> LabEvent) {
    if isFollowed { tell(event()) }
  }

  private func tell(_ event: LabEvent) {
    trace?.lab(event)
    if !event.isDetail { configuration.observe?(event) }
    configuration.follow?(event, retired)
  }

  func countReturnToUserMode() { returns.wrappingAdd(1, ordering: .relaxed) }

  /// Decides how the run ends, unless that is already decided. The running thread leaves at its next
  /// `sched()` or return to user mode, or by throwing.
  package func halt(_ outcome: KernelOutcome) {
    if self.outcome == nil { self.outcome = outcome }
  }
}
