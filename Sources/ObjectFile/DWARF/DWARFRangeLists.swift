extension DWARF {
  /// Reads the addresses of code that is not in one piece (section 2.17.3).
  struct RangeLists {
    /// How many list entries may still be read. Each list belongs to one entry, so honest files never need
    /// more than the section has bytes.
    private var entriesLeft: Int
    private let sections: Sections

    init(_ sections: Sections) {
      self.sections = sections
      entriesLeft = sections[.ranges].count + sections[.rangeLists].count
    }

    /// Appends the addresses of `entry` to `ranges`: one piece, or a list of pieces. Pieces without bytes are
    /// left out.
    mutating func append(
      of entry: Entry, in unit: Unit, from referrer: Cursor, to ranges: inout [Range<UInt64>]
    ) throws(DWARFError) {
      if let list = entry.ranges {
        let section: Section = unit.version == 5 ? .rangeLists : .ranges
        var cursor = try sections.cursor(in: section, at: list, from: referrer)
        if unit.version == 5 {
          try appendList(&cursor, unit, to: &ranges)
        } else {
          try appendPairs(&cursor, unit, to: &ranges)
        }
      } else if let low = entry.lowPC, let high = entry.highPC {
        Self.append(low, high, to: &ranges)
      }
    }

    private static func append(_ low: UInt64, _ high: UInt64, to ranges: inout [Range<UInt64>]) {
      if low < high { ranges.append(low..<high) }
    }

    private mutating func spend(_ cursor: Cursor) throws(DWARFError) {
      guard entriesLeft > 0 else { throw cursor.error(.readTooOften) }
      entriesLeft -= 1
    }

    /// `.debug_ranges`, up to version 4: pairs of addresses. (-1, base) sets a base, and (0, 0) ends the
    /// list.
    private mutating func appendPairs(
      _ cursor: inout Cursor, _ unit: Unit, to ranges: inout [Range<UInt64>]
    ) throws(DWARFError) {
      var base = unit.lowPC
      while true {
        try spend(cursor)
        let low = try cursor.unsigned(8)
        let high = try cursor.unsigned(8)
        if low == 0 && high == 0 { return }
        if low == .max { base = high } else { Self.append(base &+ low, base &+ high, to: &ranges) }
      }
    }

    /// `.debug_rnglists`: each entry begins with its kind (section 7.25).
    private mutating func appendList(
      _ cursor: inout Cursor, _ unit: Unit, to ranges: inout [Range<UInt64>]
    ) throws(DWARFError) {
      var base = unit.lowPC
      while true {
        try spend(cursor)
        let start = cursor.offset
        switch try cursor.u8() {
        case 0: return  // DW_RLE_end_of_list
        case 1: base = try indexed(&cursor, unit)  // DW_RLE_base_addressx
        case 2:  // DW_RLE_startx_endx
          let low = try indexed(&cursor, unit)
          Self.append(low, try indexed(&cursor, unit), to: &ranges)
        case 3:  // DW_RLE_startx_length
          let low = try indexed(&cursor, unit)
          Self.append(low, low &+ (try cursor.uleb()), to: &ranges)
        case 4:  // DW_RLE_offset_pair
          let low = try cursor.uleb()
          Self.append(base &+ low, base &+ (try cursor.uleb()), to: &ranges)
        case 5: base = try cursor.unsigned(8)  // DW_RLE_base_address
        case 6:  // DW_RLE_start_end
          let low = try cursor.unsigned(8)
          Self.append(low, try cursor.unsigned(8), to: &ranges)
        case 7:  // DW_RLE_start_length
          let low = try cursor.unsigned(8)
          Self.append(low, low &+ (try cursor.uleb()), to: &ranges)
        case let kind: throw cursor.error(.unknownRangeEntry(kind), at: start)
        }
      }
    }

    private func indexed(_ cursor: inout Cursor, _ unit: Unit) throws(DWARFError) -> UInt64 {
      let index = try cursor.uleb()
      guard let address = try unit.address(at: index, cursor, sections) else {
        throw cursor.error(.outside(.addresses, index))
      }
      return address
    }
  }
}
