/// An executable for 64-bit little-endian RISC-V: what its headers say, and where its symbols lie.
///
/// Everything is checked when the file is read: afterwards each segment's and section's bytes are there, and no
/// address computed from them overflows. References: System V ABI, "Object Files"; RISC-V ELF psABI.
package struct ELF: Sendable {
  /// More program headers than any program has.
  static let maxSegments = 1024

  package let header: Header

  /// The program headers, in the file's order, those that are not loaded among them.
  package let segments: [Segment]

  /// The section headers, in the file's order, the empty one at index 0 among them; none where they were cut off.
  package let sections: [Section]

  /// The symbols, in the file's order; none where the file was stripped.
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

  /// The file.
  package var bytes: [UInt8] { reader.bytes }

  /// The address of the first instruction.
  package var entry: UInt64 { header.entry }

  /// The segments that a loader copies (PT_LOAD), in the file's order.
  package var loadableSegments: [Segment] { segments.filter(\.isLoadable) }

  /// The bytes that the file has of a segment; empty where `segment` is none of this file's.
  package func contents(of segment: Segment) -> ArraySlice<UInt8> {
    guard let range = reader.range(at: segment.offset, count: segment.fileSize) else { return [] }
    return reader.bytes[range]
  }

  /// The first section of that name.
  package func section(named name: String) -> Section? { sections.first { $0.name == name } }

  /// The bytes that the file has of a section (none of `.bss`).
  package func contents(of section: Section) -> ArraySlice<UInt8> {
    guard section.range.upperBound <= reader.bytes.count else { return [] }
    return reader.bytes[section.range]
  }

  /// The symbol of that name; a global one before a file's own.
  package func symbol(named name: String) -> Symbol? {
    let named = symbols.filter { $0.sectionIndex != 0 && $0.isNamed(name) }
    return named.first(where: \.isGlobal) ?? named.first
  }

  /// The function, object or label that `address` lies in. A label without a size goes on to the next symbol.
  package func symbol(containing address: UInt64) -> Symbol? {
    index.symbol(containing: address).map { symbols[$0] }
  }

  /// The program without what a loader does not need: everything behind the last loadable byte is cut off, and the
  /// section headers with it. Loads under xv6's `exec` as the whole file does, but that a
  /// segment which covers the ELF header shows it without sections; has no symbols.
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
    // e_phoff, which may point behind the end where it points to nothing
    if segments.isEmpty { image.replaceSubrange(32..<40, with: repeatElement(0, count: 8)) }
    // A note or an attribute that was cut off leaves an unused program header (PT_NULL), without a trace of where it
    // lay: the image is the same with and without debug information.
    for (index, segment) in segments.enumerated() where segment.type != 0 && !segment.isLoadable {
      guard segment.fileSize > 0, Int(segment.offset + segment.fileSize) > end else { continue }
      let start = table.lowerBound + index * Segment.byteCount
      image.replaceSubrange(
        start..<(start + Segment.byteCount), with: repeatElement(0, count: Segment.byteCount))
    }
    return image
  }
}
