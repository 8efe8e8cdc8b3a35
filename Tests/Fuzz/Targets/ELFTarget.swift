import LabPrograms
import ObjectFile
import VirtBoard

extension FuzzTarget {
  /// An ELF file: header, segments, sections, symbols, and what a loader uses.
  static let elf = FuzzTarget(
    name: "elf", maxLength: 16384,
    seeds: {
      let small = LabPrograms.programs(for: "lazy").map(\.elf).sorted { $0.count < $1.count }
      var seeds = Array(small.prefix(1))
      seeds.append(try ELF(parsing: small[0]).loadableImage())
      seeds.append(Assembly.elf([0x6F, 0, 0, 0], at: Board.ramBase, room: 64))
      seeds.append(Assembly.elf([0x6F, 0, 0, 0], at: Board.ramBase - 2, room: 64))
      return seeds
    },
    check: { bytes in
      guard let elf = try? ELF(parsing: bytes) else { return }
      let again = try ELF(parsing: elf.bytes)
      try promiseSame(elf.header, again.header, "the header, read twice")
      try promiseSame(elf.segments, again.segments, "the segments, read twice")
      try promiseSame(elf.sections.map(\.name), again.sections.map(\.name), "section names, read twice")
      try promiseSame(elf.symbols.count, again.symbols.count, "symbols, read twice")
      for section in elf.sections where section.type != 0 && section.type != 8 {
        try promise(elf.contents(of: section).count == Int(section.size), "a section has its bytes")
        _ = elf.section(named: section.name)
      }
      for symbol in elf.symbols.prefix(64) {
        // If the name is not UTF-8, the text is not the same as the name.
        if let found = elf.symbol(named: symbol.name), found.name == symbol.name {
          try promise(found.sectionIndex != 0, "a symbol found by name is defined")
        }
        for address in [symbol.address, symbol.address &+ symbol.size, symbol.address &- 1] {
          guard let found = elf.symbol(containing: address) else { continue }
          try promise(found.address <= address, "an address lies behind the beginning of its symbol")
        }
      }
      try promiseSame(elf.architecture, again.architecture, "the architecture, read twice")
      _ = elf.architecture.map(ArchitectureName.init)
      try checkLoading(elf)
    })

  private static func checkLoading(_ elf: ELF) throws {
    let image = elf.loadableImage()
    try promise(image.count <= elf.bytes.count, "a loadable image is no longer than its file")
    let loadable = try ELF(parsing: image)
    try promiseSame(loadable.entry, elf.entry, "the entry of a loadable image")
    try promiseSame(loadable.loadableSegments, elf.loadableSegments, "the segments of a loadable image")
    try promiseSame(loadable.loadableImage(), image, "a loadable image's own")
    for segment in elf.loadableSegments {
      try promise(
        elf.contents(of: segment).count == Int(segment.fileSize), "a segment has its bytes in the file")
    }

    var configuration = BoardConfiguration()
    configuration.memorySize = 1 << 20
    guard let board = try? Board(kernel: elf, configuration) else { return }
    // If segments overlap, the last one in the file's order counts. What lies below RAM is dropped.
    if let last = elf.loadableSegments.last(where: { $0.memorySize > 0 }) {
      let start = max(last.physicalAddress, Board.ramBase)
      let expected = elf.contents(of: last).dropFirst(Int(clamping: start - last.physicalAddress))
      let loaded = board.readVirtual(satp: 0, va: start, count: expected.count)
      try promise(loaded.elementsEqual(expected), "a segment's bytes are in RAM")
    }
  }
}
