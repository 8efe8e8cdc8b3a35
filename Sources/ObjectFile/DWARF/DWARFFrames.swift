extension DWARF {
  /// `.debug_frame`: how to find a function's caller from each of the function's instructions (section
  /// 6.4.1).
  struct FrameTable: Sendable {
    /// A frame description entry: a function, and where its instructions are.
    struct Description: Sendable {
      var addresses: Range<UInt64>
      var common: Int
      var instructions: Range<Int>
    }

    /// A common information entry: what several descriptions share.
    struct Common: Sendable {
      var codeUnit: UInt64
      var dataUnit: Int64
      /// The column of the return address.
      var returnAddress: UInt64
      var instructions: Range<Int>
    }

    /// How many of the descriptions that begin before an address are tried for that address.
    private static let nesting = 16

    let section: Cursor
    private(set) var commons: [Common] = []
    private var descriptions: [Description] = []

    init(_ sections: Sections) throws(DWARFError) {
      section = sections.cursor(in: .frames)
      var cursor = section
      var commonsByOffset: [UInt64: Int] = [:]
      while !cursor.isAtEnd {
        let start = cursor.offset
        let (length, is64) = try cursor.initialLength()
        var entry = try cursor.part(length)
        let place = entry.offset
        let common = try entry.sectionOffset(is64: is64)
        if common == (is64 ? .max : 0xffff_ffff) {
          commonsByOffset[UInt64(start)] = commons.count
          commons.append(try Common(&entry))
        } else {
          guard let index = commonsByOffset[common] else {
            throw entry.error(.badFrameReference(common), at: place)
          }
          let low = try entry.unsigned(8)
          let high = low.addingReportingOverflow(try entry.unsigned(8))
          guard !high.overflow else { continue }
          descriptions.append(
            Description(
              addresses: low..<high.partialValue, common: index, instructions: entry.position..<entry.end))
        }
      }
      descriptions.sort { $0.addresses.lowerBound < $1.addresses.lowerBound }
    }

    /// The description of the function that `address` lies in.
    func description(containing address: UInt64) -> Description? {
      let before = descriptions.firstIndexFromSorted { $0.addresses.lowerBound > address }
      return descriptions[..<before].suffix(Self.nesting).last { $0.addresses.contains(address) }
    }
  }
}

extension DWARF.FrameTable.Common {
  /// Reads the entry at the cursor, which is just after the entry's mark.
  init(_ cursor: inout DWARF.Cursor) throws(DWARFError) {
    let version = try cursor.u8()
    guard version == 1 || version == 3 || version == 4 else {
      throw cursor.error(.unsupportedVersion(UInt64(version)), at: cursor.offset - 1)
    }
    // An augmentation would announce further fields here. None is defined for this section.
    let augmentation = try cursor.u8()
    guard augmentation == 0 else {
      throw cursor.error(.unsupportedVersion(UInt64(augmentation)), at: cursor.offset - 1)
    }
    if version == 4 {
      let addressSize = try cursor.u8()
      guard addressSize == 8 else { throw cursor.error(.badAddressSize(addressSize), at: cursor.offset - 1) }
      try cursor.skip(1)  // segment_selector_size
    }
    codeUnit = try cursor.uleb()
    dataUnit = try cursor.sleb()
    returnAddress = version == 1 ? UInt64(try cursor.u8()) : try cursor.uleb()
    instructions = cursor.position..<cursor.end
  }
}
