/// Counts the instructions that programs retire on a board, on all harts together: from each return to user
/// mode until the program traps. They are added to the count at the trap.
///
/// The machine reports exceptions. An interrupt is seen at the instruction to which it leads: the first one
/// of the kernel's `uservec`, or of `timervec`. Kernels before 2024 have `timervec` below the kernel, in
/// machine mode.
struct UserClock {
  private(set) var retired: UInt64 = 0
  /// For each hart in user mode: how many instructions it had retired when it entered user mode.
  private var begins: [UInt64: UInt64] = [:]

  /// Hart `hart` enters a program. It has retired `moment` instructions.
  mutating func enter(_ hart: UInt64, at moment: UInt64) { begins[hart] = moment }

  /// Hart `hart` leaves the program, if it was in one that counts.
  mutating func leave(_ hart: UInt64, at moment: UInt64) {
    guard let begin = begins.removeValue(forKey: hart) else { return }
    retired &+= moment &- begin
  }
}
