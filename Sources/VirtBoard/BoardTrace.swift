import RV64
import Sv39MMU

/// What a board adds to its trace, besides what the harts add. The numbers are part of the hash.
enum BoardEvent: UInt64 {
  /// A hart loads from a device: address, value, size and hart, time.
  case read = 1
  /// A hart stores to a device: the same numbers as for a load.
  case write
  /// A device sets its interrupt line: source, 1 for up.
  case line
  /// A disk request was served. The pieces of the request follow, as they are in RAM afterwards.
  case disk
  /// A typed byte reaches the guest: the byte, the clock.
  case typed
  /// Idle time is skipped: the clock before and after.
  case skipped
  /// A hart's turn is over: the hart, the clock. The hart's state follows.
  case turn
  /// An exception in U mode: hart and cause, value, pc, satp. Arguments a0...a7 follow, four by four.
  case trap
  case arguments
}

extension Board {
  /// The hashes of everything that was done since the board was made, and of the present state. If the board
  /// came from a snapshot, they also cover what the snapshot's board did. Nil if `BoardConfiguration.trace`
  /// is nil.
  package var traceSum: TraceSum? {
    guard let trace = bus.trace else { return nil }
    let before = trace.state
    defer { trace.state = before }
    for slot in harts { trace.hart(slot.hart) }
    return trace.sum(memory, from: memory.base, disk: disk ?? [])
  }
}

extension MachineTrace {
  /// Adds an exception in U mode to the trace.
  func userTrap(_ trap: UserTrap) {
    event(BoardEvent.trap, trap.hart << 32 | trap.cause, trap.value, trap.pc, trap.satp)
    let a = trap.arguments
    event(BoardEvent.arguments, a.a0, a.a1, a.a2, a.a3)
    event(BoardEvent.arguments, a.a4, a.a5, a.a6, a.a7)
  }

  /// Adds a served request to the trace.
  func request(_ chain: VirtioQueue.Chain, written: UInt32, _ memory: PhysicalMemory) {
    event(BoardEvent.disk, UInt64(chain.head), UInt64(written), UInt64(chain.readable.count))
    for piece in chain.readable + chain.writable {
      guard let start = memory.pointer(piece.address, count: piece.count) else { continue }
      bytes(UnsafeRawBufferPointer(start: start, count: piece.count))
    }
  }
}
