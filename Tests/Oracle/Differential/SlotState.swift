import Sv39MMU

/// What one machine left in a program's slot.
struct SlotState: Equatable {
  var bytes: [UInt8]

  func doubleword(_ offset: UInt64) -> UInt64 {
    bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: Int(offset), as: UInt64.self))
    }
  }

  /// What register x`n` held when the program trapped for the `trap`th time, from 0.
  func register(_ n: Int, atTrap trap: Int) -> UInt64 {
    doubleword(Layout.frames + UInt64(trap) * Layout.frameSize + 8 * UInt64(n))
  }

  /// Takes the code of another's slot.
  mutating func takeCode(from other: SlotState) {
    let range = Int(Layout.code)..<Int(Layout.code + Layout.codeSize)
    bytes.replaceSubrange(range, with: other.bytes[range])
  }

  /// A trap as the monitor, or S mode's handler, saw it.
  struct Trap: Equatable {
    /// `mcause` or `scause`, and so on.
    var cause, pc, value: UInt64
    /// What trapped; nil if that is not in the program's code.
    var instruction: UInt32?
    /// The mode that trapped.
    var mode: PrivilegeMode
    /// `mstatus.SUM`.
    var sum: Bool
  }

  /// Nil if the program did not come to its end.
  var trapCount: Int? {
    let last = doubleword(Layout.lastFrame)
    guard last != 0 else { return nil }
    let count = (last & (Layout.slotSize - 1) - Layout.frames) / Layout.frameSize + 1
    return min(Int(count), Layout.mostTraps)
  }

  var traps: [Trap] { (0..<(trapCount ?? 0)).map(trap) }

  func trap(_ n: Int) -> Trap {
    let frame = Layout.frames + UInt64(n) * Layout.frameSize + Layout.frameCSRs
    let status = doubleword(frame + 24)
    let byHandler = doubleword(frame + 8) == doubleword(Layout.handlerVA) && doubleword(frame) == 9
    let (cause, pc, value) =
      byHandler
      ? (doubleword(frame + 32), doubleword(frame + 40), doubleword(frame + 48))
      : (doubleword(frame), doubleword(frame + 8), doubleword(frame + 16))
    // SPP, if S mode's handler was first.
    let bits = byHandler ? status >> 8 & 1 : status >> 11 & 3
    let mode = PrivilegeMode(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .user
    let sum = status >> 18 & 1 != 0
    let at = pc &- doubleword(Layout.codeVA)
    var instruction: UInt32?
    if at <= Layout.codeSize - 4 {
      instruction = bytes.withUnsafeBytes {
        UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: Int(Layout.code + at), as: UInt32.self))
      }
    }
    return Trap(cause: cause, pc: pc, value: value, instruction: instruction, mode: mode, sum: sum)
  }
}
