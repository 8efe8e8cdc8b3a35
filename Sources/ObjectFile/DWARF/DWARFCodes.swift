extension DWARF {
  /// What an entry describes (section 7.5.3). Only the tags that this module uses are listed.
  enum Tag: UInt64 {
    case arrayType = 0x01
    case enumerationType = 0x04
    case lexicalBlock = 0x0b
    case member = 0x0d
    case pointerType = 0x0f
    case compileUnit = 0x11
    case structureType = 0x13
    case subroutineType = 0x15
    case typedef = 0x16
    case unionType = 0x17
    case inlinedSubroutine = 0x1d
    case subrangeType = 0x21
    case baseType = 0x24
    case constType = 0x26
    case enumerator = 0x28
    case subprogram = 0x2e
    case variable = 0x34
    case volatileType = 0x35
    case restrictType = 0x37
    case partialUnit = 0x3c
    case atomicType = 0x47
    case skeletonUnit = 0x4a
    case other = 0

    init(code: UInt64) { self = Tag(rawValue: code) ?? .other }
  }

  /// What an attribute says about an entry (section 7.5.4). Only the attributes that this module uses are
  /// listed.
  enum Attribute: UInt64 {
    case location = 0x02
    case name = 0x03
    case byteSize = 0x0b
    /// Up to version 4: the distance in bits from the storage unit's most significant bit to the field's.
    case bitOffset = 0x0c
    case bitSize = 0x0d
    case statementList = 0x10
    case lowPC = 0x11
    case highPC = 0x12
    case compilationDirectory = 0x1b
    case constantValue = 0x1c
    case upperBound = 0x2f
    case abstractOrigin = 0x31
    case count = 0x37
    case memberLocation = 0x38
    case declarationFile = 0x3a
    case declarationLine = 0x3b
    case declaration = 0x3c
    case encoding = 0x3e
    case external = 0x3f
    case specification = 0x47
    case type = 0x49
    case ranges = 0x55
    case callColumn = 0x57
    case callFile = 0x58
    case callLine = 0x59
    case dataBitOffset = 0x6b
    case stringOffsetsBase = 0x72
    case addressBase = 0x73
    case rangeListsBase = 0x74
    case other = 0

    init(code: UInt64) { self = Attribute(rawValue: code) ?? .other }
  }

  /// How an attribute's value is written (section 7.5.6).
  enum Form: UInt64 {
    case address = 0x01
    case block2 = 0x03
    case block4 = 0x04
    case data2 = 0x05
    case data4 = 0x06
    case data8 = 0x07
    case string = 0x08
    case block = 0x09
    case block1 = 0x0a
    case data1 = 0x0b
    case flag = 0x0c
    case signedData = 0x0d
    case stringOffset = 0x0e
    case unsignedData = 0x0f
    case referenceAddress = 0x10
    case reference1 = 0x11
    case reference2 = 0x12
    case reference4 = 0x13
    case reference8 = 0x14
    case referenceUnsigned = 0x15
    case indirect = 0x16
    case sectionOffset = 0x17
    case expression = 0x18
    case flagPresent = 0x19
    case stringIndex = 0x1a
    case addressIndex = 0x1b
    case referenceSupplementary4 = 0x1c
    case stringSupplementary = 0x1d
    case data16 = 0x1e
    case lineStringOffset = 0x1f
    case referenceSignature = 0x20
    case implicitConstant = 0x21
    case locationListIndex = 0x22
    case rangeListIndex = 0x23
    case referenceSupplementary8 = 0x24
    case stringIndex1 = 0x25
    case stringIndex2 = 0x26
    case stringIndex3 = 0x27
    case stringIndex4 = 0x28
    case addressIndex1 = 0x29
    case addressIndex2 = 0x2a
    case addressIndex3 = 0x2b
    case addressIndex4 = 0x2c
    // GNU's own forms, from before version 5.
    case gnuAddressIndex = 0x1f01
    case gnuStringIndex = 0x1f02
    case gnuReferenceAlternate = 0x1f20
    case gnuStringAlternate = 0x1f21
  }
}
