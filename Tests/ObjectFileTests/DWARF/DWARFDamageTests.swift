import LabPrograms
import TestSupport
import Testing

@testable import ObjectFile

/// Any bytes give a typed error or an answer. Reading them never traps, and always ends.
@Suite struct DWARFDamageTests {
  /// Every section of a program.
  private static func sections(_ elf: ELF) -> [DWARF.Section: [UInt8]] {
    var sections: [DWARF.Section: [UInt8]] = [:]
    for section in DWARF.Section.allCases {
      guard let place = elf.section(named: section.rawValue) else { continue }
      sections[section] = Array(elf.contents(of: place))
    }
    return sections
  }

  private static func small() throws -> [DWARF.Section: [UInt8]] {
    sections(try DebuggedPrograms.guest("bad-panic"))
  }

  @Test func theGuestHasEverySectionOfItsVersion() throws {
    #expect(
      Set(Self.sections(try DebuggedPrograms.guest("tiny")).keys)
        == [
          .info, .abbreviations, .lines, .strings, .lineStrings, .stringOffsets, .addresses, .rangeLists,
          .frames,
        ])
  }

  @Test("every truncation of every section", arguments: DWARF.Section.allCases)
  func truncations(section: DWARF.Section) throws {
    let whole = try Self.small()
    let answers = DebugInfoExercise.answers(of: try DebugInfo(DWARF.Sections(whole)))
    let bytes = whole[section] ?? []
    for length in bytes.indices {
      var cut = whole
      cut[section] = Array(bytes[..<length])
      do throws(DWARFError) {
        // If a missing part was needed, there is one answer less. No answer can be a different one.
        let less = DebugInfoExercise.answers(of: try DebugInfo(DWARF.Sections(cut)))
        #expect(less.count <= answers.count, "\(section.rawValue) cut to \(length)")
      } catch {
        #expect(error.offset >= 0)
      }
    }
  }

  @Test("a file that is cut off anywhere", arguments: ["bad-panic"])
  func files(guest: String) throws {
    let file = try #require(LabPrograms.guest(guest))
    for length in 0..<file.count {
      guard let elf = try? ELF(parsing: Array(file[..<length])) else { continue }
      _ = CodeMap(elf).location(of: 0x8000_0000)
    }
  }

  @Test("every byte of a small program's sections, changed", arguments: DWARF.Section.allCases)
  func everyByte(section: DWARF.Section) throws {
    let whole = try Self.small()
    for offset in (whole[section] ?? []).indices {
      for value: UInt8 in [0, 1, 0x7f, 0x80, 0xfe, 0xff] {
        var changed = whole
        changed[section]?[offset] = value
        DebugInfoExercise.run(changed)
      }
    }
  }

  @Test("random changes", arguments: 0..<8)
  func mutations(seed: UInt64) throws {
    let whole = Self.sections(try DebuggedPrograms.guest(seed % 2 == 0 ? "tiny" : "bad-panic"))
    let names = whole.keys.sorted { $0.rawValue < $1.rawValue }
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<(seed % 2 == 0 ? 40 : 200) {
      var changed = whole
      for _ in 0...(generator.next() % 6) {
        let section = generator.pick(names)
        guard var bytes = changed[section], !bytes.isEmpty else { continue }
        let offset = Int(generator.next() % UInt64(bytes.count))
        switch generator.next() % 4 {
        case 0: bytes[offset] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes.removeSubrange(offset..<min(bytes.count, offset + 3))
        case 2: bytes.insert(contentsOf: generator.bytes(4), at: offset)
        default:
          let end = min(bytes.count, offset + 8)
          bytes.replaceSubrange(offset..<end, with: repeatElement(0xff, count: end - offset))
        }
        changed[section] = bytes
      }
      DebugInfoExercise.run(changed)
    }
  }

  @Test("bytes without sense", arguments: 0..<8)
  func noise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      var sections: [DWARF.Section: [UInt8]] = [:]
      for section in DWARF.Section.allCases {
        sections[section] = generator.bytes(Int(generator.next() % 200))
      }
      DebugInfoExercise.run(sections)
    }
  }

  /// A structure of 100 members without a name, each of which has this same structure as its type. Without a
  /// limit, there would be 100 to the power of the depth.
  @Test func membersThatHoldThemselves() throws {
    let table = DWARFBytes.abbreviations(
      (1, 0x11, true, []), (2, 0x13, true, [[0x03, 0x08], [0x0b, 0x0b]]), (3, 0x0d, false, [[0x49, 0x13]]))
    let unit = DWARFBytes.unit(version: 4) { unit in
      unit.uleb(1, 2)
      unit.text("s")
      unit.u8(8)
      for _ in 0..<100 {
        unit.uleb(3)
        unit.u32(12)
      }
      unit.uleb(0, 0)
    }
    let info = try DebugInfo(DWARF.Sections([.info: unit, .abbreviations: table]))
    #expect(info.layout(ofStruct: "s")?.members.count == 100)
    #expect(info.member("x", ofStruct: "s") == nil)
  }

  @Test("compressed sections are refused by name", arguments: [".debug_info", ".debug_line", ".debug_str"])
  func compressed(name: String) throws {
    let elf = try DebuggedPrograms.guest("bad-panic")
    let index = try #require(elf.sections.firstIndex { $0.name == name })
    var file = elf.bytes
    // SHF_COMPRESSED is bit 11 of sh_flags.
    file[Int(elf.header.sectionHeaderOffset) + index * ELF.Section.byteCount + 9] |= 0x08
    let map = CodeMap(try ELF(parsing: file))
    let section = try #require(DWARF.Section(rawValue: name))
    #expect(map.problem == DWARFError(section: section, offset: 0, reason: .compressed))
    #expect(
      map.problem?.description == "\(name) offset 0: compressed debug information is not supported")
    // The symbols still give answers.
    let main = try #require(elf.symbol(named: "main"))
    #expect(
      map.location(of: main.address + 4)?.frames == [.init(function: "main", file: nil, line: nil)])
  }
}
