import Sv39MMU

/// The device's side of a split virtqueue (virtio 1.1, 2.6) in guest RAM. The device trusts nothing that the
/// driver wrote there. An address outside RAM, a circle, or more entries than the queue can hold makes the
/// queue *broken*.
struct VirtioQueue: Equatable, Sendable {
  static let maxSize: UInt32 = 1024

  var size: UInt32 = 0
  var isReady = false
  var descriptors: UInt64 = 0
  var available: UInt64 = 0
  var used: UInt64 = 0
  private var nextAvailable: UInt16 = 0
  private var nextUsed: UInt16 = 0

  /// A piece of a request: `count` bytes of RAM.
  struct Piece: Equatable {
    var address: UInt64
    var count: Int
  }

  /// A chain of descriptors: first those that the device reads, then those that it writes.
  struct Chain: Equatable {
    var head: UInt16
    var readable: [Piece] = []
    var writable: [Piece] = []

    /// What the request costs the host, in units of what an instruction costs: a part for each request, one
    /// for each piece, and one for each 16 bytes.
    var work: UInt64 {
      (readable + writable).reduce(1000) { $0 &+ 100 &+ UInt64($1.count / 16) }
    }
  }

  /// The driver has broken the rules of the queue.
  struct Broken: Error {}

  private var isUsable: Bool { isReady && size > 0 && size <= Self.maxSize }

  /// Takes the next request, or returns nil if there is none.
  mutating func pop(_ memory: PhysicalMemory) throws(Broken) -> Chain? {
    guard isUsable else { return nil }
    guard memory.contains(available, count: 4 + 2 * Int(size)) else { throw Broken() }
    let waiting = memory.load16(available &+ 2) &- nextAvailable
    if waiting == 0 { return nil }
    guard UInt32(waiting) <= size else { throw Broken() }
    let slot = UInt64(UInt32(nextAvailable) % size)
    let head = memory.load16(available &+ 4 &+ 2 &* slot)
    nextAvailable &+= 1
    return try chain(from: head, memory)
  }

  private func chain(from head: UInt16, _ memory: PhysicalMemory) throws(Broken) -> Chain {
    var chain = Chain(head: head)
    var index = head
    for _ in 0..<size {
      let descriptor = descriptors &+ 16 &* UInt64(index)
      guard UInt32(index) < size, memory.contains(descriptor, count: 16) else { throw Broken() }
      let piece = Piece(address: memory.load64(descriptor), count: Int(memory.load32(descriptor &+ 8)))
      let flags = memory.load16(descriptor &+ 12)
      // Flag 4 means an indirect table. The device does not offer that.
      guard flags & 4 == 0, piece.count == 0 || memory.contains(piece.address, count: piece.count)
      else {
        throw Broken()
      }
      if flags & 2 != 0 {
        chain.writable.append(piece)
      } else {
        guard chain.writable.isEmpty else { throw Broken() }
        chain.readable.append(piece)
      }
      guard flags & 1 != 0 else { return chain }
      index = memory.load16(descriptor &+ 14)
    }
    throw Broken()
  }

  /// Hands a request back; the device wrote `written` bytes. Returns true if the driver wants an interrupt.
  mutating func push(_ chain: Chain, written: UInt32, _ memory: PhysicalMemory) throws(Broken) -> Bool {
    guard memory.contains(used, count: 4 + 8 * Int(size)) else { throw Broken() }
    let slot = used &+ 4 &+ 8 &* UInt64(UInt32(nextUsed) % size)
    memory.store32(slot, UInt32(chain.head))
    memory.store32(slot &+ 4, written)
    nextUsed &+= 1
    memory.store16(used &+ 2, nextUsed)
    return memory.load16(available) & 1 == 0
  }
}
