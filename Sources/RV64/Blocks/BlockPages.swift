import Sv39MMU

/// The other page that a block goes through.
///
/// Such a block is valid only if that page, too, is mapped as it was when the block was decoded, and has not
/// been overwritten since. So this is compared whenever the block is looked up. After that, a jump table
/// leads to the block. It is emptied when the translation of a page with code changes or decoded code is
/// overwritten.
struct SecondPage: Equatable {
  /// Its place in RAM, in pages.
  var page: UInt32
  /// Its version when the block was decoded (`CodeMarks`).
  var version: UInt32
  /// Its distance in virtual memory from the page that the block starts in, in pages.
  var distance: Int16
}

/// A page that a block is decoded from.
struct CodePage {
  /// Its place in host memory, and its distance from the start of RAM.
  var host: UnsafeMutableRawPointer
  var ramOffset: UInt64
  /// Its distance, in bytes, from the page that the block starts in.
  var distance: Int

  /// The distances that a record's `offset` reaches.
  static let distances = -0x7000...0x6000
}

/// The pages of a block while it is decoded.
struct BlockPages {
  var first: CodePage
  var second: CodePage?
  /// `BlockHeader.missing`
  var missing: Int16 = 0
}

extension Hart {
  /// The page at distance `offset` from `page`, in which a block starts, if the block may go on there.
  ///
  /// The second page must be one that the hart has fetched from before, in this mode and address space:
  /// nothing is translated for it. User programs have no second page, because they come and go in many
  /// address spaces.
  mutating func codePage(_ offset: Int, from page: UInt64, _ pages: inout BlockPages) -> CodePage? {
    let distance = offset & ~4095
    if distance == 0 { return pages.first }
    guard fastPaths.contains(.linkedBlocks), privilege != .user, CodePage.distances ~= distance else {
      return nil
    }
    if let second = pages.second { return second.distance == distance ? second : nil }
    guard let host = fetchedPage(page &+ UInt64(bitPattern: Int64(distance))) else {
      pages.missing = Int16(distance >> 12)
      return nil
    }
    let ramOffset = UInt64(host - ram)
    guard !isDivided(page: memory.base + ramOffset) else { return nil }
    pages.second = CodePage(host: host, ramOffset: ramOffset, distance: distance)
    return pages.second
  }

  /// Whether a block in `page` goes through the same second page as it would if it were decoded now.
  func isAsDecoded(_ block: Block, from page: UInt64) -> Bool {
    let missing = block.pointee.missing
    if missing != 0 && fetchedPage(page &+ UInt64(bitPattern: Int64(missing) << 12)) != nil { return false }
    guard let second = block.pointee.second else { return true }
    let ramOffset = UInt64(second.page) << 12
    return fetchedPage(page &+ UInt64(bitPattern: Int64(second.distance) << 12)) == ram + Int(ramOffset)
      && memory.code.version(offset: ramOffset) == second.version
  }

  /// The place of the page at `va` in host memory, if the hart has fetched from it.
  private func fetchedPage(_ va: UInt64) -> UnsafeMutableRawPointer? {
    let entry = fetches[CachedTranslation.index(va)]
    return entry.tag == va ? entry.host(va) : nil
  }
}
