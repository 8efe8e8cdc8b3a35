import Sv39MMU

/// A virtio block device (virtio 1.1, 5.2). A request is a header of 16 bytes (type, reserved, sector), data
/// in sectors of 512 bytes, and a status byte, which is the last byte that the device writes.
///
/// Requests complete at once. Types: 0 read, 1 write, 4 flush, 8 identity. The answer to any other is
/// "unsupported".
struct VirtioDisk: Equatable, Sendable {
  static let sectorSize = 512
  private static let ok: UInt8 = 0
  private static let ioError: UInt8 = 1
  private static let unsupported: UInt8 = 2

  /// The contents of the disk: a whole number of sectors.
  private(set) var bytes: [UInt8]
  /// What was written since recording began, in order. Nil if nothing is recorded.
  var recorded: [SectorWrite]?

  init(_ bytes: [UInt8]) {
    let rest = bytes.count % Self.sectorSize
    self.bytes = rest == 0 ? bytes : bytes + Array(repeating: 0, count: Self.sectorSize - rest)
  }

  /// Carries out the request. Returns how many bytes it wrote to guest RAM, or nil if the request has no
  /// header or no room for a status.
  mutating func perform(_ chain: VirtioQueue.Chain, _ memory: PhysicalMemory) -> UInt32? {
    var readable = chain.readable[...]
    var writable = chain.writable[...]
    guard let header = Self.gather(16, from: &readable, memory) else { return nil }
    while writable.last?.count == 0 { writable.removeLast() }
    guard let last = writable.popLast() else { return nil }
    let status = last.address &+ UInt64(last.count - 1)
    if last.count > 1 { writable.append(.init(address: last.address, count: last.count - 1)) }

    func word(_ offset: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(header[offset + $1]) << UInt64(8 * $1) }
    }
    let sector = word(8, 8)
    var written = 0
    let result: UInt8
    switch word(0, 4) {
    case 0: (result, written) = read(sector, into: writable, memory)
    case 1: result = write(sector, from: readable, memory)
    case 4: result = Self.ok
    case 8:
      let identity = Array("labrunner".utf8) + [UInt8](repeating: 0, count: 11)
      written = min(writable.first?.count ?? 0, identity.count)
      if let first = writable.first {
        _ = identity.withUnsafeBytes { memory.write(first.address, from: .init(rebasing: $0[..<written])) }
      }
      result = Self.ok
    default: result = Self.unsupported
    }
    memory.store8(status, result)
    return UInt32(truncatingIfNeeded: written + 1)
  }

  /// The place on the disk of `count` bytes from `sector` on, or nil if they are not all on the disk.
  private func range(_ sector: UInt64, _ count: Int) -> Range<Int>? {
    guard count % Self.sectorSize == 0, sector <= UInt64(bytes.count / Self.sectorSize) else { return nil }
    let start = Int(sector) * Self.sectorSize
    return count <= bytes.count - start ? start..<(start + count) : nil
  }

  private func read(
    _ sector: UInt64, into pieces: ArraySlice<VirtioQueue.Piece>, _ memory: PhysicalMemory
  ) -> (UInt8, Int) {
    let count = pieces.reduce(0) { $0 + $1.count }
    guard let range = range(sector, count) else { return (Self.ioError, 0) }
    var at = range.lowerBound
    for piece in pieces {
      bytes.withUnsafeBytes {
        _ = memory.write(piece.address, from: .init(rebasing: $0[at..<(at + piece.count)]))
      }
      at += piece.count
    }
    return (Self.ok, count)
  }

  private mutating func write(
    _ sector: UInt64, from pieces: ArraySlice<VirtioQueue.Piece>, _ memory: PhysicalMemory
  ) -> UInt8 {
    guard let range = range(sector, pieces.reduce(0) { $0 + $1.count }) else { return Self.ioError }
    var at = range.lowerBound
    for piece in pieces {
      bytes.withUnsafeMutableBytes {
        _ = memory.read(piece.address, into: .init(rebasing: $0[at..<(at + piece.count)]))
      }
      at += piece.count
    }
    recorded?.append(SectorWrite(offset: range.lowerBound, bytes: Array(bytes[range])))
    return Self.ok
  }

  /// Takes the first `count` bytes out of `pieces`.
  private static func gather(
    _ count: Int, from pieces: inout ArraySlice<VirtioQueue.Piece>, _ memory: PhysicalMemory
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard let piece = pieces.popFirst() else { return nil }
      let taken = min(piece.count, count - bytes.count)
      for offset in 0..<taken { bytes.append(memory.load8(piece.address &+ UInt64(offset))) }
      if taken < piece.count {
        pieces = [.init(address: piece.address &+ UInt64(taken), count: piece.count - taken)] + pieces
      }
    }
    return bytes
  }
}

/// One request to write to a disk.
package struct SectorWrite: Equatable, Sendable {
  /// Bytes from the beginning of the disk, a whole number of sectors.
  package var offset: Int
  /// The bytes to write: whole sectors.
  package var bytes: [UInt8]
}
