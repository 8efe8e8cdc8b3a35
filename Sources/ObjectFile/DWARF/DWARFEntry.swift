extension DWARF {
  /// A debugging information entry (section 2.1), with the attributes that this module uses.
  struct Entry {
    /// Where it begins in `.debug_info`.
    var offset: Int
    var tag: Tag
    var hasChildren: Bool

    var name: Text?
    var isDeclaration = false
    var isExternal = false
    /// The entry that has the remaining attributes: the declaration, or the function that was inlined.
    var origin: UInt64?
    var declarationFile: UInt64?
    var declarationLine: UInt64 = 0

    // Code
    var lowPC: UInt64?
    var highPC: UInt64?
    /// An offset into `.debug_rnglists`, or `.debug_ranges` before version 5.
    var ranges: UInt64?
    var callFile: UInt64?
    var callLine: UInt64 = 0
    var callColumn: UInt64 = 0

    // Data
    /// The address of a variable that stays at one address.
    var address: UInt64?
    var type: UInt64?
    var byteSize: UInt64?
    var encoding: UInt64 = 0
    var bitSize: UInt64?
    var bitOffset: UInt64?
    var dataBitOffset: UInt64?
    var memberOffset: UInt64 = 0
    /// An enumerator's value.
    var constant: Int64 = 0
    /// How many elements an array has.
    var count: UInt64?

    // Units
    var statementList: UInt64?
    var directory: Text?
    var stringOffsetsBase: UInt64?
    var addressBase: UInt64?
    var rangeListsBase: UInt64?

    /// Reads the entry at the cursor, or returns nil at the end of a list of siblings.
    init?(
      _ cursor: inout Cursor, _ unit: Unit, _ abbreviations: AbbreviationTable, _ sections: Sections
    ) throws(DWARFError) {
      offset = cursor.offset
      let code = try cursor.uleb()
      if code == 0 { return nil }
      guard let abbreviation = abbreviations[code] else {
        throw cursor.error(.unknownAbbreviation(code), at: offset)
      }
      tag = abbreviation.tag
      hasChildren = abbreviation.hasChildren
      let encoding = Encoding(version: unit.version, is64: unit.is64, unitOffset: UInt64(unit.offset))
      var isLength = false
      for index in abbreviation.attributes {
        let shape = abbreviations.attributes[index]
        let value = try value(&cursor, shape.form, constant: shape.constant, encoding, sections)
        switch shape.attribute {
        case .other: break
        case .name: name = try unit.text(value, cursor, sections) ?? name
        case .declaration: isDeclaration = value.isTrue
        case .external: isExternal = value.isTrue
        case .abstractOrigin, .specification: origin = value.reference ?? origin
        case .declarationFile: declarationFile = value.number
        case .declarationLine: declarationLine = value.number ?? 0
        case .lowPC: lowPC = try unit.address(value, cursor, sections)
        case .highPC:
          // Up to version 3 this is an address; later it is a length, unless its form is an address's.
          highPC = try unit.address(value, cursor, sections) ?? value.number
          isLength = value.number != nil
        case .ranges: ranges = try unit.rangeList(value, cursor, sections)
        case .callFile: callFile = value.number
        case .callLine: callLine = value.number ?? 0
        case .callColumn: callColumn = value.number ?? 0
        case .location: address = try unit.location(value, cursor, sections)
        case .type: type = value.reference
        case .byteSize: byteSize = value.number
        case .encoding: self.encoding = value.number ?? 0
        case .bitSize: bitSize = value.number
        case .bitOffset: bitOffset = value.number
        case .dataBitOffset: dataBitOffset = value.number
        case .memberLocation: memberOffset = try unit.memberOffset(value, cursor) ?? 0
        case .constantValue: constant = Int64(truncatingIfNeeded: value.number ?? 0)
        case .count: count = value.number
        // An array without elements has the bound -1.
        case .upperBound: count = value.number.map { $0 &+ 1 }
        case .statementList: statementList = value.offset
        case .compilationDirectory: directory = try unit.text(value, cursor, sections)
        case .stringOffsetsBase: stringOffsetsBase = value.offset
        case .addressBase: addressBase = value.offset
        case .rangeListsBase: rangeListsBase = value.offset
        }
      }
      if isLength, let low = lowPC, let length = highPC { highPC = low &+ length }
    }
  }
}

extension DWARF.Value {
  var isTrue: Bool { if case .flag(true) = self { true } else { false } }

  var reference: UInt64? { if case .reference(let offset) = self { offset } else { nil } }

  var number: UInt64? {
    switch self {
    case .unsigned(let value): value
    case .signed(let value): UInt64(bitPattern: value)
    default: nil
    }
  }

  /// An offset into another section. Before version 4, such offsets were written as plain numbers.
  var offset: UInt64? {
    switch self {
    case .sectionOffset(let value), .unsigned(let value): value
    default: nil
    }
  }
}
