/// The devices that answer at physical addresses outside RAM.
///
/// A hart asks the bus only for plain, aligned loads and stores. LR, SC, AMO, misaligned accesses and fetches
/// are access faults there, and so is everything that the bus refuses. `retired` and `pc` are exact at each
/// access. After it the hart takes over `signals`, so that an interrupt which the access raised comes before
/// the next instruction.
///
/// While a hart runs, nobody else may touch it: the bus answers from its own state.
package protocol PhysicalBus: AnyObject {
  /// A load of `size` (1, 2, 4 or 8) bytes, by hart `hart`, whose `time` is given in ticks.
  func read(_ address: UInt64, size: Int, hart: UInt64, time: UInt64) -> BusAnswer
  /// A store of the low `size` bytes of `value`; false if no device takes it.
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
  /// Not now. The run ends (`RunStop.bus`) before the instruction, which is executed when the hart runs
  /// again.
  case later
}

/// The signals of the devices to one hart.
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
  /// Takes over the signals of the bus to this hart. A program that runs several harts calls it if another
  /// hart may have changed them.
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

  /// The `time` from which on the timers of this hart wake it; `.max` if none is enabled.
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

  /// Completes the load or store at `pc`. `translate` found that its address is not RAM.
  @inline(never) mutating func accessBus(_ instruction: DecodedInstruction) -> ExecuteResult {
    guard let address = busAddress.take(), let bus else { return .trap }
    let va = registers[Int(instruction.rs1)] &+ UInt64(bitPattern: instruction.immediate)
    switch instruction.operation.effect {
    case .store(let access)?:
      guard va & UInt64(access.size - 1) == 0 else { return .trap }
      let value = access.extended(registers[Int(instruction.rs2)])
      guard bus.write(address, size: access.size, value, hart: id, time: time) else { return .trap }
      // A device that was told to start may have written to memory.
      followWrites()
    case .load(let access)?:
      guard va & UInt64(access.size - 1) == 0 else { return .trap }
      switch bus.read(address, size: access.size, hart: id, time: time) {
      case .value(let value): registers[Int(instruction.rd)] = access.extended(value)
      case .fault: return .trap
      case .later: return .bus
      }
    default: return .trap
    }
    pc = pc &+ UInt64(instruction.length)
    retired &+= 1
    let signals = bus.signals(hart: id)
    take(signals)
    return signals.stop ? .bus : .resume
  }

  /// Tells the bus of the trap that is about to be delivered, if it comes from U mode.
  mutating func reportUserTrap() {
    guard privilege == .user, let bus else { return }
    bus.userTrap(
      UserTrap(
        hart: id, cause: trapCause, value: trapValue, pc: pc, satp: satp, ra: registers[1], sp: registers[2],
        arguments: arguments, retired: retired))
  }
}
