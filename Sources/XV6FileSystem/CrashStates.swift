// What a disk may hold after the power has failed.
//
// A request is a run of whole 512-byte sectors. A disk writes a sector whole or not at all; that is all that is taken for
// granted of it. Three kinds of disk are told apart, each allowing more than the one before:
//
// - *ordered*: requests reach the disk one after the other, each whole. The power fails between two.
// - *torn*: of the request under way, some sectors have reached the disk and some have not. xv6 has one request under
//   way at a time and waits for it, so on a disk without a volatile cache nothing worse can happen.
// - *reordered*: a disk with a cache writes what it has been given in any order. Of the requests between two barriers,
//   any may have reached the disk and any may not.
//
// xv6 sends no flush request, so a real disk knows no barrier. xv6's log needs four of them in each transaction:
// between the copies of the blocks in the log and the header that commits them; between the header and the blocks'
// going home; between that and the header that empties the log; and between that and the next transaction's copies.
// Each is before or after a write of the header, so a header write is an *epoch* of its own, and all that was
// written between two of them is another. Within an epoch, order must not matter; across epochs it does, and a disk
// that reorders across them breaks any xv6.

/// One request of a driver to write to its disk.
package struct DiskWrite: Equatable, Sendable {
  /// Where it begins, in bytes from the beginning of the disk.
  package var offset: Int
  /// What it writes, whole sectors.
  package var data: [UInt8]

  package init(offset: Int, data: [UInt8]) {
    self.offset = offset
    self.data = data
  }

  /// Bytes that a disk writes whole or not at all.
  package static let sectorSize = 512

  package var sectors: Int { data.count / Self.sectorSize }

  /// The block that it begins in.
  package var block: UInt32 { UInt32(clamping: offset / Layout.blockSize) }

  /// Makes `image` what it is when the write has reached it. What lies outside of the image is not written.
  package func apply(to image: inout [UInt8]) { apply(sectors: 0..<sectors, to: &image) }

  /// The same for some of its sectors.
  func apply(sectors: Range<Int>, to image: inout [UInt8]) {
    let part = sectors.lowerBound * Self.sectorSize..<sectors.upperBound * Self.sectorSize
    guard offset >= 0, offset + part.upperBound <= image.count else { return }
    image.replaceSubrange(offset + part.lowerBound..<offset + part.upperBound, with: data[part])
  }
}

/// A moment at which the power has failed: which writes had reached the disk.
package struct CrashPoint: Equatable, Sendable, CustomStringConvertible {
  /// Which kind of disk it takes.
  package enum Kind: Sendable, CaseIterable { case ordered, torn, reordered }

  package var kind: Kind
  /// The first writes, so many, had all reached it.
  package var done: Int
  /// Of those behind, these had, or some sectors of them had.
  package var parts: [(write: Int, sectors: Range<Int>)] = []

  package static func == (one: Self, other: Self) -> Bool {
    one.kind == other.kind && one.done == other.done && one.parts.elementsEqual(other.parts, by: ==)
  }

  private static let blockSectors = Layout.blockSize / DiskWrite.sectorSize

  /// Writes, of a block each as all of xv6's are, are numbered from 1 here.
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

/// Every state in which a list of writes may leave a disk when the power fails meanwhile.
package struct CrashStates: Sendable {
  /// The disk before the first write.
  package let initial: [UInt8]
  package let writes: [DiskWrite]
  /// The writes in groups, in order: within one, order must not matter.
  package let epochs: [Range<Int>]
  /// Of a larger epoch not every subset is tried: see `reordered`.
  package static let largestEpoch = 8

  /// The states of a disk with an xv6 file system whose log's header is block `logstart`.
  package init(initial: [UInt8], writes: [DiskWrite], logstart: UInt32) {
    self.initial = initial
    self.writes = writes
    let header = Int(logstart) * Layout.blockSize
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

  /// The disk at `point`.
  package func image(at point: CrashPoint) -> [UInt8] {
    var image = initial
    for write in writes[..<point.done] { write.apply(to: &image) }
    apply(point.parts, to: &image)
    return image
  }

  private func apply(_ parts: [(write: Int, sectors: Range<Int>)], to image: inout [UInt8]) {
    for part in parts { writes[part.write].apply(sectors: part.sectors, to: &image) }
  }

  /// Calls `body` with each state of the given kinds from the moment on when `first` writes were done, in order.
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

  /// The halves of a torn write: each beginning and each end of it.
  private static func torn(_ write: DiskWrite) -> [Range<Int>] {
    guard write.sectors > 1 else { return [] }
    return (1..<write.sectors).flatMap { [0..<$0, $0..<write.sectors] }
  }

  /// The subsets of an epoch that are no beginning of it: all of them where it has at most `largestEpoch` writes, and
  /// of those with up to three, all subsets of their sectors. Of a larger one, each write alone, all but each one, and
  /// each end.
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

  /// The subsets of `count` things, a bit a thing, without those that are a beginning of them.
  private func subsets(of count: Int) -> [Int] {
    (1..<1 << count).filter { $0 & ($0 + 1) != 0 }
  }
}
