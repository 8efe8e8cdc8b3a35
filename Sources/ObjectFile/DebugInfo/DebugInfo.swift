/// What compilers wrote down of a program for debuggers: which function and source line an address comes from, how
/// structures are laid out, where global variables lie, how the stack looks.
///
/// Everything is decoded when it is opened, and kept in tables; questions only look things up, and damaged references
/// answer nil. Of a program of a few hundred kilobytes that takes milliseconds.
package struct DebugInfo: Sendable {
  let bytes: [UInt8]
  let records: DWARF.Records
  let lines: DWARF.LineTable
  let frames: DWARF.FrameTable

  /// Functions by their code, for "which function is this address in".
  private var places: [(addresses: Range<UInt64>, function: Int)] = []

  /// The first complete type of each name, by what it is.
  private var definitions: [DWARF.Tag: [String: Int]] = [:]

  /// How many functions that begin before an address are asked whether they contain it.
  private static let nesting = 16

  /// The debug information of `elf`; empty where it has none.
  package init(_ elf: ELF) throws(DWARFError) { try self.init(DWARF.Sections(elf)) }

  /// The debug information of sections without a file around them.
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

  /// Whether there is nothing to ask.
  package var isEmpty: Bool { records.functions.isEmpty && lines.rows.isEmpty && records.types.isEmpty }

  /// The function whose code `address` is.
  func functionIndex(containing address: UInt64) -> Int? {
    let before = places.firstIndexFromSorted { $0.addresses.lowerBound > address }
    return places[..<before].suffix(Self.nesting).last { $0.addresses.contains(address) }?.function
  }

  func string(_ text: DWARF.Text?) -> String? {
    guard let name = text?.string(in: bytes), !name.isEmpty else { return nil }
    return name
  }

  func path(of file: Int?) -> String? { file.flatMap { lines.files.path(of: $0, in: bytes) } }

  /// A line's number; nil for 0, which says that there is none.
  static func number(_ value: UInt64) -> Int? { value == 0 ? nil : Int(clamping: value) }
}
