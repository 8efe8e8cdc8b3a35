import LabPrograms
import Testing

@testable import ObjectFile

/// `Tag_RISCV_arch`, and its short form.
@Suite struct ArchitectureTests {
  /// The sample with its `.data` section made a section of attributes that holds `bytes`.
  private static func architecture(_ bytes: [UInt8]) throws -> String? {
    let header = SampleELF.sectionHeadersOffset + 2 * 64
    var file = SampleELF.with(0x7000_0003, 4, at: header + 4)
    file.replaceSubrange(header + 24..<header + 32, with: SampleELF.little(UInt64(file.count), 8))
    file.replaceSubrange(header + 32..<header + 40, with: SampleELF.little(UInt64(bytes.count), 8))
    return try ELF(parsing: file + bytes).architecture
  }

  /// A section with `pairs` for the whole file, of `vendor`.
  private static func section(_ pairs: [UInt8], vendor: String = "riscv") -> [UInt8] {
    let part = [1] + SampleELF.little(UInt64(pairs.count + 5), 4) + pairs
    let name = Array(vendor.utf8) + [0]
    return [0x41] + SampleELF.little(UInt64(4 + name.count + part.count), 4) + name + part
  }

  private static let text = Array("rv64i2p1_m2p0".utf8) + [0]

  @Test func `the text is found, before and behind other attributes`() throws {
    #expect(try Self.architecture(Self.section([5] + Self.text)) == "rv64i2p1_m2p0")
    // Tag_RISCV_stack_align is 4, a number; 65 is a text that nobody knows.
    #expect(try Self.architecture(Self.section([4, 0x90, 1, 65, 0x61, 0, 5] + Self.text)) == "rv64i2p1_m2p0")
    #expect(try Self.architecture(Self.section([4, 16])) == nil)
    #expect(try Self.architecture(Self.section([5] + Self.text, vendor: "gnu")) == nil)
  }

  @Test func `damaged attributes say nothing`() throws {
    let whole = Self.section([5] + Self.text)
    for length in 0..<whole.count { #expect(try Self.architecture(Array(whole[..<length])) == nil) }
    for offset in whole.indices {
      for value in [0, 0x7F, 0x80, 0xFF] as [UInt8] {
        var changed = whole
        changed[offset] = value
        _ = try Self.architecture(changed)
      }
    }
    #expect(try Self.architecture([]) == nil)
    #expect(try ELF(parsing: SampleELF.bytes).architecture == nil)
  }

  @Test func `our own guests say what they were compiled for`() throws {
    let guest = try ELF(parsing: #require(LabPrograms.guest("tiny")))
    #expect(guest.architecture?.hasPrefix("rv64i") == true)
  }

  @Test(
    arguments: [
      ("rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0", "rv64gc", false),
      ("rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0", "rv64gc", false),
      ("rv64i2p1_m2p0_a2p1_c2p0_zmmul1p0", "rv64imac", false),
      ("rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_v1p0_zicsr2p0_zve32f1p0_zvl128b1p0", "rv64gcv", true),
      ("rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zba1p0_zbb1p0_zbs1p0", "rv64gc_zba_zbb_zbs", false),
      ("rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zacas1p0", "rv64gc_zacas", true),
      (
        "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zba1p0_zbb1p0_zbs1p0_za1_zb1_zc1_zd1",
        "rv64gc_zba_zbb_zbs_za1_zb1_zc1_...", true
      ),
      ("rv32i2p1", "rv32i", false), ("", "", false), ("nonsense", "_nonsense", true), ("rv64", "rv64", false),
    ])
  func `the short form`(text: String, short: String, hasMore: Bool) {
    let name = ArchitectureName(text)
    #expect(name.short == short)
    #expect(name.hasMore == hasMore)
  }
}
