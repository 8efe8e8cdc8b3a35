extension ELF {
  /// `Elf64_Shdr`: a piece of the file as the linker made it.
  package struct Section: Sendable {
    /// Bytes of a section header in the file.
    package static let byteCount = 64

    /// SHT_SYMTAB
    static let symbolTable: UInt32 = 2
    /// SHT_STRTAB
    static let stringTable: UInt32 = 3
    /// SHT_NOBITS: takes no bytes of the file.
    static let noBits: UInt32 = 8

    /// `sh_type`
    package var type: UInt32
    /// `sh_flags`
    package var flags: UInt64
    /// `sh_addr`: its address in memory, or 0 if it is not loaded.
    package var address: UInt64
    /// `sh_offset`
    package var offset: UInt64
    /// `sh_size`: bytes.
    package var size: UInt64
    /// `sh_link`: a section that belongs to it.
    package var link: UInt32
    /// `sh_entsize`
    package var entrySize: UInt64

    /// The name, `.text` for instance. Empty if the file does not name its sections.
    package var name: String { String(terminated: nameBytes) }

    /// Whether it is in memory while the program runs (SHF_ALLOC).
    package var isLoaded: Bool { flags & 2 != 0 }
    /// Whether it holds instructions (SHF_EXECINSTR).
    package var isExecutable: Bool { flags & 4 != 0 }

    let nameOffset: UInt32
    var nameBytes: ArraySlice<UInt8> = []

    /// Where its bytes are in the file. Empty if the file has no bytes for it.
    let range: Range<Int>

    /// Section header `index`, at `header` of the file.
    init(_ reader: ByteReader, at header: Int, index: Int) throws(ELFError) {
      nameOffset = reader.u32(header)
      type = reader.u32(header + 4)
      flags = reader.u64(header + 8)
      address = reader.u64(header + 16)
      offset = reader.u64(header + 24)
      size = reader.u64(header + 32)
      link = reader.u32(header + 40)
      entrySize = reader.u64(header + 56)

      if type == 0 || type == Self.noBits {
        range = 0..<0
      } else if let range = reader.range(at: offset, count: size) {
        self.range = range
      } else {
        throw ELFError(
          header + 24,
          .sectionOutsideFile(index: index, offset: offset, size: size, fileBytes: reader.bytes.count))
      }
    }

    /// All section headers, named.
    static func all(_ reader: ByteReader, _ header: Header) throws(ELFError) -> [Section] {
      guard header.sectionHeaderCount > 0 else { return [] }
      let tableSize = UInt64(header.sectionHeaderCount * byteCount)
      guard let table = reader.range(at: header.sectionHeaderOffset, count: tableSize) else {
        throw ELFError(
          header.sectionHeaderOffset, .truncated(.sectionHeader, fileBytes: reader.bytes.count))
      }
      var sections: [Section] = []
      sections.reserveCapacity(header.sectionHeaderCount)
      for index in 0..<header.sectionHeaderCount {
        sections.append(try Section(reader, at: table.lowerBound + index * byteCount, index: index))
      }

      if header.sectionNameIndex == 0 { return sections }
      let names = try StringTable(
        reader, sections, index: UInt64(header.sectionNameIndex), for: .sectionNames, at: 62)
      for index in sections.indices {
        sections[index].nameBytes = try names.bytes(
          at: sections[index].nameOffset, of: .sectionHeader, index: index,
          field: table.lowerBound + index * byteCount)
      }
      return sections
    }
  }
}

/// A section of NUL-terminated names.
struct StringTable {
  private let bytes: ArraySlice<UInt8>

  /// The table in section `index`. `field` is the place in the file that holds this index.
  init(
    _ reader: ByteReader, _ sections: [ELF.Section], index: UInt64, for user: ELFError.Structure,
    at field: Int
  ) throws(ELFError) {
    guard index < UInt64(sections.count), sections[Int(index)].type == ELF.Section.stringTable else {
      throw ELFError(field, .badSectionLink(from: user, to: index))
    }
    bytes = reader.bytes[sections[Int(index)].range]
    guard bytes.last ?? 0 == 0 else {
      throw ELFError(bytes.endIndex - 1, .unterminatedStringTable(index: Int(index)))
    }
  }

  /// The table from the beginning of the name at `offset` on. The name ends at the first NUL. Nothing is
  /// copied or searched here, so a hostile table costs no time.
  func bytes(
    at offset: UInt32, of structure: ELFError.Structure, index: Int, field: Int
  ) throws(ELFError) -> ArraySlice<UInt8> {
    if offset == 0 && bytes.isEmpty { return bytes }
    guard Int(offset) < bytes.count else {
      throw ELFError(field, .badName(structure, index: index, name: offset, tableSize: bytes.count))
    }
    return bytes[(bytes.startIndex + Int(offset))...]
  }
}

extension String {
  /// The text up to the first NUL.
  init(terminated bytes: ArraySlice<UInt8>) {
    self.init(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
