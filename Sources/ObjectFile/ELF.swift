/// An executable for 64-bit little-endian RISC-V: what its headers say, and where its symbols are.
///
/// The file is checked completely when it is read. After that, the bytes of each segment and section are
/// known to be there, and no address that is computed from them overflows. References: System V ABI, "Object
/// Files"; RISC-V ELF psABI.
package struct ELF: Sendable {
  /// More program headers than any program has.
  static let maxSegments = 1024

  package let header: Header

  /// All program headers in the file's order, also those that are not loaded.
  package let segments: [Segment]

  /// All section headers in the file's order, also the empty one at index 0. No elements if they were cut
  /// off.
  package let sections: [Section]

  /// The symbols in the file's order. No elements if the file was stripped.
  package let symbols: [Symbol]

  private let reader: ByteReader
  private let index: SymbolIndex

  /// Reads an ELF file.
  package init(parsing bytes: [UInt8]) throws(ELFError) {
    let reader = ByteReader(bytes: bytes)
    let header = try Header(reader)
    guard
      let table = reader.range(
        at: header.programHeaderOffset, count: UInt64(header.programHeaderCount * Segment.byteCount))
    else {
      throw ELFError(header.programHeaderOffset, .truncated(.programHeader, fileBytes: bytes.count))
    }
    var segments: [Segment] = []
    for index in 0..<header.programHeaderCount {
      segments.append(
        try Segment(reader, at: table.lowerBound + index * Segment.byteCount, index: index))
    }
    let sections = try Section.all(reader, header)
    let symbols = try Symbol.all(reader, header, sections)

    self.reader = reader
    self.header = header
    self.segments = segments
    self.sections = sections
    self.symbols = symbols
    index = SymbolIndex(symbols, sections)
  }

  /// The bytes of the whole file.
  package var bytes: [UInt8] { reader.bytes }

  /// The address of the first instruction.
  package var entry: UInt64 { header.entry }

  /// The segments that a loader copies (PT_LOAD), in the file's order.
  package var loadableSegments: [Segment] { segments.filter(\.isLoadable) }

  /// The bytes that the file has for a segment. Empty if `segment` does not belong to this file.
  package func contents(of segment: Segment) -> ArraySlice<UInt8> {
    guard let range = reader.range(at: segment.offset, count: segment.fileSize) else { return [] }
    return reader.bytes[range]
  }

  /// The first section of that name.
  package func section(named name: String) -> Section? { sections.first { $0.name == name } }

  /// The bytes that the file has for a section (`.bss` has none).
  package func contents(of section: Section) -> ArraySlice<UInt8> {
    guard section.range.upperBound <= reader.bytes.count else { return [] }
    return reader.bytes[section.range]
  }

  /// The symbol of that name. A global symbol comes before one that only its own file sees.
  package func symbol(named name: String) -> Symbol? {
    let named = symbols.filter { $0.sectionIndex != 0 && $0.isNamed(name) }
    return named.first(where: \.isGlobal) ?? named.first
  }

  /// The function, object or label that contains `address`. A label without a size reaches to the next
  /// symbol.
  package func symbol(containing address: UInt64) -> Symbol? {
    index.symbol(containing: address).map { symbols[$0] }
  }

  /// The program without what a loader does not need: everything after the last loadable byte is cut off, and
  /// the section headers too. xv6's `exec` loads it as it loads the whole file, with one difference: a
  /// segment that covers the ELF header shows a header without sections. The image has no symbols.
  package func loadableImage() -> [UInt8] {
    let table =
      Int(header.programHeaderOffset)..<(Int(header.programHeaderOffset) + segments.count * Segment.byteCount)
    var end = max(Header.byteCount, segments.isEmpty ? 0 : table.upperBound)
    for segment in loadableSegments where segment.fileSize > 0 {
      end = max(end, Int(segment.offset + segment.fileSize))
    }
    var image = Array(reader.bytes[..<end])

    // e_shoff, e_shentsize, e_shnum, e_shstrndx
    image.replaceSubrange(40..<48, with: repeatElement(0, count: 8))
    image.replaceSubrange(58..<64, with: repeatElement(0, count: 6))
    // e_phoff: if there are no program headers, it may point past the end of the image
    if segments.isEmpty { image.replaceSubrange(32..<40, with: repeatElement(0, count: 8)) }
    // If a note or an attribute was cut off, its program header becomes unused (PT_NULL) and keeps no trace
    // of where it was. So the image is the same with and without debug information.
    for (index, segment) in segments.enumerated() where segment.type != 0 && !segment.isLoadable {
      guard segment.fileSize > 0, Int(segment.offset + segment.fileSize) > end else { continue }
      let start = table.lowerBound + index * Segment.byteCount
      image.replaceSubrange(
        start..<(start + Segment.byteCount), with: repeatElement(0, count: Segment.byteCount))
    }
    return image
  }
}
