extension DebugInfo {
  /// A function that has code of its own.
  package struct Function: Equatable, Sendable {
    /// Empty where the compiler gave none.
    package var name: String
    /// Its code, the part with its entry first; never empty.
    package var addresses: [Range<UInt64>]
    /// Where it is declared; where its code begins, if the compiler was told to write down lines alone.
    package var file: String?
    package var line: Int?
    /// Where its first statement begins, by the line table: where a debugger stops. An optimising compiler may test
    /// something before it sets up the frame (``DebugInfo/isOutsideFrame(_:)`` tells).
    package var prologueEnd: UInt64?

    /// The address of its first instruction.
    package var entry: UInt64 { addresses[0].lowerBound }
  }

  /// Every function that has code, in the order of the file.
  package var functions: [Function] { records.functions.map(function) }

  /// The function whose code `address` is; one that was inlined there does not count.
  package func function(containing address: UInt64) -> Function? {
    functionIndex(containing: address).map { function(records.functions[$0]) }
  }

  /// The functions of that name: several where files have functions of their own.
  package func functions(named name: String) -> [Function] {
    records.functions.filter { isNamed($0, name) }.map(function)
  }

  /// The first function of that name.
  package func function(named name: String) -> Function? {
    records.functions.first { isNamed($0, name) }.map(function)
  }

  private func isNamed(_ record: DWARF.FunctionRecord, _ name: String) -> Bool {
    records.completed(records.named[record.named]).name?.matches(name, in: bytes) ?? false
  }

  private func function(_ record: DWARF.FunctionRecord) -> Function {
    let named = records.completed(records.named[record.named])
    let addresses = Array(records.addresses[record.addresses])
    let row = named.file == nil ? lines.row(containing: addresses[0].lowerBound) : nil
    return Function(
      name: string(named.name) ?? "", addresses: addresses,
      file: path(of: row.map { Int($0.file) } ?? named.file),
      line: Self.number(row.map { UInt64($0.line) } ?? named.line),
      prologueEnd: lines.prologueEnd(ofFunctionIn: addresses[0]))
  }
}
