import RV64
import Sv39MMU

/// What a board folds into its trace, beside the harts. The numbers are part of the hash.
enum BoardEvent: UInt64 {
  /// A hart's load from a device: address, value, size and hart, time.
  case read = 1
  /// A hart's store to a device: the same.
  case write
  /// A device says where its interrupt line is: source, 1 for up.
  case line
  /// A request of the disk that was served: its pieces follow, as they lie in RAM afterwards.
  case disk
  /// A byte typed that reaches the guest: the byte, the clock.
  case typed
  /// Idle time is skipped: the clock, before and after.
  case skipped
  /// A hart's turn is over: the hart, the clock. Its state follows.
  case turn
  /// An exception in U mode: hart and cause, value, pc, satp. Arguments a0...a7 follow, four by four.
  case trap
  case arguments
}

extension Board {
  /// The hashes of everything done since the board was made, or since the board was that its snapshot was taken of, with
  /// the state now; nil where `BoardConfiguration.trace` is.
  package var traceSum: TraceSum? {
    guard let trace = bus.trace else { return nil }
    let before = trace.state
    defer { trace.state = before }
    for slot in harts { trace.hart(slot.hart) }
    return trace.sum(memory, from: memory.base, disk: disk ?? [])
  }
}

extension MachineTrace {
  /// Folds an exception in U mode.
  func userTrap(_ trap: UserTrap) {
    event(BoardEvent.trap, trap.hart << 32 | trap.cause, trap.value, trap.pc, trap.satp)
    let a = trap.arguments
    event(BoardEvent.arguments, a.a0, a.a1, a.a2, a.a3)
    event(BoardEvent.arguments, a.a4, a.a5, a.a6, a.a7)
  }

  /// Folds a request that was served.
  func request(_ chain: VirtioQueue.Chain, written: UInt32, _ memory: PhysicalMemory) {
    event(BoardEvent.disk, UInt64(chain.head), UInt64(written), UInt64(chain.readable.count))
    for piece in chain.readable + chain.writable {
      guard let start = memory.pointer(piece.address, count: piece.count) else { continue }
      bytes(UnsafeRawBufferPointer(start: start, count: piece.count))
    }
  }
}
