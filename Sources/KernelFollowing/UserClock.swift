/// Counts the instructions that programs retire on a board, all harts' together: from each return to user mode until the
/// program traps. What is under way counts when it is over.
///
/// An exception is the machine's to tell. An interrupt is seen where it leads to: at the first instruction of the kernel's
/// `uservec`, or of the `timervec` that the kernels before 2024 have below it in machine mode.
struct UserClock {
  private(set) var retired: UInt64 = 0
  /// What each hart in user mode had retired when it got there.
  private var begins: [UInt64: UInt64] = [:]

  /// Hart `hart`, which has retired `moment` instructions, goes to a program.
  mutating func enter(_ hart: UInt64, at moment: UInt64) { begins[hart] = moment }

  /// It leaves the program, if it was in one that counts.
  mutating func leave(_ hart: UInt64, at moment: UInt64) {
    guard let begin = begins.removeValue(forKey: hart) else { return }
    retired &+= moment &- begin
  }
}
