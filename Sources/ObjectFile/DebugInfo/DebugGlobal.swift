extension DebugInfo {
  /// A variable that stays at one address for the whole run.
  package struct Global: Equatable, Sendable {
    package var name: String
    package var address: UInt64
    package var type: CType
    /// Where it is declared.
    package var file: String?
    package var line: Int?
  }

  /// The variable of that name. One that all files can see comes first, then one that only its file sees,
  /// then one of a function.
  package func global(named name: String) -> Global? {
    let named = records.globals.filter {
      records.completed(records.named[$0.named]).name?.matches(name, in: bytes) ?? false
    }
    let best = named.first(where: \.isExternal) ?? named.first { !$0.isLocal } ?? named.first
    return best.map { record in
      let named = records.completed(records.named[record.named])
      return Global(
        name: name, address: record.address, type: type(at: named.type), file: path(of: named.file),
        line: Self.number(named.line))
    }
  }
}
