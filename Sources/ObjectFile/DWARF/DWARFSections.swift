/// Debug information as compilers write it: DWARF, versions 2 to 5.
///
/// Section numbers in this folder are those of the DWARF 5 standard. In linked files, all addresses are
/// filled in. Relocations of debug sections (`.rela.debug_*`) occur only in object files, which ``ELF``
/// refuses.
package enum DWARF {
  /// The sections that are read.
  package enum Section: String, Sendable, CaseIterable {
    case info = ".debug_info"
    case abbreviations = ".debug_abbrev"
    case lines = ".debug_line"
    case strings = ".debug_str"
    case lineStrings = ".debug_line_str"
    case stringOffsets = ".debug_str_offsets"
    case addresses = ".debug_addr"
    case ranges = ".debug_ranges"
    case rangeLists = ".debug_rnglists"
    case frames = ".debug_frame"
  }

  /// The bytes of all the sections, as ranges of one file.
  struct Sections: Sendable {
    /// SHF_COMPRESSED
    private static let compressedFlag: UInt64 = 0x800

    let bytes: [UInt8]
    private var ranges: [Section: Range<Int>] = [:]

    /// The debug sections of `elf`. A section that is missing counts as empty.
    init(_ elf: ELF) throws(DWARFError) {
      bytes = elf.bytes
      let wanted = Dictionary(uniqueKeysWithValues: Section.allCases.map { ($0.rawValue, $0) })
      for section in elf.sections {
        let name = section.name
        let isOldCompressed = name.hasPrefix(".zdebug_")
        guard let known = wanted[isOldCompressed ? ".debug_" + name.dropFirst(8) : name], ranges[known] == nil
        else { continue }
        guard !isOldCompressed, section.flags & Self.compressedFlag == 0 else {
          throw DWARFError(section: known, offset: 0, reason: .compressed)
        }
        ranges[known] = section.range
      }
    }

    /// Sections that do not come from a file.
    init(_ contents: [Section: [UInt8]]) {
      var bytes: [UInt8] = []
      for (section, content) in contents.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        ranges[section] = bytes.count..<(bytes.count + content.count)
        bytes += content
      }
      self.bytes = bytes
    }

    /// The range of a section in ``bytes``.
    subscript(section: Section) -> Range<Int> { ranges[section] ?? 0..<0 }

    /// A cursor at the beginning of a section.
    func cursor(in section: Section) -> Cursor { Cursor(bytes, section, self[section]) }

    /// A cursor at `offset` of a section. `referrer` is the cursor that has just read the reference; an error
    /// names it.
    func cursor(in section: Section, at offset: UInt64, from referrer: Cursor) throws(DWARFError) -> Cursor {
      guard offset < UInt64(self[section].count) else { throw referrer.error(.outside(section, offset)) }
      var cursor = cursor(in: section)
      try cursor.skip(offset)
      return cursor
    }
  }

  /// A name in the file: from its first byte to any place after its NUL. The name is searched and copied only
  /// when it is asked for.
  struct Text: Sendable {
    /// Longer names are cut off here. No name in C is this long.
    static let maxLength = 1024

    var start: Int
    var end: Int

    func bytes(in file: [UInt8]) -> ArraySlice<UInt8> {
      file[start..<min(end, start + Self.maxLength)].prefix { $0 != 0 }
    }

    func string(in file: [UInt8]) -> String { String(decoding: bytes(in: file), as: UTF8.self) }

    /// Whether this text is `name`. Allocates no memory.
    func matches(_ name: String, in file: [UInt8]) -> Bool {
      var position = start
      for byte in name.utf8 {
        guard position < end, file[position] == byte, byte != 0 else { return false }
        position += 1
      }
      return position == end || file[position] == 0
    }
  }
}
