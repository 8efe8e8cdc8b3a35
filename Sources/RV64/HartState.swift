import Sv39MMU

/// Everything that a hart's future depends on, but for its memory.
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

extension Hart {
  /// Whether the guest has turned on any PMP entry.
  package var usesPMP: Bool { !pmp.isOff }

  /// The state now. Cached translations are forgotten, since a hart that takes up the state has none: from
  /// here on both see the same page tables.
  package mutating func save() -> HartState {
    forgetTranslations()
    return HartState(
      registers: (0..<32).map { registers[$0] }, pc: pc, retired: retired, satp: satp, privilege: privilege,
      control: control, pmp: pmp, allowsWithoutPMP: allowsWithoutPMP, timeOffset: timeOffset,
      instructionsPerTick: instructionsPerTick, timerCompare: timerCompare, reservation: reservation)
  }

  /// Takes up a saved state.
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
    forgetTranslations()
    enter(state.privilege)
  }
}
