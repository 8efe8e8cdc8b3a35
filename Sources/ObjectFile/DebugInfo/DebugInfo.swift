/// What compilers wrote down about a program for debuggers: which function and source line an address comes
/// from, how structures are laid out, where global variables are, and what the stack looks like.
///
/// Everything is decoded when it is opened, and kept in tables. Questions only look things up, and the answer
/// is nil if a reference is damaged. For a program of a few hundred kilobytes, opening takes milliseconds.
package struct DebugInfo: Sendable {
  let bytes: [UInt8]
  let records: DWARF.Records
  let lines: DWARF.LineTable
  let frames: DWARF.FrameTable

  /// Functions in the order of their code. Answers "which function is this address in?".
  private var places: [(addresses: Range<UInt64>, function: Int)] = []

  /// The first complete type of each name, for each kind of type.
  private var definitions: [DWARF.Tag: [String: Int]] = [:]

  /// How many of the functions that begin before an address are tried for that address.
  private static let nesting = 16

  /// The debug information of `elf`. Empty if the file has none.
  package init(_ elf: ELF) throws(DWARFError) { try self.init(DWARF.Sections(elf)) }

  /// The debug information in sections that do not come from a file.
  package init(sections: [DWARF.Section: [UInt8]]) throws(DWARFError) {
    try self.init(DWARF.Sections(sections))
  }

  init(_ sections: DWARF.Sections) throws(DWARFError) {
    let collector = try DWARF.Collector(sections)
    bytes = sections.bytes
    records = collector.records
    lines = collector.lines
    frames = try DWARF.FrameTable(sections)
    for (index, function) in records.functions.enumerated() {
      for addresses in records.addresses[function.addresses] { places.append((addresses, index)) }
    }
    for (index, type) in records.types.enumerated() where !type.isDeclaration {
      guard Self.namedTypes.contains(type.tag), let name = string(type.name) else { continue }
      if definitions[type.tag]?[name] == nil { definitions[type.tag, default: [:]][name] = index }
    }
    places.sort { ($0.addresses.lowerBound, $0.function) < ($1.addresses.lowerBound, $1.function) }
  }

  private static let namedTypes: Set<DWARF.Tag> = [.structureType, .unionType, .enumerationType, .typedef]

  /// The first complete type of that kind and name.
  func definition(_ tag: DWARF.Tag, _ name: String) -> Int? { definitions[tag]?[name] }

  /// Whether there is no debug information.
  package var isEmpty: Bool { records.functions.isEmpty && lines.rows.isEmpty && records.types.isEmpty }

  /// The function whose code contains `address`.
  func functionIndex(containing address: UInt64) -> Int? {
    let before = places.firstIndexFromSorted { $0.addresses.lowerBound > address }
    return places[..<before].suffix(Self.nesting).last { $0.addresses.contains(address) }?.function
  }

  func string(_ text: DWARF.Text?) -> String? {
    guard let name = text?.string(in: bytes), !name.isEmpty else { return nil }
    return name
  }

  func path(of file: Int?) -> String? { file.flatMap { lines.files.path(of: $0, in: bytes) } }

  /// A line's number. 0 means that there is no line, and gives nil.
  static func number(_ value: UInt64) -> Int? { value == 0 ? nil : Int(clamping: value) }
}
