import LabPrograms
import ObjectFile
import Testing

@testable import LabModel

/// The section `.places` of the lab's programs, as `labs/user/checks.h` describes it.
struct PlacesTests {
  private struct Place {
    var address: UInt64
    var name: String
    var line: UInt64
    var flags: UInt64
  }

  private static let recordBytes = 24
  private static let optional: UInt64 = 1

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The bytes of `section` from `address` on; nil if they are not in it.
  private static func bytes(of section: ELF.Section, in elf: ELF, at address: UInt64) -> ArraySlice<UInt8>? {
    guard address >= section.address, address < section.address + section.size else { return nil }
    return elf.contents(of: section).dropFirst(Int(address - section.address))
  }

  private static func places(of elf: ELF) throws -> [Place] {
    let section = try #require(elf.section(named: ".places"))
    let rodata = try #require(elf.section(named: ".rodata"))
    let bytes = elf.contents(of: section)
    try #require(bytes.count % recordBytes == 0)
    return try stride(from: bytes.startIndex, to: bytes.endIndex, by: recordBytes).map { start in
      let name = try #require(Self.bytes(of: rodata, in: elf, at: number(bytes[start + 8..<start + 16])))
      return Place(
        address: number(bytes[start..<start + 8]),
        name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self),
        line: number(bytes[start + 16..<start + 20]), flags: number(bytes[start + 20..<start + 24]))
    }
  }

  private static func elf(_ program: String) throws -> ELF {
    let programs = LabPrograms.programs(for: "lazy")
    return try ELF(parsing: #require(programs.first { $0.name == program }?.elf))
  }

  @Test(arguments: ["lazytests", "usertests", "lazyextra", "selfcheck"])
  func `each place is a nop of the function that it names`(program: String) throws {
    let elf = try Self.elf(program)
    let text = try #require(elf.section(named: ".text"))
    let places = try Self.places(of: elf)
    #expect(!places.isEmpty)
    for place in places {
      let code = try #require(Self.bytes(of: text, in: elf, at: place.address), "\(place)")
      #expect(Array(code.prefix(2)) == [0x01, 0x00], "c.nop: \(place)")
      #expect(place.line > 0 && place.line < 10_000, "\(place)")
      #expect(place.flags & ~Self.optional == 0, "\(place)")
      #expect(!place.name.isEmpty, "\(place)")
    }
    #expect(Set(places.map(\.address)).count == places.count)
  }

  @Test func `the list of places is not on the disk`() throws {
    for program in ["lazytests", "usertests", "lazyextra", "selfcheck"] {
      let elf = try Self.elf(program)
      let loaded = try ELF(parsing: elf.loadableImage())
      #expect(loaded.section(named: ".places") == nil)
      let section = try #require(elf.section(named: ".places"))
      for segment in elf.loadableSegments {
        #expect(
          section.offset >= segment.offset + segment.fileSize || section.offset < segment.offset, "\(program)"
        )
      }
    }
  }

  @Test func `every test has a place that it must reach`() throws {
    let lab = try LabCatalogue.lab("lazy")
    for program in lab.programs {
      let needed = Set(
        try Self.places(of: Self.elf(program)).filter { $0.flags & Self.optional == 0 }.map(\.name))
      for test in lab.tests + lab.extra where test.run[0] == program {
        #expect(needed.contains(try #require(test.function)), "\(test.name)")
      }
    }
  }

  @Test func `only a check that failed calls failed(), which makes both calls itself`() throws {
    for program in ["lazytests", "usertests", "lazyextra", "selfcheck"] {
      let elf = try Self.elf(program)
      let text = try #require(elf.section(named: ".text"))
      let failed = try #require(elf.symbol(named: "failed"))
      let code = Array(
        try #require(Self.bytes(of: text, in: elf, at: failed.address)).prefix(Int(failed.size)))
      let calls = code.indices.dropLast(3).filter { Array(code[$0..<$0 + 4]) == [0x73, 0, 0, 0] }
      #expect(calls.count == 2, "\(program): the ecalls of failed()")
    }
  }
}
