import Sv39MMU

/// The host's side of HTIF, through which bare-metal tests report. There is a doubleword `tohost`, which the
/// program writes and the host clears, and one `fromhost` for answers.
///
///     bits 63-56  device   bits 55-48  command   bits 47-0  payload
///     0                    0                     odd: the program ends with status payload >> 1
///                                                even: the address of a system call's number and arguments
///     1                    1                     a character for the console
///
/// There are two system calls, with newlib's numbers: `write` (64), to any descriptor, and `exit` (93).
struct HostInterface {
  let tohost: UInt64
  let fromhost: UInt64?
  private(set) var console: [UInt8] = []

  /// What the run must do after a request.
  enum Outcome: Equatable {
    case nothing
    /// The program ends. Status 0 means success.
    case exit(status: UInt64)
    /// No part of this host serves the request.
    case unknown(request: UInt64)
  }

  private static let write: UInt64 = 64
  private static let exit: UInt64 = 93

  init(tohost: UInt64, fromhost: UInt64?) {
    self.tohost = tohost
    self.fromhost = fromhost
  }

  /// Serves the request in `tohost`, if there is one. Output is dropped once the console holds `room` bytes.
  mutating func serve(_ memory: PhysicalMemory, room: Int) -> Outcome {
    let request = memory.load64(tohost)
    guard request != 0 else { return .nothing }
    let payload = request & (1 << 48 - 1)
    switch (device: request >> 56, command: request >> 48 & 0xFF) {
    case (0, 0) where payload & 1 != 0:
      return .exit(status: payload >> 1)
    case (0, 0):
      return call(payload, memory, room: room, request: request)
    case (1, 1):
      memory.store64(tohost, 0)
      if console.count < room { console.append(UInt8(truncatingIfNeeded: payload)) }
      return .nothing
    default:
      return .unknown(request: request)
    }
  }

  /// Serves a system call: eight doublewords at `address`. The first is the call's number; the result
  /// replaces it.
  private mutating func call(
    _ address: UInt64, _ memory: PhysicalMemory, room: Int, request: UInt64
  ) -> Outcome {
    guard memory.contains(address, count: 64) else { return .unknown(request: request) }
    switch memory.load64(address) {
    case Self.exit:
      return .exit(status: memory.load64(address &+ 8))
    case Self.write:
      let (start, count) = (memory.load64(address &+ 16), memory.load64(address &+ 24))
      guard count <= memory.size, let bytes = memory.pointer(start, count: Int(count)) else {
        return .unknown(request: request)
      }
      let kept = min(Int(count), max(0, room - console.count))
      console += UnsafeRawBufferPointer(start: bytes, count: kept)
      memory.store64(address, count)
    default:
      return .unknown(request: request)
    }
    memory.store64(tohost, 0)
    if let fromhost { memory.store64(fromhost, 1) }
    return .nothing
  }

  /// Adds what the program wrote to the board's own serial line to the same console.
  mutating func hear(_ bytes: [UInt8]) { console += bytes }
}
