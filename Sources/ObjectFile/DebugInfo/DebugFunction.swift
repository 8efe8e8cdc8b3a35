extension DebugInfo {
  /// A function that has code of its own.
  package struct Function: Equatable, Sendable {
    /// Empty if the compiler gave no name.
    package var name: String
    /// The addresses of its code; the part with its entry is first. Never empty.
    package var addresses: [Range<UInt64>]
    /// Where it is declared. If the compiler was told to write down only lines: where its code begins.
    package var file: String?
    package var line: Int?
    /// Where its first statement begins according to the line table: debuggers stop here. An optimising
    /// compiler may test something before it sets up the frame (see ``DebugInfo/isOutsideFrame(_:)``).
    package var prologueEnd: UInt64?

    /// The address of its first instruction.
    package var entry: UInt64 { addresses[0].lowerBound }
  }

  /// Every function that has code, in the order of the file.
  package var functions: [Function] { records.functions.map(function) }

  /// The function whose own code is at `address`. A function that was inlined there does not count.
  package func function(containing address: UInt64) -> Function? {
    functionIndex(containing: address).map { function(records.functions[$0]) }
  }

  /// The functions of that name. There are several if source files have functions of their own with that
  /// name.
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
