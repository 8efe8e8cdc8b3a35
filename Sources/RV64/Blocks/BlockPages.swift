import Sv39MMU

/// The other page that a block goes through.
///
/// A block with one means something only where that page, too, is mapped as it was when the block was decoded, and has not
/// been overwritten. So it is looked at whenever the block is found; from then on a jump table speaks for it, which
/// is forgotten when the translation of a page with code changes or decoded code is overwritten.
struct SecondPage: Equatable {
  /// Its place in RAM, in pages.
  var page: UInt32
  /// The version that was decoded (`CodeMarks`).
  var version: UInt32
  /// Its place in virtual memory, from the page that the block starts in: in pages.
  var distance: Int16
}

/// A page that a block is decoded from.
struct CodePage {
  /// Where it lies in the host, and from the start of RAM.
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
  /// The page that the block which starts in `page` reaches at `offset` from there, if it may go on there.
  ///
  /// The second page is one that the hart has fetched from before, in this mode and address space: nothing is translated for
  /// it. User programs, which come and go in many address spaces, have none.
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

  /// Whether a block in `page` goes through the second page that it would go through if it were decoded now.
  func isAsDecoded(_ block: Block, from page: UInt64) -> Bool {
    let missing = block.pointee.missing
    if missing != 0 && fetchedPage(page &+ UInt64(bitPattern: Int64(missing) << 12)) != nil { return false }
    guard let second = block.pointee.second else { return true }
    let ramOffset = UInt64(second.page) << 12
    return fetchedPage(page &+ UInt64(bitPattern: Int64(second.distance) << 12)) == ram + Int(ramOffset)
      && memory.code.version(offset: ramOffset) == second.version
  }

  /// Where the page at `va` lies in the host, if the hart has fetched from it.
  private func fetchedPage(_ va: UInt64) -> UnsafeMutableRawPointer? {
    let entry = fetches[CachedTranslation.index(va)]
    return entry.tag == va ? entry.host(va) : nil
  }
}
