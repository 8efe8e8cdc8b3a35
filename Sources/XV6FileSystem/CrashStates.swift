// What a disk may hold after a power failure.
//
// A request is a run of whole 512-byte sectors. A disk writes a sector completely or not at all; nothing else
// is assumed about it. There are three kinds of disk, and each allows more states than the one before:
//
// - *ordered*: requests reach the disk one after the other, each completely. The power fails between two of
//   them.
// - *torn*: of the request that is being written, some sectors have reached the disk and some have not. xv6
//   has only one request under way at a time and waits for it. So on a disk without a volatile cache, nothing
//   worse can happen.
// - *reordered*: a disk with a cache writes the requests that it has been given in any order. Each of the
//   requests between two barriers may have reached the disk or not.
//
// xv6 sends no flush request, so a real disk sees no barrier. xv6's log needs four barriers in each
// transaction:
//
// - after the copies of the blocks in the log, before the header that commits them;
// - after this header, before the blocks are written to their own places;
// - after these, before the header that empties the log;
// - after that header, before the copies of the next transaction.
//
// Each barrier is before or after a write of the header. So a header write is an *epoch* of its own, and all
// writes between two header writes are another epoch. Inside an epoch, the order must not matter. Between
// epochs it does matter: a disk that reorders writes of different epochs breaks every xv6.

/// One request that a driver sends to write to its disk.
package struct DiskWrite: Equatable, Sendable {
  /// Where it begins, in bytes from the beginning of the disk.
  package var offset: Int
  /// The bytes that it writes: whole sectors.
  package var data: [UInt8]

  package init(offset: Int, data: [UInt8]) {
    self.offset = offset
    self.data = data
  }

  /// A disk writes this many bytes completely or not at all.
  package static let sectorSize = 512

  package var sectors: Int { data.count / Self.sectorSize }

  /// The block that the request begins in.
  package var block: UInt32 { UInt32(clamping: offset / DiskLayout.blockSize) }

  /// Changes `image` as if the write had reached it. Bytes outside the image are not written.
  package func apply(to image: inout [UInt8]) { apply(sectors: 0..<sectors, to: &image) }

  /// The same for only some of the sectors.
  func apply(sectors: Range<Int>, to image: inout [UInt8]) {
    let part = sectors.lowerBound * Self.sectorSize..<sectors.upperBound * Self.sectorSize
    guard offset >= 0, offset + part.upperBound <= image.count else { return }
    image.replaceSubrange(offset + part.lowerBound..<offset + part.upperBound, with: data[part])
  }
}

/// A moment of power failure: which writes had reached the disk.
package struct CrashPoint: Equatable, Sendable, CustomStringConvertible {
  /// The kind of disk on which this can happen.
  package enum Kind: Sendable, CaseIterable { case ordered, torn, reordered }

  package var kind: Kind
  /// The first `done` writes had all reached the disk.
  package var done: Int
  /// The later writes that had also reached the disk, completely or with some of their sectors.
  package var parts: [(write: Int, sectors: Range<Int>)] = []

  package static func == (one: Self, other: Self) -> Bool {
    one.kind == other.kind && one.done == other.done && one.parts.elementsEqual(other.parts, by: ==)
  }

  private static let blockSectors = DiskLayout.blockSize / DiskWrite.sectorSize

  /// All writes of xv6 have the size of one block. They are numbered from 1 here.
  package var description: String {
    switch kind {
    case .ordered: return "after write \(done)"
    case .torn:
      let part = parts.map { "sectors \($0.sectors.lowerBound)...\($0.sectors.upperBound - 1)" }
      return "during write \(done + 1), with \(part.joined()) of it written"
    case .reordered:
      let others = Set(parts.map(\.write)).sorted().map { write in
        let sectors = parts.filter { $0.write == write }.reduce(0) { $0 + $1.sectors.count }
        return (sectors < Self.blockSectors ? "a part of " : "") + "write \(write + 1)"
      }
      return "after write \(done), and \(others.joined(separator: ", "))"
    }
  }
}

/// Every state in which a disk may be after a power failure during a list of writes.
package struct CrashStates: Sendable {
  /// The disk before the first write.
  package let initial: [UInt8]
  package let writes: [DiskWrite]
  /// The writes in groups, in order. Inside one group, the order must not matter.
  package let epochs: [Range<Int>]
  /// For a larger epoch, not every subset is tried: see `reordered`.
  package static let largestEpoch = 8

  /// The states of a disk with an xv6 file system whose log's header is block `logstart`.
  package init(initial: [UInt8], writes: [DiskWrite], logstart: UInt32) {
    self.initial = initial
    self.writes = writes
    let header = Int(logstart) * DiskLayout.blockSize
    var epochs: [Range<Int>] = []
    var start = 0
    for (index, write) in writes.enumerated() where write.offset == header {
      if start < index { epochs.append(start..<index) }
      epochs.append(index..<index + 1)
      start = index + 1
    }
    if start < writes.count { epochs.append(start..<writes.count) }
    self.epochs = epochs
  }

  /// The contents of the disk at `point`.
  package func image(at point: CrashPoint) -> [UInt8] {
    var image = initial
    for write in writes[..<point.done] { write.apply(to: &image) }
    apply(point.parts, to: &image)
    return image
  }

  private func apply(_ parts: [(write: Int, sectors: Range<Int>)], to image: inout [UInt8]) {
    for part in parts { writes[part.write].apply(sectors: part.sectors, to: &image) }
  }

  /// Calls `body` with each state of the given kinds, in order, beginning with the moment when `first` writes
  /// were done.
  package func forEach(
    _ kinds: Set<CrashPoint.Kind> = Set(CrashPoint.Kind.allCases), from first: Int = 0,
    _ body: (CrashPoint, [UInt8]) throws -> Void
  ) rethrows {
    var image = initial
    var done = 0
    for epoch in epochs {
      if kinds.contains(.reordered), epoch.lowerBound >= first {
        for parts in reordered(epoch) {
          var state = image
          apply(parts, to: &state)
          try body(CrashPoint(kind: .reordered, done: done, parts: parts), state)
        }
      }
      for index in epoch {
        if index >= first {
          if kinds.contains(.ordered) { try body(CrashPoint(kind: .ordered, done: done), image) }
          if kinds.contains(.torn) {
            for sectors in Self.torn(writes[index]) {
              var state = image
              writes[index].apply(sectors: sectors, to: &state)
              try body(CrashPoint(kind: .torn, done: done, parts: [(index, sectors)]), state)
            }
          }
        }
        writes[index].apply(to: &image)
        done += 1
      }
    }
    if kinds.contains(.ordered) { try body(CrashPoint(kind: .ordered, done: done), image) }
  }

  /// The parts of a write that may have reached the disk: each beginning and each end of it.
  private static func torn(_ write: DiskWrite) -> [Range<Int>] {
    guard write.sectors > 1 else { return [] }
    return (1..<write.sectors).flatMap { [0..<$0, $0..<write.sectors] }
  }

  /// The subsets of an epoch that are not simply its first writes. If the epoch has up to three writes, with
  /// at most `largestEpoch` sectors together: all subsets of these sectors. Else, if it has at most
  /// `largestEpoch` writes: all subsets of its writes. If it is larger: each write alone, all writes but one,
  /// and each end of the epoch.
  private func reordered(_ epoch: Range<Int>) -> [[(write: Int, sectors: Range<Int>)]] {
    let count = epoch.count
    func whole(_ chosen: some Sequence<Int>) -> [(write: Int, sectors: Range<Int>)] {
      chosen.map { ($0, 0..<writes[$0].sectors) }
    }
    if count < 2 { return [] }
    let units = epoch.flatMap { write in (0..<writes[write].sectors).map { (write, $0..<$0 + 1) } }
    if count <= 3 && units.count <= Self.largestEpoch {
      return subsets(of: units.count).map { mask in
        units.indices.filter { mask >> $0 & 1 != 0 }.map { units[$0] }
      }
    }
    if count <= Self.largestEpoch {
      return subsets(of: count).map { mask in
        whole(epoch.filter { mask >> ($0 - epoch.lowerBound) & 1 != 0 })
      }
    }
    let alone = epoch.dropFirst().map { whole([$0]) }
    let allBut = epoch.dropLast().map { left in whole(epoch.filter { $0 != left }) }
    let ends = epoch.dropFirst(2).dropLast().map { whole($0..<epoch.upperBound) }
    return alone + allBut + ends
  }

  /// The subsets of `count` things, one bit for each thing, without those that are simply the first things.
  private func subsets(of count: Int) -> [Int] {
    (1..<1 << count).filter { $0 & ($0 + 1) != 0 }
  }
}
