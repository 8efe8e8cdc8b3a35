@testable import ObjectFile

/// A small valid program, built byte by byte: two loadable segments, a note, sections, symbols.
///
/// ```
/// 0     ELF header          64
/// 64    3 program headers   168
/// 232   .text               16    at 0x0
/// 248   .data               8     at 0x1000, 0x20 bytes in memory
/// 256   note                4
/// 260   .symtab             7 * 24
/// 428   .strtab, .shstrtab
///       6 section headers
/// ```
enum SampleELF {
  static let textOffset = 232
  static let dataOffset = 248
  static let noteOffset = 256
  static let symbolsOffset = 260
  static let stringsOffset = 428

  static let symbolCount = 7
  static let sectionCount = 6

  private static let strings = cString([
    "", "main", "counter", "start", "$x", "inner", "stray",
  ])
  private static let sectionNames = cString(["", ".text", ".data", ".symtab", ".strtab", ".shstrtab"])

  static var sectionNamesOffset: Int { stringsOffset + strings.bytes.count }
  static var sectionHeadersOffset: Int { sectionNamesOffset + sectionNames.bytes.count }

  static let bytes: [UInt8] = build()

  private static func build() -> [UInt8] {
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += little(2, 2) + little(243, 2) + little(1, 4) + little(4, 8) + little(64, 8)
    file += little(UInt64(sectionHeadersOffset), 8) + little(1, 4)
    file += [64, 56, 3, 64, UInt64(sectionCount), 5].flatMap { little($0, 2) }

    file += segment(1, 5, UInt64(textOffset), 0, 16, 16)
    file += segment(1, 6, UInt64(dataOffset), 0x1000, 8, 0x20)
    file += segment(4, 4, UInt64(noteOffset), 0, 4, 4)

    file += (0..<16).map { UInt8($0) } + (0..<8).map { UInt8(0x80 + $0) } + [0xaa, 0xbb, 0xcc, 0xdd]
    file += symbol(0, 0, 0, 0, 0)
    file += symbol(strings.offsets[1], 0x12, 1, 4, 8)  // main: global function
    file += symbol(strings.offsets[2], 0x11, 2, 0x1000, 4)  // counter: global object
    file += symbol(strings.offsets[3], 0x10, 1, 0, 0)  // start: global label without size
    file += symbol(strings.offsets[4], 0x00, 1, 4, 0)  // $x: the assembler's mark
    file += symbol(strings.offsets[5], 0x02, 1, 6, 2)  // inner: local function inside main
    file += symbol(strings.offsets[6], 0x00, 0xfff1, 8, 0)  // stray: an absolute number

    file += strings.bytes + sectionNames.bytes
    file += [UInt8](repeating: 0, count: 64)
    file += section(1, 1, 6, 0, textOffset, 16)
    file += section(2, 1, 3, 0x1000, dataOffset, 8)
    file += section(3, 2, 0, 0, symbolsOffset, symbolCount * 24, link: 4, entrySize: 24)
    file += section(4, 3, 0, 0, stringsOffset, strings.bytes.count)
    file += section(5, 3, 0, 0, sectionNamesOffset, sectionNames.bytes.count)
    return file
  }

  private static func segment(
    _ type: UInt64, _ flags: UInt64, _ offset: UInt64, _ address: UInt64, _ file: UInt64, _ memory: UInt64
  ) -> [UInt8] {
    little(type, 4) + little(flags, 4) + little(offset, 8) + little(address, 8) + little(address, 8)
      + little(file, 8) + little(memory, 8) + little(4, 8)
  }

  private static func section(
    _ name: Int, _ type: UInt64, _ flags: UInt64, _ address: UInt64, _ offset: Int, _ size: Int,
    link: UInt64 = 0, entrySize: UInt64 = 0
  ) -> [UInt8] {
    little(UInt64(sectionNames.offsets[name]), 4) + little(type, 4) + little(flags, 8) + little(address, 8)
      + little(UInt64(offset), 8) + little(UInt64(size), 8) + little(link, 4) + little(0, 4) + little(1, 8)
      + little(entrySize, 8)
  }

  private static func symbol(_ name: Int, _ info: UInt8, _ section: UInt64, _ value: UInt64, _ size: UInt64)
    -> [UInt8]
  {
    little(UInt64(name), 4) + [info, 0] + little(section, 2) + little(value, 8) + little(size, 8)
  }

  private static func cString(_ names: [String]) -> (bytes: [UInt8], offsets: [Int]) {
    var bytes: [UInt8] = []
    var offsets: [Int] = []
    for name in names {
      offsets.append(bytes.count)
      bytes += Array(name.utf8) + [0]
    }
    return (bytes, offsets)
  }

  static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// The sample with a number stored at `offset`.
  static func with(_ value: UInt64, _ count: Int, at offset: Int) -> [UInt8] {
    var file = bytes
    file.replaceSubrange(offset..<(offset + count), with: little(value, count))
    return file
  }
}
