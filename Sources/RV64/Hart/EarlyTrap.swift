/// The first trap of a hart that found no handler: `mtvec`, or `stvec` if it went to S mode, was zero, as
/// it is before the program has set it.
package struct EarlyTrap: Equatable, Sendable {
  package var cause: UInt64
  /// What `mtval` or `stval` got.
  package var value: UInt64
  /// The address of the instruction.
  package var pc: UInt64
  /// Whether it went to S mode.
  package var isSupervisors: Bool
  /// Instructions that the hart had retired.
  package var retired: UInt64
}
