import Sv39MMU

// Places in the guest's code that somebody wants to hear of.
//
// A probed instruction is a block of its own, with a `probe` record before it. So every block that leads to
// the instruction ends before it, and code without probes has nothing to ask. The guest sees no difference,
// because `probe` is no instruction.

/// A hart is about to execute the instruction at a probed address.
package struct ProbeHit: Equatable, Sendable {
  package var hart: UInt64
  /// The physical address of the instruction.
  package var address: UInt64
  /// Its virtual address.
  package var pc: UInt64
  package var satp: UInt64
  package var privilege: PrivilegeMode
  /// x1, x2 and x8: they lead to the caller.
  package var ra, sp, s0: UInt64
  /// a0...a7.
  package var arguments: UserTrap.InlineArguments
  /// Instructions that the hart had retired.
  package var retired: UInt64
}

/// `sret` has led to U mode.
package struct UserReturn: Equatable, Sendable {
  package var hart: UInt64
  package var satp: UInt64
  /// The address at which the program goes on.
  package var pc: UInt64
  /// The program's a0: a system call's result.
  package var a0: UInt64
  /// Instructions that the hart had retired, `sret` among them.
  package var retired: UInt64
}

/// The physical addresses of the instructions at which a hart tells its bus (`PhysicalBus.probe`).
package struct ProbeSet: Equatable, Sendable {
  package private(set) var addresses: Set<UInt64>

  package init(_ addresses: some Sequence<UInt64> = []) { self.addresses = Set(addresses) }

  package var isEmpty: Bool { addresses.isEmpty }

  func contains(_ address: UInt64) -> Bool { !addresses.isEmpty && addresses.contains(address) }
}

extension PhysicalBus {
  package func probe(_ hit: ProbeHit) {}
  package func userReturn(_ event: UserReturn) {}
}

extension Hart {
  /// The record before a probed `instruction`, which has its place in a block and lies at `ramOffset`.
  func probe(before instruction: DecodedInstruction, _ ramOffset: UInt64) -> DecodedInstruction {
    var probe = DecodedInstruction(.probe, length: 0)
    probe.offset = instruction.offset
    probe.immediate = Int64(bitPattern: memory.base &+ ramOffset)
    return probe
  }

  /// Tells of the instruction at physical `address` and virtual `pc`: the bus if it is probed, the watcher if
  /// it is an open place. `retired` instructions have retired before it.
  @inline(never) func reportProbe(_ address: UInt64, pc: UInt64, retired: UInt64) {
    if privilege == .user, let places, places.isOpen(pc) { watcher?.reached(pc, satp: satp, hart: id) }
    guard probes.contains(address) else { return }
    bus?.probe(
      ProbeHit(
        hart: id, address: address, pc: pc, satp: satp, privilege: privilege, ra: registers[1],
        sp: registers[2], s0: registers[8], arguments: arguments, retired: retired))
  }

  /// Whether the instruction at `offset` from the start of RAM is probed.
  func isProbed(ramOffset: UInt64) -> Bool { probes.contains(memory.base &+ ramOffset) }

  /// Tells the bus that the `sret` at `pc` leads to U mode at `next`, if it does.
  @inline(never) func reportUserReturn(to next: UInt64) {
    guard privilege == .user, let bus else { return }
    bus.userReturn(UserReturn(hart: id, satp: satp, pc: next, a0: registers[10], retired: retired &+ 1))
  }

  /// a0...a7.
  var arguments: UserTrap.InlineArguments {
    .init(
      a0: registers[10], a1: registers[11], a2: registers[12], a3: registers[13], a4: registers[14],
      a5: registers[15], a6: registers[16], a7: registers[17])
  }
}
