import Sv39MMU

/// Everything that the future of a hart depends on, except its memory.
package struct HartState: Equatable, Sendable {
  var registers: [UInt64]
  var pc, retired, satp: UInt64
  var privilege: PrivilegeMode
  var control: ControlRegisters
  var pmp: PMP
  var allowsWithoutPMP: Bool
  var timeOffset, instructionsPerTick, timerCompare: UInt64
  var reservation: Reservation?
}

/// The place of a hart, to find out whether it makes progress.
package struct HartPlace {
  package var privilege: PrivilegeMode
  package var stackPointer: UInt64
  /// Most probably differs if `pc` or a register differs. Not zero.
  package var fingerprint: UInt64
}

extension Hart {
  /// The place of the hart now. (Mutating, so that the hart is not copied for it.)
  package mutating func place() -> HartPlace {
    var fingerprint = pc
    for n in 1..<32 {
      fingerprint = (fingerprint ^ registers[n]) &* 0x9E37_79B9_7F4A_7C15 &+ fingerprint >> 29
    }
    return HartPlace(privilege: privilege, stackPointer: registers[2], fingerprint: max(fingerprint, 1))
  }

  /// Whether the guest has turned on any PMP entry.
  package var usesPMP: Bool { !pmp.isOff }

  /// The state now.
  package func save() -> HartState {
    HartState(
      registers: (0..<32).map { registers[$0] }, pc: pc, retired: retired, satp: satp, privilege: privilege,
      control: control, pmp: pmp, allowsWithoutPMP: allowsWithoutPMP, timeOffset: timeOffset,
      instructionsPerTick: instructionsPerTick, timerCompare: timerCompare, reservation: reservation)
  }

  /// Restores a saved state.
  package mutating func restore(_ state: HartState) {
    for (n, value) in state.registers.enumerated() { setRegister(n, value) }
    pc = state.pc
    retired = state.retired
    satp = state.satp
    control = state.control
    pmp = state.pmp
    allowsWithoutPMP = state.allowsWithoutPMP
    timeOffset = state.timeOffset
    instructionsPerTick = state.instructionsPerTick
    timerCompare = state.timerCompare
    reservation = state.reservation
    earlyTrap = nil
    forgetTranslations()
    enter(state.privilege)
  }
}
