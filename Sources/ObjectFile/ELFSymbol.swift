extension ELF {
  /// `Elf64_Sym`: a name for an address.
  package struct Symbol: Sendable {
    /// Bytes of a symbol in the file.
    package static let byteCount = 24

    /// What the symbol names.
    package enum Kind: Equatable, Sendable {
      /// STT_NOTYPE: a label in assembly.
      case label
      /// STT_OBJECT
      case object
      /// STT_FUNC
      case function
      /// STT_SECTION, STT_FILE and all other kinds that do not name an address of the program.
      case other(UInt8)
    }

    /// `st_value`: the address.
    package var address: UInt64
    /// `st_size`: bytes, or 0 if the assembler was not told.
    package var size: UInt64
    package var kind: Kind
    /// STB_GLOBAL or STB_WEAK: other files can see it.
    package var isGlobal: Bool
    /// `st_shndx`: the section that it is in. 0 means undefined, 0xfff1 a number that is not a place.
    package var sectionIndex: Int

    /// The name as it is in the program's source.
    package var name: String { String(terminated: nameBytes) }

    let nameBytes: ArraySlice<UInt8>

    /// Whether the symbol's name is `name`. Allocates no memory.
    package func isNamed(_ name: String) -> Bool {
      var bytes = nameBytes.makeIterator()
      for expected in name.utf8 {
        guard let byte = bytes.next(), byte == expected, byte != 0 else { return false }
      }
      return bytes.next() ?? 0 == 0
    }

    /// Whether it names code or data. Undefined symbols, files and sections do not, nor do the assembler's
    /// `$x` marks and `.L` labels.
    var namesPlace: Bool {
      if case .other = kind { return false }
      guard sectionIndex != 0, sectionIndex < 0xff00, let first = nameBytes.first, first != 0 else {
        return false
      }
      return first != UInt8(ascii: "$") && first != UInt8(ascii: ".")
    }

    /// Which of several symbols at one address explains it best: the one with the highest rank.
    var rank: Int {
      (kind == .function ? 4 : 0) + (size > 0 ? 2 : 0) + (isGlobal ? 1 : 0)
    }

    /// The symbols of the first symbol table in the file's order. No elements if the file was stripped.
    static func all(_ reader: ByteReader, _ header: Header, _ sections: [Section]) throws(ELFError)
      -> [Symbol]
    {
      guard let tableIndex = sections.firstIndex(where: { $0.type == Section.symbolTable }) else { return [] }
      let table = sections[tableIndex]
      let tableHeader = Int(clamping: header.sectionHeaderOffset) + tableIndex * Section.byteCount
      guard table.entrySize == UInt64(byteCount) else {
        throw ELFError(
          tableHeader + 56, .badEntrySize(.symbol, size: table.entrySize, expected: byteCount))
      }
      guard table.range.count % byteCount == 0 else {
        throw ELFError(tableHeader + 32, .partialSymbol(size: table.size))
      }
      let names = try StringTable(
        reader, sections, index: UInt64(table.link), for: .symbolTable, at: tableHeader + 40)

      var symbols: [Symbol] = []
      symbols.reserveCapacity(table.range.count / byteCount)
      for (index, offset) in stride(from: table.range.lowerBound, to: table.range.upperBound, by: byteCount)
        .enumerated()
      {
        let info = reader.u8(offset + 4)
        let kind: Kind =
          switch info & 15 {
          case 0: .label
          case 1: .object
          case 2: .function
          case let other: .other(other)
          }
        symbols.append(
          Symbol(
            address: reader.u64(offset + 8), size: reader.u64(offset + 16), kind: kind,
            isGlobal: info >> 4 == 1 || info >> 4 == 2, sectionIndex: Int(reader.u16(offset + 6)),
            nameBytes: try names.bytes(at: reader.u32(offset), of: .symbol, index: index, field: offset)))
      }
      return symbols
    }
  }
}

/// The symbols that name places, in the order of their addresses. Answers "which function is this address
/// in?".
struct SymbolIndex: Sendable {
  /// A symbol, and the address after its last byte.
  private struct Place: Sendable {
    var start: UInt64
    var end: UInt64
    var symbol: Int
  }

  private var places: [Place] = []

  /// How many of the symbols that begin before an address are tried for that address. Symbols nest only a few
  /// deep.
  private static let nesting = 16

  init(_ symbols: [ELF.Symbol], _ sections: [ELF.Section]) {
    let order = symbols.indices.filter { symbols[$0].namesPlace }.sorted { one, other in
      (symbols[one].address, symbols[one].rank, one) < (symbols[other].address, symbols[other].rank, other)
    }
    places.reserveCapacity(order.count)
    var next = UInt64.max  // the address of the nearest symbol that begins after this one
    var following = UInt64.max
    for index in order.reversed() {
      let symbol = symbols[index]
      if symbol.address < following {
        next = following
        following = symbol.address
      }
      var end = symbol.address.addingReportingOverflow(symbol.size)
      if end.overflow { end.partialValue = .max }
      if symbol.size == 0 {
        // A label reaches to the next symbol, but not past the end of its section.
        var sectionEnd = symbol.address
        if sections.indices.contains(symbol.sectionIndex) {
          let section = sections[symbol.sectionIndex]
          sectionEnd = section.address &+ section.size
        }
        end.partialValue = max(symbol.address, min(next, sectionEnd))
      }
      places.append(Place(start: symbol.address, end: end.partialValue, symbol: index))
    }
    places.reverse()
  }

  /// The symbol that contains `address`: the last one that begins at or before it and does not end before it.
  func symbol(containing address: UInt64) -> Int? {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle].start <= address { low = middle + 1 } else { high = middle }
    }
    return places[..<low].suffix(Self.nesting).last { address < $0.end }?.symbol
  }
}
