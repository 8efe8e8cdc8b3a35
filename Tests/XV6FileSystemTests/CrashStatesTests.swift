import Testing
import XV6FileSystem

/// Counts the states of a disk and checks each of them.
@Suite struct CrashStatesTests {
  private static let header = 2
  private static func write(_ block: Int, _ byte: UInt8) -> DiskWrite {
    DiskWrite(offset: block * 1024, data: [UInt8](repeating: byte, count: 1024))
  }
  /// A transaction of two blocks: copies in the log, the header, the blocks in their own places, the header
  /// again.
  private static let transaction = CrashStates(
    initial: [UInt8](repeating: 0, count: 10 * 1024),
    writes: [write(3, 1), write(4, 2), write(header, 3), write(8, 4), write(9, 5), write(header, 6)],
    logstart: 2)

  private func states(_ kind: CrashPoint.Kind, _ states: CrashStates = transaction) -> [(CrashPoint, [UInt8])]
  {
    var all: [(CrashPoint, [UInt8])] = []
    states.forEach([kind]) { all.append(($0, $1)) }
    return all
  }

  @Test func `a header write is an epoch of its own`() {
    #expect(Self.transaction.epochs == [0..<2, 2..<3, 3..<5, 5..<6])
  }

  @Test func `cuts come in order`() {
    let states = states(.ordered)
    #expect(states.map(\.0.done) == Array(0...6))
    for (point, image) in states {
      var expected = Self.transaction.initial
      for write in Self.transaction.writes[..<point.done] { write.apply(to: &expected) }
      #expect(image == expected, "\(point)")
    }
  }

  @Test func `a torn write has one of its sectors`() {
    let states = states(.torn)
    #expect(states.count == 12)
    let (point, image) = states[1]
    #expect("\(point)" == "during write 1, with sectors 1...1 of it written")
    #expect(image[3 * 1024..<3 * 1024 + 512].allSatisfy { $0 == 0 })
    #expect(image[3 * 1024 + 512..<4 * 1024].allSatisfy { $0 == 1 })
  }

  @Test func `within an epoch every set of sectors is a state, across epochs none`() {
    let states = states(.reordered)
    // Four sectors have 16 subsets. Five of them are simply the first sectors. This happens twice.
    #expect(states.count == 2 * 11)
    #expect(Set(states.map(\.1)).count == states.count)
    #expect(states.allSatisfy { point, _ in point.done == 0 || point.done == 3 })
    #expect(states.prefix(11).allSatisfy { $0.1[2 * 1024..<3 * 1024].allSatisfy { $0 == 0 } })
    #expect("\(states[1].0)" == "after write 0, and a part of write 2")
  }

  @Test func `every state is the one that its point says`() {
    for kind in CrashPoint.Kind.allCases {
      for (point, image) in states(kind) { #expect(Self.transaction.image(at: point) == image, "\(point)") }
    }
  }

  @Test(arguments: [(4, 11), (8, 247), (9, 22), (20, 55)])
  func `a large epoch has a bounded number of them`(blocks: Int, count: Int) {
    let states = CrashStates(
      initial: [UInt8](repeating: 0, count: 40 * 1024), writes: (0..<blocks).map { Self.write(10 + $0, 1) },
      logstart: 2)
    #expect(self.states(.reordered, states).count == count)
  }

  @Test func `a write outside of the disk is none`() {
    var image = [UInt8](repeating: 0, count: 2048)
    Self.write(2, 1).apply(to: &image)
    DiskWrite(offset: -1024, data: [UInt8](repeating: 1, count: 1024)).apply(to: &image)
    #expect(image.allSatisfy { $0 == 0 })
  }
}
