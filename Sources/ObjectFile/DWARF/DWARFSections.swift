/// Debug information as compilers write it: DWARF, versions 2 to 5.
///
/// Section numbers in this folder are those of the DWARF 5 standard. Linked files have their addresses filled in:
/// relocations of debug sections (`.rela.debug_*`) belong to object files, which ``ELF`` refuses.
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

  /// The bytes of every section, as parts of one file.
  struct Sections: Sendable {
    /// SHF_COMPRESSED
    private static let compressedFlag: UInt64 = 0x800

    let bytes: [UInt8]
    private var ranges: [Section: Range<Int>] = [:]

    /// The debug sections of `elf`; one that is not there has no bytes.
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

    /// Sections without a file around them.
    init(_ contents: [Section: [UInt8]]) {
      var bytes: [UInt8] = []
      for (section, content) in contents.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        ranges[section] = bytes.count..<(bytes.count + content.count)
        bytes += content
      }
      self.bytes = bytes
    }

    /// Where a section lies in ``bytes``.
    subscript(section: Section) -> Range<Int> { ranges[section] ?? 0..<0 }

    /// A cursor at the beginning of a section.
    func cursor(in section: Section) -> Cursor { Cursor(bytes, section, self[section]) }

    /// A cursor at `offset` of a section, which `referrer` was just read to refer to.
    func cursor(in section: Section, at offset: UInt64, from referrer: Cursor) throws(DWARFError) -> Cursor {
      guard offset < UInt64(self[section].count) else { throw referrer.error(.outside(section, offset)) }
      var cursor = cursor(in: section)
      try cursor.skip(offset)
      return cursor
    }
  }

  /// A name in the file, from its first byte to anywhere behind its NUL. Nothing is searched or copied until it is
  /// asked for.
  struct Text: Sendable {
    /// Names are cut off here: no name in C is so long.
    static let maxLength = 1024

    var start: Int
    var end: Int

    func bytes(in file: [UInt8]) -> ArraySlice<UInt8> {
      file[start..<min(end, start + Self.maxLength)].prefix { $0 != 0 }
    }

    func string(in file: [UInt8]) -> String { String(decoding: bytes(in: file), as: UTF8.self) }

    /// Whether this is `name`; allocates nothing.
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
