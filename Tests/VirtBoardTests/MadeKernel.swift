import ObjectFile

/// An ELF file that is made byte by byte: segments and named sections, and whatever entry point is wanted.
struct MadeKernel {
  var entry: UInt64 = 0
  /// Each is loaded at its address.
  var segments: [(address: UInt64, bytes: [UInt8])] = []
  /// `flags`: 2 is loaded, 4 holds instructions.
  var sections: [(name: String, address: UInt64, size: UInt64, flags: UInt64)] = []

  /// `li t0, 0x100000`, `lui t1, 5`, `addi t1, t1, 0x555`, `sw t1, 0(t0)`: switches the machine off.
  static let powerOff: [UInt8] = [
    0xB7, 0x02, 0x10, 0x00, 0x37, 0x53, 0x00, 0x00, 0x13, 0x03, 0x53, 0x55, 0x23, 0xA0, 0x62, 0x00,
  ]

  func elf() throws -> ELF { try ELF(parsing: bytes) }

  var bytes: [UInt8] {
    var contents: [UInt8] = []
    let start = UInt64(64 + 56 * segments.count)
    var headers: [UInt8] = []
    for segment in segments {
      headers += [(1, 4), (7, 4), (start + UInt64(contents.count), 8)].flatMap(Self.little)
      headers += [segment.address, segment.address].flatMap { Self.little($0, 8) }
      headers += [UInt64(segment.bytes.count), UInt64(segment.bytes.count), 8].flatMap { Self.little($0, 8) }
      contents += segment.bytes
    }
    var names: [UInt8] = [0]
    var sectionHeaders = [UInt8](repeating: 0, count: 64)
    func header(_ name: String, _ type: UInt64, _ fields: [UInt64]) {
      sectionHeaders += Self.little(UInt64(names.count), 4) + Self.little(type, 4)
      sectionHeaders += fields.flatMap { Self.little($0, 8) } + [UInt8](repeating: 0, count: 24)
      names += Array(name.utf8) + [0]
    }
    // Their contents are in the segments, so here they have none (SHT_NOBITS).
    for section in sections { header(section.name, 8, [section.flags, section.address, 0, section.size]) }
    let namesAt = start + UInt64(contents.count)
    header(".shstrtab", 3, [0, 0, namesAt, UInt64(names.count + ".shstrtab".utf8.count + 1)])
    contents += names
    let file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    let counts = [64, 56, UInt64(segments.count), 64, UInt64(sections.count + 2), UInt64(sections.count + 1)]
    let fields: [(UInt64, Int)] =
      [(2, 2), (243, 2), (1, 4), (entry, 8), (64, 8), (start + UInt64(contents.count), 8), (0, 4)]
      + counts.map { ($0, 2) }
    return file + fields.flatMap(Self.little) + headers + contents + sectionHeaders
  }

  private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
