import Sv39MMU

/// The address space of one process at two moments: right after it was at its largest, and when the process
/// ended or became another program.
package struct MemoryMap: Sendable, Equatable, Codable {
  static let mostCells = 256

  package var program: String
  package var pid: Int32
  /// The size of the process in bytes at the two moments.
  package var sizeBefore: UInt64
  package var sizeAfter: UInt64
  /// The address space in pieces of equal size, from address 0 to the larger of the two sizes.
  package var cells: [Cell]

  package struct Cell: Sendable, Equatable, Codable {
    /// How many pages belong to the cell, and how many of them were mapped at the two moments.
    package var pages: Int
    package var before: Int
    package var after: Int
    /// Whether a part of the program's own image lies in the cell. The stack that `exec` made belongs to
    /// the image.
    package var isImage: Bool
  }

  /// Whether the values are possible: at most `mostCells` cells, and no more pages in a cell than an
  /// address space has.
  package var isSound: Bool {
    let pages = 0...Int(MAXVA / PGSIZE)
    return cells.count <= Self.mostCells && program.utf8.count <= 1024
      && cells.allSatisfy {
        pages.contains($0.pages) && pages.contains($0.before) && pages.contains($0.after)
      }
  }

  /// `before` and `after` have page numbers in the address space. `image` is the number of pages that
  /// `exec` gave the program.
  package init(
    program: String, pid: Int32, sizes: (before: UInt64, after: UInt64), image: UInt64, before: Set<UInt64>,
    after: Set<UInt64>
  ) {
    self.program = program
    self.pid = pid
    sizeBefore = sizes.before
    sizeAfter = sizes.after
    let total =
      max(sizes.before, sizes.after, 1) / 4096 + (max(sizes.before, sizes.after, 1) % 4096 > 0 ? 1 : 0)
    let each = (total + UInt64(Self.mostCells) - 1) / UInt64(Self.mostCells)
    let count = Int((total + each - 1) / each)
    cells = (0..<count).map { index in
      let first = UInt64(index) * each
      return Cell(
        pages: Int(min(each, total - first)), before: 0, after: 0, isImage: first < image)
    }
    for page in before where page < total { cells[Int(page / each)].before += 1 }
    for page in after where page < total { cells[Int(page / each)].after += 1 }
  }
}
