import Testing

@testable import ObjectFile

/// A sample with one wrong place, and the error that it must give.
struct Spoilt: Sendable, CustomTestStringConvertible {
  var name: String
  var file: [UInt8]
  var offset: Int
  var reason: ELFError.Reason
  var testDescription: String { name }

  init(_ name: String, _ file: [UInt8], _ offset: Int, _ reason: ELFError.Reason) {
    self.name = name
    self.file = file
    self.offset = offset
    self.reason = reason
  }
}

@Suite struct ELFErrorTests {
  static let sections = SampleELF.sectionHeadersOffset
  static let all: [Spoilt] = {
    let with = { SampleELF.with($0, $1, at: $2) } as (UInt64, Int, Int) -> [UInt8]
    let size = SampleELF.bytes.count
    let huge = UInt64.max - 7
    return [
      Spoilt("empty", [], 0, .badMagic),
      Spoilt("text", Array("#!/bin/sh\n".utf8), 0, .badMagic),
      Spoilt("magic cut off", [0x7f, 0x45], 0, .truncated(.header, fileBytes: 2)),
      Spoilt("header cut off", Array(SampleELF.bytes[..<63]), 0, .truncated(.header, fileBytes: 63)),
      Spoilt("32-bit", with(1, 1, 4), 4, .thirtyTwoBit),
      Spoilt(
        "32-bit x86", SampleELF.with(3, 2, at: 18).enumerated().map { $0 == 4 ? 1 : $1 }, 18, .wrongMachine(3)
      ),
      Spoilt("class 9", with(9, 1, 4), 4, .badClass(9)),
      Spoilt("big-endian", with(2, 1, 5), 5, .bigEndian),
      Spoilt("encoding 0", with(0, 1, 5), 5, .badDataEncoding(0)),
      Spoilt("EI_VERSION", with(2, 1, 6), 6, .badVersion(2)),
      Spoilt("e_version", with(7, 4, 20), 20, .badVersion(7)),
      Spoilt("x86-64", with(62, 2, 18), 18, .wrongMachine(62)),
      Spoilt("object file", with(1, 2, 16), 16, .notExecutable(1)),
      Spoilt("core dump", with(4, 2, 16), 16, .notExecutable(4)),
      Spoilt("e_ehsize", with(52, 2, 52), 52, .badEntrySize(.header, size: 52, expected: 64)),
      Spoilt("e_phentsize", with(32, 2, 54), 54, .badEntrySize(.programHeader, size: 32, expected: 56)),
      Spoilt("e_shentsize", with(40, 2, 58), 58, .badEntrySize(.sectionHeader, size: 40, expected: 64)),
      // Found by fuzzing: e_shoff was part of a program header, which loadableImage() then changed.
      Spoilt("e_phoff in the header", with(40, 8, 32), 32, .programHeadersInHeader(offset: 40)),
      Spoilt("e_phnum", with(0xffff, 2, 56), 56, .absurdCount(.programHeader, 0xffff)),
      Spoilt("e_shnum", with(0xff00, 2, 60), 60, .absurdCount(.sectionHeader, 0xff00)),
      Spoilt("e_shnum 0", with(0, 2, 60), 60, .absurdCount(.sectionHeader, 0)),
      Spoilt(
        "e_phoff at the end", with(UInt64(size), 8, 32), size, .truncated(.programHeader, fileBytes: size)),
      Spoilt("e_phoff huge", with(huge, 8, 32), Int.max, .truncated(.programHeader, fileBytes: size)),
      Spoilt("e_shoff huge", with(huge, 8, 40), Int.max, .truncated(.sectionHeader, fileBytes: size)),
      Spoilt(
        "p_offset", with(UInt64(size), 8, 64 + 8), 72,
        .segmentOutsideFile(index: 0, offset: UInt64(size), size: 16, fileBytes: size)),
      Spoilt(
        "p_offset overflows", with(huge, 8, 64 + 8), 72,
        .segmentOutsideFile(index: 0, offset: huge, size: 16, fileBytes: size)),
      Spoilt(
        "p_filesz above p_memsz", with(4, 8, 64 + 40), 96,
        .segmentLargerInFile(index: 0, fileSize: 16, memorySize: 4)),
      Spoilt(
        "p_vaddr overflows", with(huge, 8, 64 + 16), 80,
        .segmentAddressOverflow(index: 0, address: huge, size: 16)),
      Spoilt(
        "p_paddr overflows", with(huge, 8, 64 + 24), 80,
        .segmentAddressOverflow(index: 0, address: 0, size: 16)),
      Spoilt(
        "sh_offset", with(huge, 8, sections + 64 + 24), sections + 88,
        .sectionOutsideFile(index: 1, offset: huge, size: 16, fileBytes: size)),
      Spoilt("e_shstrndx too large", with(6, 2, 62), 62, .badSectionLink(from: .sectionNames, to: 6)),
      Spoilt("e_shstrndx to .text", with(1, 2, 62), 62, .badSectionLink(from: .sectionNames, to: 1)),
      Spoilt(
        "sh_name", with(0xffff_ffff, 4, sections + 64), sections + 64,
        .badName(
          .sectionHeader, index: 1, name: 0xffff_ffff, tableSize: sections - SampleELF.sectionNamesOffset)),
      Spoilt(
        "section names without an end", with(0x41, 1, sections - 1), sections - 1,
        .unterminatedStringTable(index: 5)),
      Spoilt(
        "symbol names without an end", with(0x41, 1, SampleELF.sectionNamesOffset - 1),
        SampleELF.sectionNamesOffset - 1, .unterminatedStringTable(index: 4)),
      Spoilt(
        "symtab sh_link", with(2, 4, sections + 3 * 64 + 40), sections + 3 * 64 + 40,
        .badSectionLink(from: .symbolTable, to: 2)),
      Spoilt(
        "symtab sh_entsize", with(16, 8, sections + 3 * 64 + 56), sections + 3 * 64 + 56,
        .badEntrySize(.symbol, size: 16, expected: 24)),
      Spoilt(
        "symtab sh_size", with(100, 8, sections + 3 * 64 + 32), sections + 3 * 64 + 32,
        .partialSymbol(size: 100)),
      Spoilt(
        "st_name", with(1000, 4, SampleELF.symbolsOffset + 24), SampleELF.symbolsOffset + 24,
        .badName(
          .symbol, index: 1, name: 1000,
          tableSize: SampleELF.sectionNamesOffset - SampleELF.stringsOffset)),
    ]
  }()

  @Test("a spoilt file is refused where it is spoilt", arguments: all)
  func refusal(of spoilt: Spoilt) {
    #expect(throws: ELFError(spoilt.offset, spoilt.reason)) { try ELF(parsing: spoilt.file) }
  }

  @Test(
    "the message names the machine that the file is for",
    arguments: [
      (62, "x86-64"), (183, "AArch64"), (40, "ARM (32-bit)"), (3, "x86 (32-bit)"), (999, "machine 999"),
    ])
  func machineNames(machine: UInt64, name: String) {
    let error = #expect(throws: ELFError.self) { try ELF(parsing: SampleELF.with(machine, 2, at: 18)) }
    #expect(error?.description.hasPrefix("offset 18: built for \(name), not for RISC-V") == true)
    #expect(error?.description.contains("the older xv6 for x86") == name.contains("x86"))
  }

  /// A cut file gives an error. If only bytes after the tables are lost, it gives a result. It never traps.
  @Test func everyTruncationIsAnErrorOfTheCutPart() {
    for length in 0..<SampleELF.bytes.count {
      #expect(throws: ELFError.self, "cut to \(length) bytes") {
        try ELF(parsing: Array(SampleELF.bytes[..<length]))
      }
    }
  }

  @Test("every single-byte change of the headers gives an error or a usable result", arguments: 0..<232)
  func everyHeaderByte(offset: Int) {
    for value in UInt8.min...UInt8.max { use(SampleELF.with(UInt64(value), 1, at: offset)) }
  }

  @Test func everyByteBehindTheHeaders() {
    let telling: [UInt8] = [0, 1, 2, 3, 4, 8, 16, 24, 0x7f, 0x80, 0xfe, 0xff]
    for offset in SampleELF.textOffset..<SampleELF.bytes.count {
      for value in telling { use(SampleELF.with(UInt64(value), 1, at: offset)) }
    }
  }

  @Test("every field of a table set to a number that overflows", arguments: [1, 2, 4, 8])
  func extremes(width: Int) {
    let telling: [UInt64] = [.max, .max - 1, 1 << 63, (1 << 63) - 1, 1 << 32, (1 << 32) - 1, 1 << 31]
    for offset in stride(from: 16, to: SampleELF.bytes.count - width, by: width) {
      for value in telling { use(SampleELF.with(value, width, at: offset)) }
    }
  }

  /// Asks a file every question that an ELF can answer.
  private func use(_ file: [UInt8]) {
    guard let elf = try? ELF(parsing: file) else { return }
    for segment in elf.segments { _ = elf.contents(of: segment) }
    for section in elf.sections { _ = (elf.contents(of: section).count, section.name) }
    for symbol in elf.symbols { _ = elf.symbol(containing: symbol.address) }
    _ = elf.symbol(containing: elf.entry)
    _ = elf.symbol(named: "main")
    // The loadable image is an ELF file too, and a loader sees the same in it.
    let image = try? ELF(parsing: elf.loadableImage())
    #expect(image?.loadableSegments.count == elf.loadableSegments.count)
  }
}
