extension DWARF {
  /// Walks the entries of every unit once and keeps what callers can ask about.
  ///
  /// The sizes of the sections limit the work: every entry, row and list element takes bytes, and each byte
  /// is read once.
  struct Collector {
    /// The deepest nesting that is accepted. Blocks in C nest only as deep as a programmer nests them.
    static let maxDepth = 256

    /// What the entries below an open entry belong to.
    private struct Scope {
      /// The function with code that they belong to.
      var function: Int?
      var type: Int?
      /// Whether they are inside a function, with or without code.
      var isLocal = false
    }

    private let sections: Sections
    private var abbreviationTables: [UInt64: AbbreviationTable] = [:]
    private var abbreviationBytesLeft: Int
    private var linePrograms: [UInt64: LineProgram] = [:]
    private var lineBytesLeft: Int
    private var rangeLists: RangeLists

    private(set) var records = Records()
    private(set) var lines = LineTable()

    /// Reads everything.
    init(_ sections: Sections) throws(DWARFError) {
      self.sections = sections
      abbreviationBytesLeft = sections[.abbreviations].count
      lineBytesLeft = sections[.lines].count
      rangeLists = RangeLists(sections)
      var cursor = sections.cursor(in: .info)
      while !cursor.isAtEnd {
        let unit = try Unit(&cursor)
        try walk(unit, try abbreviations(of: unit))
      }
      lines.finish()
    }

    /// The unit's abbreviation table. Tables must not overlap, so no byte of them is read twice.
    private mutating func abbreviations(of unit: Unit) throws(DWARFError) -> AbbreviationTable {
      if let known = abbreviationTables[unit.abbreviationOffset] { return known }
      var cursor = try sections.cursor(in: .abbreviations, at: unit.abbreviationOffset, from: unit.entries)
      let start = cursor.offset
      let table = try AbbreviationTable(&cursor)
      abbreviationBytesLeft -= cursor.offset - start
      guard abbreviationBytesLeft >= 0 else { throw cursor.error(.readTooOften, at: start) }
      abbreviationTables[unit.abbreviationOffset] = table
      return table
    }

    /// The unit's line program. Programs must not overlap either.
    private mutating func lineProgram(of entry: Entry, _ cursor: Cursor) throws(DWARFError) -> LineProgram? {
      guard let offset = entry.statementList else { return nil }
      if let known = linePrograms[offset] { return known }
      var cursor = try sections.cursor(in: .lines, at: offset, from: cursor)
      let start = cursor.offset
      let program = try LineProgram(&cursor, directory: entry.directory, sections, table: &lines)
      lineBytesLeft -= program.byteCount
      guard lineBytesLeft >= 0 else { throw cursor.error(.readTooOften, at: start) }
      linePrograms[offset] = program
      return program
    }

    private mutating func walk(_ unit: Unit, _ abbreviations: AbbreviationTable) throws(DWARFError) {
      var unit = unit
      var cursor = unit.entries
      guard !cursor.isAtEnd, let bases = try Entry(&cursor, unit, abbreviations, sections) else { return }
      // The unit's own entry says where its indices count from. Its other attributes may need that, so it
      // comes first.
      unit.stringOffsetsBase = bases.stringOffsetsBase
      unit.addressBase = bases.addressBase
      unit.rangeListsBase = bases.rangeListsBase
      cursor = unit.entries
      guard let root = try Entry(&cursor, unit, abbreviations, sections) else { return }
      unit.lowPC = root.lowPC ?? 0
      let lines = try lineProgram(of: root, cursor)

      var scopes = [Scope()]
      while !scopes.isEmpty, root.hasChildren, !cursor.isAtEnd {
        guard let entry = try Entry(&cursor, unit, abbreviations, sections) else {
          scopes.removeLast()
          continue
        }
        let scope = try collect(entry, unit, cursor, lines, scopes[scopes.count - 1])
        if entry.hasChildren {
          guard scopes.count < Self.maxDepth else {
            throw cursor.error(.nestedTooDeep(limit: Self.maxDepth), at: entry.offset)
          }
          scopes.append(scope)
        }
      }
    }

    /// Keeps what `entry` says. Returns what the entries below it belong to.
    private mutating func collect(
      _ entry: Entry, _ unit: Unit, _ cursor: Cursor, _ lines: LineProgram?, _ scope: Scope
    ) throws(DWARFError) -> Scope {
      switch entry.tag {
      case .subprogram:
        appendNamed(entry, lines)
        return Scope(function: try appendFunction(entry, unit, cursor), isLocal: true)
      case .inlinedSubroutine:
        if let function = scope.function { try appendInlined(entry, in: function, unit, cursor, lines) }
      case .lexicalBlock: break
      case .variable: appendVariable(entry, isLocal: scope.isLocal, lines)
      case .arrayType, .enumerationType, .pointerType, .structureType, .subroutineType, .typedef, .unionType,
        .baseType, .constType, .volatileType, .restrictType, .atomicType:
        records.types.append(
          TypeRecord(
            offset: entry.offset, tag: entry.tag, name: entry.name, byteSize: entry.byteSize,
            encoding: entry.encoding, type: entry.type, isDeclaration: entry.isDeclaration))
        return Scope(type: records.types.count - 1, isLocal: scope.isLocal)
      case .member, .enumerator, .subrangeType:
        if let type = scope.type { appendPart(entry, of: type) }
      case .compileUnit, .partialUnit, .skeletonUnit, .other: break
      }
      return Scope(function: scope.function, isLocal: scope.isLocal)
    }

    private mutating func appendNamed(_ entry: Entry, _ lines: LineProgram?) {
      records.named.append(
        Named(
          offset: entry.offset, name: entry.name, origin: entry.origin,
          file: entry.declarationFile.flatMap { lines?.fileIndex($0) }, line: entry.declarationLine,
          type: entry.type))
    }

    private mutating func appendFunction(
      _ entry: Entry, _ unit: Unit, _ cursor: Cursor
    ) throws(DWARFError) -> Int? {
      let first = records.addresses.count
      try rangeLists.append(of: entry, in: unit, from: cursor, to: &records.addresses)
      guard records.addresses.count > first else { return nil }
      records.functions.append(
        FunctionRecord(
          named: records.named.count - 1, addresses: first..<records.addresses.count,
          inlined: records.inlined.count..<records.inlined.count))
      return records.functions.count - 1
    }

    private mutating func appendInlined(
      _ entry: Entry, in function: Int, _ unit: Unit, _ cursor: Cursor, _ lines: LineProgram?
    ) throws(DWARFError) {
      let first = records.addresses.count
      try rangeLists.append(of: entry, in: unit, from: cursor, to: &records.addresses)
      // The inlined copies of one function must be next to each other in the list. Those of a function inside
      // it would break that.
      guard records.functions[function].inlined.upperBound == records.inlined.count else { return }
      records.inlined.append(
        InlinedRecord(
          origin: entry.origin, addresses: first..<records.addresses.count,
          file: entry.callFile.flatMap { lines?.fileIndex($0) }, line: entry.callLine,
          column: entry.callColumn))
      records.functions[function].inlined =
        records.functions[function].inlined.lowerBound..<records.inlined.count
    }

    private mutating func appendVariable(_ entry: Entry, isLocal: Bool, _ lines: LineProgram?) {
      guard entry.address != nil || !isLocal else { return }
      appendNamed(entry, lines)
      guard let address = entry.address else { return }
      records.globals.append(
        GlobalRecord(
          named: records.named.count - 1, address: address, isExternal: entry.isExternal, isLocal: isLocal))
    }

    private mutating func appendPart(_ entry: Entry, of type: Int) {
      let index = records.parts.count
      var bitOffset = entry.dataBitOffset
      var offset = entry.memberOffset
      if let fromTop = entry.bitOffset, let size = entry.bitSize, let storage = entry.byteSize {
        // Up to version 4, bits were counted from the most significant bit of the storage unit.
        bitOffset = offset &* 8 &+ storage &* 8 &- fromTop &- size
      }
      if let bit = bitOffset { offset = bit / 8 }
      records.parts.append(
        PartRecord(
          tag: entry.tag, name: entry.name, type: entry.type, offset: offset, bitSize: entry.bitSize,
          bitOffset: bitOffset, constant: entry.constant, count: entry.count))
      if let last = records.types[type].lastPart {
        records.parts[last].next = index
      } else {
        records.types[type].firstPart = index
      }
      records.types[type].lastPart = index
    }
  }
}
