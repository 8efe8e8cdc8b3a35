@testable import ObjectFile

/// Builds debug sections number by number.
struct DWARFBytes {
  var bytes: [UInt8] = []

  mutating func u8(_ values: UInt8...) { bytes += values }
  mutating func u16(_ value: UInt64) { bytes += SampleELF.little(value, 2) }
  mutating func u32(_ value: UInt64) { bytes += SampleELF.little(value, 4) }
  mutating func u64(_ value: UInt64) { bytes += SampleELF.little(value, 8) }
  mutating func text(_ text: String) { bytes += Array(text.utf8) + [0] }
  mutating func uleb(_ values: UInt64...) { for value in values { bytes += Self.uleb(value) } }
  mutating func sleb(_ value: Int64) { bytes += Self.sleb(value) }

  static func uleb(_ value: UInt64) -> [UInt8] {
    value < 0x80
      ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + uleb(value >> 7)
  }

  static func sleb(_ value: Int64) -> [UInt8] {
    (-64..<64).contains(value)
      ? [UInt8(truncatingIfNeeded: value) & 0x7f]
      : [UInt8(truncatingIfNeeded: value) | 0x80] + sleb(value >> 7)
  }

  /// The bytes with their length before them, as units have it.
  static func sized(is64: Bool = false, _ fill: (inout DWARFBytes) -> Void) -> [UInt8] {
    var inner = DWARFBytes()
    fill(&inner)
    let length = UInt64(inner.bytes.count)
    return
      (is64 ? SampleELF.little(0xffff_ffff, 4) + SampleELF.little(length, 8) : SampleELF.little(length, 4))
      + inner.bytes
  }

  /// An abbreviation table. Each abbreviation has its code, its tag, whether it has children, and pairs of
  /// attribute and form.
  static func abbreviations(
    _ all: (code: UInt64, tag: UInt64, children: Bool, attributes: [[UInt64]])...
  ) -> [UInt8] {
    var table = DWARFBytes()
    for one in all {
      table.uleb(one.code, one.tag)
      table.u8(one.children ? 1 : 0)
      for attribute in one.attributes {
        table.uleb(attribute[0], attribute[1])
        if attribute.count > 2 { table.sleb(Int64(bitPattern: attribute[2])) }
      }
      table.uleb(0, 0)
    }
    table.uleb(0)
    return table.bytes
  }

  /// A unit of `.debug_info` that uses the abbreviations at 0.
  static func unit(
    version: UInt64, is64: Bool = false, _ entries: (inout DWARFBytes) -> Void
  ) -> [UInt8] {
    sized(is64: is64) { unit in
      unit.u16(version)
      if version == 5 { unit.u8(1, 8) }
      if is64 { unit.u64(0) } else { unit.u32(0) }
      if version < 5 { unit.u8(8) }
      entries(&unit)
    }
  }
}
