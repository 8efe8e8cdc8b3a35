import ObjectFile
import RV64
import Sv39MMU
import Synchronization

/// A machine on which xv6 kernels of every year boot: the parts of QEMU's `virt` board that they use, with 1
/// to 8 harts.
///
///     let board = try Board(kernel: ELF(parsing: bytes), configuration)
///     board.onConsoleOutput = { print($0) }
///     board.type(Array("ls\n".utf8))
///     let stop = board.run()
///
/// **Reset.** Every hart starts at 0x80000000 in M mode, whatever entry point the ELF file names, as in QEMU
/// with `-bios none`. Its a0 has its hart ID, and its a1 is zero (QEMU passes a device tree in a1, which xv6
/// never reads). There is no floating point.
///
/// **Order.** Harts take turns on the calling thread, by a schedule that comes from a seed. Nothing depends
/// on the host. `time` counts the instructions of all harts, ten to a tick. If every hart waits, in `wfi` or
/// in a loop of its kernel, time skips to the next timer.
///
/// **What a kernel needs.** Kernels may enable Sstc. PMP is enforced once a kernel turns an entry on; a
/// strict configuration enforces it always. If the choice of the disk's transport is automatic, the board
/// finds it by a trial. It stops before the driver reads the version, and offers version 2. If the driver
/// then does not acknowledge the device, the board goes back to that instruction and offers version 1.
/// `findings` says what was chosen.
///
/// **For a grader.** `onConsoleOutput` gets the console's bytes, and `type` types. `onUserTrap` sees each
/// exception in U mode before the kernel does (a system call is cause 8, its number is in `arguments.a7`).
/// `follow` also reports steps of the kernel itself. `readVirtual` reads the memory of a process.
/// `snapshot()` and `init(restoring:)` start many runs from one boot. `BoardStopper` ends a run from another
/// thread. Use a board from one thread at a time.
package final class Board {
  package static let ramBase: UInt64 = 0x8000_0000
  package static let maxHarts = 8

  package let configuration: BoardConfiguration
  package let memory: PhysicalMemory
  package let stopper = BoardStopper()
  let harts: [HartSlot]
  let bus: Bus
  /// The kernel's file, for people to read what went wrong; nil if the board goes on from a snapshot.
  private var kernel: ELF?
  var waiting: UInt64 = 0
  var schedule: Schedule
  /// The instructions that all harts retired, plus those that would have run in the skipped time.
  var clock: UInt64 = 0
  /// The instructions that all harts retired.
  package internal(set) var retired: UInt64 = 0
  /// The number of instructions that the present hart had retired when its turn began.
  private(set) var turnBegin: UInt64 = 0
  /// The value of `clock` at the last sign of life.
  var lastLife: UInt64 = 0
  var life = Life()
  /// The bytes that were typed, delivered or not. Those from `inputStart` on wait for the guest.
  var input: [UInt8] = []
  private var inputStart = 0
  /// What the board has found out about the disk's driver.
  var diskFindings: [String] = []

  /// Called with each piece of console output, on the thread that runs the board.
  package var onConsoleOutput: (([UInt8]) -> Void)?
  /// Called if every hart waits and no typed byte is left: time is about to skip by this many ticks. The
  /// function may call `type`. `ticks` is nil if no timer is set: then the run ends, unless the function
  /// types something.
  package var onIdle: ((_ ticks: UInt64?) -> Void)?
  /// Called for each exception in U mode before it is delivered. The function must not run the board.
  package var onUserTrap: ((UserTrap) -> Void)? {
    didSet {
      guard let onUserTrap else {
        bus.onUserTrap = nil
        return
      }
      bus.onUserTrap = { [unowned self] trap in
        flushConsole()
        onUserTrap(trap)
      }
    }
  }

  /// A board with `kernel` in its RAM.
  package convenience init(kernel: ELF, _ configuration: BoardConfiguration) throws(BoardError) {
    try self.init(configuration)
    try KernelLoader(memory).load(kernel)
    self.kernel = kernel
    for slot in harts {
      slot.hart.pc = Self.ramBase
      slot.hart.setRegister(10, slot.hart.id)
    }
    bus.pausesAtVersion = configuration.virtio == .automatic && configuration.disk != nil
  }

  /// A board that goes on from a snapshot. Snapshots do not hold hooks.
  package convenience init(restoring snapshot: BoardSnapshot) throws(BoardError) {
    try self.init(snapshot.configuration, from: snapshot.memory.frozen)
    restore(snapshot)
  }

  private init(_ configuration: BoardConfiguration, from frozen: FrozenMemory? = nil) throws(BoardError) {
    guard 1...Self.maxHarts ~= configuration.harts else { throw .harts(configuration.harts) }
    self.configuration = configuration
    do {
      memory =
        if let frozen {
          try PhysicalMemory(sharing: frozen)
        } else {
          try PhysicalMemory(base: Self.ramBase, size: configuration.memorySize)
        }
    } catch {
      throw .memory("\(error)")
    }
    let bus = Bus(
      memory: memory,
      devices: Devices(
        harts: configuration.harts, disk: configuration.disk,
        virtioVersion: configuration.virtio == .legacy ? 1 : 2),
      trace: configuration.trace.map { MachineTrace($0) }, stopper: stopper)
    self.bus = bus
    harts = (0..<UInt64(configuration.harts)).map { [memory] id in
      let slot = HartSlot(Hart(memory: memory, id: id, bus: bus, fastPaths: configuration.fastPaths))
      slot.hart.allowsWithoutPMP = configuration.pmp == .permissive
      slot.hart.trace = bus.trace?.ofInstructions
      return slot
    }
    schedule = Schedule(seed: configuration.seed, harts: configuration.harts)
  }

  // MARK: The console and the guest's memory

  /// Types at the console. The guest gets the next byte whenever it has read the one before.
  package func type(_ bytes: [UInt8]) {
    input.removeFirst(inputStart)
    inputStart = 0
    input += bytes
  }

  /// How many typed bytes the guest has not been given yet.
  package var pendingInput: Int { input.count - inputStart }

  /// How many bytes the guest has sent to the console.
  package var consoleBytes: UInt64 { bus.devices.consoleBytes }

  /// The disk with its present contents.
  package var disk: [UInt8]? { bus.devices.virtio[0].device?.bytes }

  /// The virtio version of the disk: 1 is legacy.
  package var diskVersion: UInt32 { bus.devices.virtio[0].version }

  /// How many disk requests were served since the board was made.
  package var diskRequests: UInt64 { bus.devices.virtio[0].requests }

  /// What the devices have done since the board was made, in units of what an instruction costs the host.
  package var deviceWork: UInt64 { bus.devices.work }

  /// If the devices have done this much work, a run ends with `.limit`.
  package var deviceWorkLimit: UInt64 {
    get { bus.workLimit }
    set { bus.workLimit = newValue }
  }

  /// Starts a new, empty record of what the guest writes to its disk: see `recordedWrites`.
  package func recordWrites() { bus.devices.virtio[0].device?.recorded = [] }

  /// What was written to the disk since `recordWrites()`, in order.
  package var recordedWrites: [SectorWrite] { bus.devices.virtio[0].device?.recorded ?? [] }

  /// The virtio version that the disk shows.
  package var virtioVersion: Int { Int(bus.devices.virtio[0].version) }

  /// Virtual time, in ticks of 10 MHz.
  package var time: UInt64 { clock / Self.instructionsPerTick }

  /// Up to `count` bytes at virtual address `va` of the address space `satp`. Pages of S mode and of U mode
  /// are both read. Fewer bytes if a page is not mapped.
  package func readVirtual(satp: UInt64, va: UInt64, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let address = va &+ UInt64(bytes.count)
      let inPage = min(count - bytes.count, 4096 - Int(address & 4095))
      var physical = address
      if satp >> 60 != 0 {
        let result = Sv39.walk(
          memory: memory, root: (satp & (1 << 44 - 1)) << 12, va: address, access: .load,
          privilege: .supervisor, sum: true, mxr: true, updateAD: false)
        guard case .translated(let translation) = result else { break }
        physical = translation.physicalAddress
      }
      guard let pointer = memory.pointer(physical, count: inPage) else { break }
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: pointer, count: inPage))
    }
    return bytes
  }

  func flushConsole() {
    guard !bus.console.isEmpty else { return }
    onConsoleOutput?(bus.console)
    bus.console.removeAll(keepingCapacity: true)
  }

  // MARK: Turns

  /// How many ticks `time` counts in a second.
  package static let ticksPerSecond = Clint.frequency
  static let instructionsPerTick: UInt64 = 10
  /// If harts only seem to wait because they spin, time skips at most this many ticks: a tenth of a second.
  private static let longestGuess: UInt64 = 1_000_000

  /// Runs until there is a reason to stop. If the harts have retired `limit` instructions in all, the reason
  /// is `.limit`.
  package func run(until limit: UInt64 = .max) -> BoardStop {
    defer { flushConsole() }
    let limit = min(limit, configuration.instructionLimit)
    while true {
      if let request = bus.request {
        bus.request = nil
        switch request {
        case .powerOff(let status): return .poweredOff(status: status)
        case .reset: return .reset
        }
      }
      if bus.devices.consoleBytes > configuration.consoleLimit { return .consoleLimit }
      if stopper.isStopped { return .stopped }
      if retired >= limit || bus.devices.work >= bus.workLimit { return .limit }
      if schedule.left == 0, let stop = beginTurn() { return stop }
      if let stop = takeTurn(limit) { return stop }
      if bus.isPausedAtVersion, let stop = findVersion() { return stop }
    }
  }

  /// Skips time as long as all harts wait, and then gives a hart the turn.
  private func beginTurn() -> BoardStop? {
    flushConsole()
    while true {
      deliverInput()
      var awake: UInt64 = 0
      for (n, slot) in harts.enumerated() {
        slot.hart.timeOffset = clock &- slot.hart.retired
        slot.hart.followSignals()
        if waiting >> UInt64(n) & 1 != 0 && slot.hart.hasWakeup { waiting &= ~(1 << UInt64(n)) }
        if waiting >> UInt64(n) & 1 == 0 { awake |= 1 << UInt64(n) }
      }
      let spins = schedule.seemsIdle(awake: awake, hasPrograms: bus.devices.userTraps > 0)
      if awake != 0 && !spins {
        schedule.next(awake: awake)
        return nil
      }
      if let stop = skipTime(isGuess: awake != 0) { return stop }
    }
  }

  /// Every hart waits, so time moves on to the next timer. If this is only a guess, because some harts spin,
  /// time moves only if there are no signs of life, and in steps if no timer is set.
  private func skipTime(isGuess: Bool) -> BoardStop? {
    schedule.doubtAll()
    let now = time
    var next = UInt64.max
    for slot in harts where slot.hart.nextWakeup > now { next = min(next, slot.hart.nextWakeup) }
    if isGuess { next = min(next, now + Self.longestGuess) }
    // A timer later than this counts as not set: the clock must not overflow.
    let isSet = next < 1 << 58
    let present = Life(bus, input: pendingInput)
    if present != life {
      life = present
      lastLife = clock
      if isGuess { return nil }
    }
    if pendingInput == 0, let onIdle {
      onIdle(isSet ? next - now : nil)
      if pendingInput > 0 { return nil }
      if stopper.isStopped { return .stopped }
    }
    guard isSet, (clock - lastLife) / Self.instructionsPerTick < configuration.idleLimit else {
      return bus.listensToConsole || bus.devices.uart.isPolled ? .idle : .deadlocked
    }
    let then = clock
    clock = max(clock, next * Self.instructionsPerTick)
    bus.trace?.event(BoardEvent.skipped, then, clock)
    return nil
  }

  private func deliverInput() {
    while inputStart < input.count && bus.devices.uart.canReceive {
      bus.trace?.event(BoardEvent.typed, UInt64(input[inputStart]), clock)
      bus.receive(input[inputStart])
      inputStart += 1
    }
  }

  private func takeTurn(_ limit: UInt64) -> BoardStop? {
    let slot = harts[schedule.hart]
    let before = slot.hart.retired
    turnBegin = before
    slot.hart.timeOffset = clock &- before
    slot.hart.followSignals()
    let end = slot.hart.run(until: before + min(schedule.left, limit - retired))
    let done = slot.hart.retired - before
    retired += done
    clock += done
    schedule.left -= min(done, schedule.left)
    switch end {
    case .limit, .bus: break
    case .waiting:
      waiting |= 1 << UInt64(schedule.hart)
      schedule.left = 0
    case .trapLoop(let cause):
      return earlyStop(slot) ?? .trapLoop(hart: schedule.hart, cause: cause, pc: slot.hart.pc)
    }
    if schedule.left == 0 { endTurn(slot) }
    return nil
  }

  private func endTurn(_ slot: HartSlot) {
    schedule.endTurn(slot.hart.place())
    guard let trace = bus.trace else { return }
    trace.event(BoardEvent.turn, slot.hart.id, clock)
    trace.hart(slot.hart)
  }

  /// Why the hart traps for ever, if it is because of a trap that came before the kernel could handle one.
  private func earlyStop(_ slot: HartSlot) -> BoardStop? {
    guard let trap = slot.hart.earlyTrap, trap.retired == slot.hart.retired else { return nil }
    // Nothing has retired since, so the registers are those of the instruction that trapped.
    let frame = CallFrame(
      pc: trap.pc, ra: slot.hart.register(1), sp: slot.hart.register(2), s0: slot.hart.register(8))
    let satp = trap.isSupervisors ? slot.hart.satp : 0
    let stop = EarlyStop(
      trap, hart: schedule.hart, frame: frame, ramEnd: memory.base + memory.size, kernel: kernel
    ) { va in
      let bytes = readVirtual(satp: satp, va: va, count: 8)
      return bytes.count == 8 ? bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } : nil
    }
    return .earlyTrap(stop)
  }
}

/// A hart cannot be copied, so an array cannot hold it directly. This class holds one hart for an array.
final class HartSlot {
  /// Only one caller at a time runs the hart, and uses it for nothing else meanwhile. So exclusive access
  /// need not be checked at each turn.
  @exclusivity(unchecked) var hart: Hart
  init(_ hart: consuming Hart) { self.hart = hart }
}

/// The counters that change if the machine does anything that can be seen from outside.
struct Life: Equatable, Sendable {
  var console: UInt64 = 0
  var requests: UInt64 = 0
  var traps: UInt64 = 0
  var input = 0

  init() {}

  init(_ bus: Bus, input: Int) {
    console = bus.devices.consoleBytes
    requests = bus.devices.virtio[0].requests
    traps = bus.devices.userTraps
    self.input = input
  }
}

/// Ends a board's run from another thread.
package final class BoardStopper: Sendable {
  private let flag = Atomic(false)

  package var isStopped: Bool { flag.load(ordering: .relaxed) }

  /// Ends the run soon, with `.stopped`. Every later run ends so too.
  package func stop() { flag.store(true, ordering: .relaxed) }
}
