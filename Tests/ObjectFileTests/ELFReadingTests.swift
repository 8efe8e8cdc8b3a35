import Testing

@testable import ObjectFile

@Suite struct ELFReadingTests {
  @Test func headersSegmentsAndSectionsAreRead() throws {
    let elf = try ELF(parsing: SampleELF.bytes)
    #expect(elf.entry == 4)
    #expect(elf.header.type == 2)
    #expect(elf.header.flags == 1)
    #expect(elf.segments.map(\.type) == [1, 1, 4])
    #expect(elf.loadableSegments.map(\.virtualAddress) == [0, 0x1000])
    #expect(elf.loadableSegments.map(\.fileSize) == [16, 8])
    #expect(elf.loadableSegments.map(\.memorySize) == [16, 0x20])
    #expect(elf.loadableSegments.map(\.isExecutable) == [true, false])
    #expect(elf.loadableSegments.map(\.isWritable) == [false, true])
    #expect(elf.loadableSegments.map(\.isReadable) == [true, true])
    #expect(Array(elf.contents(of: elf.segments[0])) == (0..<16).map { UInt8($0) })
    #expect(elf.sections.map(\.name) == ["", ".text", ".data", ".symtab", ".strtab", ".shstrtab"])
    #expect(elf.section(named: ".data").map { Array(elf.contents(of: $0)) } == (0..<8).map { 0x80 + $0 })
    #expect(elf.section(named: ".bss") == nil)
  }

  @Test func symbolsKeepTheFilesOrder() throws {
    let elf = try ELF(parsing: SampleELF.bytes)
    #expect(elf.symbols.map(\.name) == ["", "main", "counter", "start", "$x", "inner", "stray"])
    #expect(elf.symbol(named: "counter")?.address == 0x1000)
    #expect(elf.symbol(named: "counter")?.kind == .object)
    #expect(elf.symbol(named: "main")?.isGlobal == true)
    #expect(elf.symbol(named: "inner")?.isGlobal == false)
    #expect(elf.symbol(named: "mai") == nil)
    #expect(elf.symbol(named: "mainly") == nil)
  }

  @Test(
    "which symbol an address lies in",
    arguments: [
      (0, "start"), (3, "start"), (4, "main"), (5, "main"), (6, "inner"), (7, "inner"), (8, "main"),
      (11, "main"), (12, nil), (0xfff, nil), (0x1000, "counter"), (0x1003, "counter"), (0x1004, nil),
      (UInt64.max, nil),
    ] as [(UInt64, String?)])
  func symbolContaining(address: UInt64, name: String?) throws {
    let elf = try ELF(parsing: SampleELF.bytes)
    #expect(elf.symbol(containing: address)?.name == name)
  }

  @Test func aLabelEndsWithItsSection() throws {
    // "start" moves after "main" and "inner". Only the section's end comes after it.
    let elf = try ELF(parsing: SampleELF.with(14, 8, at: SampleELF.symbolsOffset + 3 * 24 + 8))
    #expect(elf.symbol(containing: 13) == nil)
    #expect(elf.symbol(containing: 15)?.name == "start")
    #expect(elf.symbol(containing: 16) == nil)
  }

  @Test func aStrippedFileHasSegmentsOnly() throws {
    var file = SampleELF.with(0, 8, at: 40)
    file.replaceSubrange(58..<64, with: [UInt8](repeating: 0, count: 6))
    let elf = try ELF(parsing: file)
    #expect(elf.sections.isEmpty)
    #expect(elf.symbols.isEmpty)
    #expect(elf.symbol(containing: 4) == nil)
    #expect(elf.segments.count == 3)
  }

  @Test func theLoadableImageEndsWithTheLastLoadableByte() throws {
    let elf = try ELF(parsing: SampleELF.bytes)
    let image = elf.loadableImage()
    #expect(image.count == SampleELF.dataOffset + 8)

    let loaded = try ELF(parsing: image)
    #expect(loaded.entry == elf.entry)
    #expect(loaded.loadableSegments == elf.loadableSegments)
    for segment in elf.loadableSegments { #expect(loaded.contents(of: segment) == elf.contents(of: segment)) }
    #expect(loaded.segments.map(\.type) == [1, 1, 0])
    #expect(loaded.sections.isEmpty)
    #expect(loaded.symbols.isEmpty)
    #expect(loaded.loadableImage() == image)
  }

  @Test func theLoadableImageKeepsHeadersThatLieBehindTheSegments() throws {
    // The program headers move to the very end of the file.
    var file = SampleELF.with(UInt64(SampleELF.bytes.count), 8, at: 32)
    file += SampleELF.bytes[64..<232]
    let image = try ELF(parsing: file).loadableImage()
    #expect(image.count == file.count)
    #expect(try ELF(parsing: image).loadableSegments.count == 2)
  }

  /// Found by fuzzing: the loadable image of such a file was refused.
  @Test(
    "a segment without bytes in the file may lie anywhere in it",
    arguments: [1000, 1 << 20, .max] as [UInt64])
  func bssAlone(offset: UInt64) throws {
    var file = SampleELF.with(offset, 8, at: 64 + 56 + 8)
    file.replaceSubrange((64 + 56 + 32)..<(64 + 56 + 40), with: SampleELF.little(0, 8))
    let image = try ELF(parsing: file).loadableImage()
    #expect(image.count == SampleELF.textOffset + 16)
    let loaded = try ELF(parsing: image)
    #expect(loaded.loadableSegments.map(\.memorySize) == [16, 0x20])
    #expect(loaded.contents(of: loaded.segments[1]).isEmpty)

    // The same holds for a segment that is not loaded.
    file = SampleELF.with(offset, 8, at: 64 + 112 + 8)
    file.replaceSubrange((64 + 112 + 32)..<(64 + 112 + 40), with: SampleELF.little(0, 8))
    #expect(try ELF(parsing: ELF(parsing: file).loadableImage()).loadableSegments.count == 2)
  }
}
