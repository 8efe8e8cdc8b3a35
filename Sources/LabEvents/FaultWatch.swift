import Sv39MMU

/// A fault that a program can never get past: it came again and again, and nothing changed in between.
package struct EndlessFault: Sendable, Equatable, Codable {
  package var scause: UInt64
  package var stval: UInt64
  /// The address of the instruction.
  package var sepc: UInt64
  /// How often it came.
  package var times: UInt64

  package init(scause: UInt64, stval: UInt64, sepc: UInt64, times: UInt64) {
    self.scause = scause
    self.stval = stval
    self.sepc = sepc
    self.times = times
  }
}

/// Notices a fault that comes for ever. Both hosts use it.
///
/// A fault counts as *repeated* if it is the same one (address space, cause, address, instruction), if its
/// program has not gone on since, if the page-table entries of the address are the same, and if no program of
/// the machine has made a system call or another fault since. A kernel without free pages may let a program
/// fault until some other process gives pages back; then that process makes a system call, and the count
/// begins anew.
package struct FaultWatch: Sendable {
  /// After so many repetitions nobody will end them. A fault takes xv6 at least 300 instructions, so these
  /// are more than three ticks of its clock: every process that can run has had its turn. They take the host
  /// less than a second.
  package static let standard: UInt64 = 100_000

  /// A run that is done again to explain an endless fault ends after so many repetitions: more show nothing
  /// new.
  package static let followed: UInt64 = 1000

  private struct Repetition: Sendable {
    var root: UInt64 = 0
    var program: UInt64 = 0
    var scause: UInt64 = 0
    var stval: UInt64 = 0
    var sepc: UInt64 = 0
    var entries: UInt64 = 0
    var activity: UInt64 = 0
    var times: UInt64 = 0
  }

  private var slots: [Repetition]
  private let limit: UInt64
  /// Counts what any program has done.
  private var activity: UInt64 = 0

  /// - `slots`: how many processes are watched at the same time;
  /// - `limit`: how often a fault must come.
  package init(slots: Int, limit: UInt64 = standard) {
    self.slots = Array(repeating: Repetition(), count: max(1, slots))
    self.limit = limit
  }

  /// A program has made a system call.
  package mutating func noteCall() { activity &+= 1 }

  /// A program has made a fault. Returns it if it has now come too often.
  ///
  /// - `slot`: which process it is. If two processes have the same number, they disturb each other's counts;
  /// - `root`: the root of its page table;
  /// - `program`: a number that changes if the program goes on.
  package mutating func noteFault(
    slot: Int, root: UInt64, program: UInt64, scause: UInt64, stval: UInt64, sepc: UInt64,
    memory: PhysicalMemory
  ) -> EndlessFault? {
    let slot = slot % slots.count
    let entries = Self.entries(memory, root, stval)
    let last = slots[slot]
    guard last.root == root, last.program == program, last.scause == scause, last.stval == stval,
      last.sepc == sepc, last.entries == entries
    else {
      activity &+= 1
      slots[slot] = Repetition(
        root: root, program: program, scause: scause, stval: stval, sepc: sepc, entries: entries,
        activity: activity, times: 1)
      return nil
    }
    slots[slot].times = last.activity == activity ? last.times &+ 1 : 1
    slots[slot].activity = activity
    guard slots[slot].times >= limit else { return nil }
    return EndlessFault(scause: scause, stval: stval, sepc: sepc, times: slots[slot].times)
  }

  /// A sum of the page-table entries on the way to `va`, all three levels.
  private static func entries(_ memory: PhysicalMemory, _ root: UInt64, _ va: UInt64) -> UInt64 {
    var table = root
    var sum: UInt64 = 0
    for level in [2, 1, 0] as [UInt64] {
      let entry = memory.load64(table &+ 8 &* (va &>> (12 &+ 9 &* level) & 511))
      sum = sum &* 0x9E37_79B9_7F4A_7C15 &+ entry
      guard PTE(rawValue: entry).isPointer else { break }
      table = PTE(rawValue: entry).pa
    }
    return sum
  }
}
