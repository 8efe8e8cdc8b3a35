/// What answers at physical addresses that are not RAM.
///
/// A hart asks it only for plain, aligned loads and stores; LR, SC, AMO, misaligned accesses and fetches are access
/// faults there, and so is what the bus refuses. Each access is made with `retired` and `pc` exact, and afterwards the hart
/// takes up `signals`, so that an interrupt that the access raised comes before the next instruction.
///
/// While a hart runs, nobody else may touch it: the bus answers from its own state.
package protocol PhysicalBus: AnyObject {
  /// A load of `size` (1, 2, 4 or 8) bytes, by hart `hart`, whose `time` is given in ticks.
  func read(_ address: UInt64, size: Int, hart: UInt64, time: UInt64) -> BusAnswer
  /// A store of the low `size` bytes of `value`; false where nothing takes it.
  func write(_ address: UInt64, size: Int, _ value: UInt64, hart: UInt64, time: UInt64) -> Bool
  /// What the devices tell hart `hart` now.
  func signals(hart: UInt64) -> HartSignals
  /// An exception in U mode, before it is delivered.
  func userTrap(_ trap: UserTrap)
  /// A probed instruction is about to be executed (`Hart.probes`).
  func probe(_ hit: ProbeHit)
  /// `sret` has led to U mode (`Hart.reportsUserReturns`).
  func userReturn(_ event: UserReturn)
}

/// The answer to a load from the bus.
package enum BusAnswer: Equatable, Sendable {
  /// The bytes, zero-extended.
  case value(UInt64)
  /// Nothing is there: an access fault.
  case fault
  /// Not now: the run ends (`RunStop.bus`) before the instruction, which will be executed when the hart runs again.
  case later
}

/// What devices hold up towards one hart.
package struct HartSignals: Equatable, Sendable {
  /// Bits of `mip`, but for MTIP.
  package var lines: UInt64
  /// `mtimecmp`: MTIP is up from this `time` on.
  package var timerCompare: UInt64
  /// The run must end (`RunStop.bus`).
  package var stop: Bool

  package init(lines: UInt64, timerCompare: UInt64, stop: Bool) {
    self.lines = lines
    self.timerCompare = timerCompare
    self.stop = stop
  }
}

/// An exception that an instruction in U mode raised; for `ecall`, a system call.
package struct UserTrap: Equatable, Sendable {
  package var hart: UInt64
  package var cause: UInt64
  /// What `stval` will hold.
  package var value: UInt64
  /// The address of the instruction.
  package var pc: UInt64
  package var satp: UInt64
  /// x1 and x2.
  package var ra, sp: UInt64
  /// a0...a7.
  package var arguments: InlineArguments
  /// Instructions that the hart had retired.
  package var retired: UInt64

  /// Registers a0...a7, without an allocation.
  package struct InlineArguments: Equatable, Sendable {
    package var a0, a1, a2, a3, a4, a5, a6, a7: UInt64
  }
}

extension Hart {
  /// Takes up what the bus tells this hart. Whoever runs several harts calls it when another may have changed that.
  package mutating func followSignals() {
    guard let bus else { return }
    take(bus.signals(hart: id))
  }

  private mutating func take(_ signals: HartSignals) {
    control.lines = signals.lines
    timerCompare = signals.timerCompare
  }

  /// Whether `wfi` would not wait.
  package var hasWakeup: Bool { mutating get { pendingInterrupts & control.mie != 0 } }

  /// The `time` from which on this hart's timers wake it; `.max` where none is enabled.
  package var nextWakeup: UInt64 {
    mutating get {
      var next = UInt64.max
      if control.mie & Interrupt.machineTimer.bit != 0 { next = timerCompare }
      if control.mie & Interrupt.supervisorTimer.bit != 0 && control.menvcfg & ControlRegisters.stce != 0 {
        next = min(next, control.stimecmp)
      }
      return next
    }
  }

  /// Completes the load or store at `pc`, whose address `translate` found not to be RAM.
  @inline(never) mutating func accessBus(_ instruction: DecodedInstruction) -> ExecuteResult {
    guard let address = busAddress.take(), let bus, let access = BusAccess(instruction.operation) else {
      return .trap
    }
    let va = registers[Int(instruction.rs1)] &+ UInt64(bitPattern: instruction.immediate)
    guard va & UInt64(access.size - 1) == 0 else { return .trap }
    if access.isStore {
      let mask = access.size == 8 ? UInt64.max : 1 << UInt64(8 * access.size) - 1
      let value = registers[Int(instruction.rs2)] & mask
      guard bus.write(address, size: access.size, value, hart: id, time: time) else { return .trap }
      // A device that was told to start may have written to memory.
      followWrites()
    } else {
      switch bus.read(address, size: access.size, hart: id, time: time) {
      case .value(let value): registers[Int(instruction.rd)] = access.extended(value)
      case .fault: return .trap
      case .later: return .bus
      }
    }
    pc = pc &+ UInt64(instruction.length)
    retired &+= 1
    let signals = bus.signals(hart: id)
    take(signals)
    return signals.stop ? .bus : .resume
  }

  /// Tells the bus of the trap that is about to be delivered, if it is U mode's.
  mutating func reportUserTrap() {
    guard privilege == .user, let bus else { return }
    bus.userTrap(
      UserTrap(
        hart: id, cause: trapCause, value: trapValue, pc: pc, satp: satp, ra: registers[1], sp: registers[2],
        arguments: arguments, retired: retired))
  }
}

/// What a load or store moves.
private struct BusAccess {
  var size: Int
  var isStore = false
  var isSigned = false

  init?(_ operation: Operation) {
    switch operation {
    case .lb: (size, isSigned) = (1, true)
    case .lh: (size, isSigned) = (2, true)
    case .lw: (size, isSigned) = (4, true)
    case .ld: size = 8
    case .lbu: size = 1
    case .lhu: size = 2
    case .lwu: size = 4
    case .sb: (size, isStore) = (1, true)
    case .sh: (size, isStore) = (2, true)
    case .sw: (size, isStore) = (4, true)
    case .sd: (size, isStore) = (8, true)
    default: return nil
    }
  }

  /// What a load leaves in its register.
  func extended(_ value: UInt64) -> UInt64 {
    let unused = UInt64(64 - 8 * size)
    let shifted = value &<< unused
    return isSigned ? UInt64(bitPattern: Int64(bitPattern: shifted) &>> Int64(unused)) : shifted &>> unused
  }
}
