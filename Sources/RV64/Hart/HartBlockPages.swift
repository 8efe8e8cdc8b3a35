import Sv39MMU

// The second page that a block may go on in.

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
