extension DWARF {
  /// Which source line each address comes from, for all units together.
  struct LineTable: Sendable {
    struct Row: Sendable {
      var address: UInt64
      /// Its index in ``LineTable/files``.
      var file: UInt32
      /// 0 if the code comes from no line.
      var line: UInt32
      var column: UInt16
      var isStatement: Bool
      var endsPrologue: Bool
    }

    /// Rows that follow each other without a gap: each holds up to the next one, the last one up to the end.
    private struct Sequence: Sendable {
      var addresses: Range<UInt64>
      var rows: Range<Int>
    }

    /// How many of the sequences that begin before an address are tried for that address.
    private static let nesting = 16

    /// How many rows of a function are searched for the end of its prologue.
    private static let prologueRows = 64

    var files = Files()
    private(set) var rows: [Row] = []
    private var sequences: [Sequence] = []
    private var sequenceStart = 0

    mutating func append(_ row: Row) { rows.append(row) }

    /// Ends the current sequence: the rows since the last end.
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

    /// Removes the rows of a sequence that was still open when its program ended.
    mutating func dropOpenSequence() { rows.removeLast(rows.count - sequenceStart) }

    /// Sorts the sequences, so that the table can be searched. Call it after all programs have run.
    mutating func finish() {
      sequences.sort { one, other in
        (one.addresses.lowerBound, one.rows.lowerBound) < (other.addresses.lowerBound, other.rows.lowerBound)
      }
    }

    /// The rows of the sequence that contains `address`.
    private func sequence(containing address: UInt64) -> ArraySlice<Row>? {
      let before = sequences.firstIndexFromSorted { $0.addresses.lowerBound > address }
      return sequences[..<before].suffix(Self.nesting).last { $0.addresses.contains(address) }
        .map { rows[$0.rows] }
    }

    /// The row that `address` belongs to, in the sequence that begins nearest before it.
    func row(containing address: UInt64) -> Row? {
      guard let rows = sequence(containing: address) else { return nil }
      let next = rows.firstIndexFromSorted { $0.address > address }
      return next > rows.startIndex ? rows[next - 1] : nil
    }

    /// Where a function's own code begins, after its prologue: if the compiler wrote it down, that address;
    /// else the second line that the function has a row for, which is how debuggers guess. Nil if its rows do
    /// not tell.
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
  /// The first index whose element meets a condition; the end index if there is none. The collection must be
  /// ordered so that after one element meets the condition, all later ones do.
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
