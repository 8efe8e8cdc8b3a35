extension DWARF {
  /// Which source line every address comes from, all units together.
  struct LineTable: Sendable {
    struct Row: Sendable {
      var address: UInt64
      /// Its index in ``LineTable/files``.
      var file: UInt32
      /// 0 where the code comes from no line.
      var line: UInt32
      var column: UInt16
      var isStatement: Bool
      var endsPrologue: Bool
    }

    /// Rows that go on to each other: each holds up to the next, the last up to the end.
    private struct Sequence: Sendable {
      var addresses: Range<UInt64>
      var rows: Range<Int>
    }

    /// How many sequences that begin before an address are asked whether they contain it.
    private static let nesting = 16

    /// How many rows of a function are asked whether they end its prologue.
    private static let prologueRows = 64

    var files = Files()
    private(set) var rows: [Row] = []
    private var sequences: [Sequence] = []
    private var sequenceStart = 0

    mutating func append(_ row: Row) { rows.append(row) }

    /// Ends the sequence of the rows since the last end.
    mutating func endSequence(at end: UInt64) {
      let range = sequenceStart..<rows.count
      sequenceStart = rows.count
      if zip(rows[range], rows[range].dropFirst()).contains(where: { $0.address > $1.address }) {
        let order = range.sorted { (rows[$0].address, $0) < (rows[$1].address, $1) }
        rows.replaceSubrange(range, with: order.map { rows[$0] })
      }
      guard let start = rows[range].first?.address, start < end else { return }
      sequences.append(Sequence(addresses: start..<end, rows: range))
    }

    /// Forgets rows whose program ended before their sequence.
    mutating func dropOpenSequence() { rows.removeLast(rows.count - sequenceStart) }

    /// Makes the table ready to be asked, when all programs have run.
    mutating func finish() {
      sequences.sort { one, other in
        (one.addresses.lowerBound, one.rows.lowerBound) < (other.addresses.lowerBound, other.rows.lowerBound)
      }
    }

    /// The rows of the sequence that `address` lies in.
    private func sequence(containing address: UInt64) -> ArraySlice<Row>? {
      let before = sequences.firstIndexFromSorted { $0.addresses.lowerBound > address }
      return sequences[..<before].suffix(Self.nesting).last { $0.addresses.contains(address) }
        .map { rows[$0.rows] }
    }

    /// The row that `address` belongs to, of the sequence that begins nearest before it.
    func row(containing address: UInt64) -> Row? {
      guard let rows = sequence(containing: address) else { return nil }
      let next = rows.firstIndexFromSorted { $0.address > address }
      return next > rows.startIndex ? rows[next - 1] : nil
    }

    /// Where a function's own code begins: where the compiler says so, or else, as debuggers guess, at the second line
    /// that it has a row for. Nil where its rows tell nothing.
    func prologueEnd(ofFunctionIn addresses: Range<UInt64>) -> UInt64? {
      guard let rows = sequence(containing: addresses.lowerBound) else { return nil }
      let first = rows.firstIndexFromSorted { $0.address >= addresses.lowerBound }
      let end = rows.firstIndexFromSorted { $0.address >= addresses.upperBound }
      let own = rows[first..<end].prefix(Self.prologueRows)
      if let marked = own.first(where: \.endsPrologue) { return marked.address }
      return own.first { $0.address > addresses.lowerBound && $0.line != 0 }?.address
    }
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element fulfils a condition that, once true, stays true; the end where none does.
  func firstIndexFromSorted(where condition: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
