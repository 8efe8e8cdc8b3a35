import Sv39MMU

/// One RV64 hart (interface stub while the house is being built).
package struct Hart: ~Copyable {
  package let memory: PhysicalMemory
  package var pc: UInt64 = 0
  /// Retired instructions (`minstret`).
  package var retired: UInt64 = 0
  package var satp: UInt64 = 0
  package init(memory: PhysicalMemory, id: UInt64 = 0) { self.memory = memory }
  /// Integer register `x[n]`.
  package func register(_ n: Int) -> UInt64 { 0 }
  package mutating func setRegister(_ n: Int, _ value: UInt64) {}
  /// x1...x31 to and from 31 consecutive doublewords of RAM, as xv6's trampoline saves and restores them.
  package func saveRegisters(to address: UInt64) {}
  package mutating func loadRegisters(from address: UInt64) {}
  /// `sfence.vma zero, zero`.
  package mutating func fence() {}
  package enum Stop: Equatable { case limit, trap(scause: UInt64, stval: UInt64) }
  /// Runs in U mode until a trap, which is handed to the caller with `pc` the address of the trapping instruction,
  /// or until `retired` has reached `limit`.
  package mutating func runUser(until limit: UInt64) -> Stop { .limit }
}
