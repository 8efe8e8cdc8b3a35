import Sv39MMU

/// Fetching: from a virtual pc to a block of decoded instructions.
extension Hart {
  /// The block at `pc`, in the present privilege mode. Nil if fetching its first instruction traps.
  @inline(never) mutating func findBlock(at pc: UInt64) -> Block? {
    guard let address = fetchAddress(of: pc) else { return nil }
    let ramOffset = UInt64(address - ram)
    if isDivided(page: PGROUNDDOWN(memory.base + ramOffset)) {
      return decodeLoneBlock(at: pc, address, ramOffset: ramOffset)
    }
    let version = memory.code.version(offset: ramOffset)
    if let block = blocks.find(ramOffset: ramOffset, version: version),
      isAsDecoded(block, from: pc & ~4095)
    {
      remember(block, at: pc)
      return block
    }
    return decodeBlock(at: pc, address, ramOffset: ramOffset)
  }

  private mutating func decodeBlock(
    at pc: UInt64, _ address: UnsafeMutableRawPointer, ramOffset: UInt64
  ) -> Block? {
    let pageOffset = Int(pc & 4095)
    let firstHalf = UInt32(address.load(as: UInt16.self))
    if pageOffset == 4094 && firstHalf & 3 == 3 {
      return decodeLoneBlock(at: pc, address, ramOffset: ramOffset)
    }

    makeRoomForBlock()
    let block = blocks.begin()
    let instructions = block.entry
    let places = placesOfPage(at: pc, address - pageOffset)
    let isProbed = isProbed(ramOffset: ramOffset) || places?.isOpen(pc) ?? false
    var pages = BlockPages(
      first: CodePage(host: address - pageOffset, ramOffset: ramOffset - UInt64(pageOffset), distance: 0))
    var page = pages.first
    var offset = pageOffset
    var lineStart = pageOffset
    /// The numbers of records, and of the instructions that they stand for.
    var (records, count) = (0, 0)
    var jumps = FollowedJumps()
    while count < BlockCache.longestBlock {
      let place = offset - page.distance
      var bits = UInt32((page.host + place).load(as: UInt16.self))
      if bits & 3 == 3 {
        guard place < 4094 else { break }
        bits |= UInt32((page.host + place + 2).load(as: UInt16.self)) << 16
      }
      var decoded = DecodedInstruction.decode(bits).placed(at: offset)
      if records > 0 {
        let previous = instructions[records - 1]
        if fastPaths.contains(.linkedBlocks) { decoded.becomeJump(after: previous) }
        if fastPaths.contains(.fusedPairs) { decoded.becomeConstant(after: previous) }
      }
      if fastPaths.contains(.inlineSystem) { decoded.becomeInline() }
      offset += Int(decoded.length)
      // A block of one instruction does not go along with its jump: the jump is done when it is executed.
      let target = fastPaths.contains(.linkedBlocks) && !isProbed ? jumps.target(of: decoded) : nil
      let next = codePage(target ?? offset, from: pc & ~4095, &pages)
      if target != nil && next != nil { decoded.becomeFollowed() }
      count += 1
      decoded.through = UInt8(count)
      if !mayLeaveOut(decoded, behind: instructions, records) {
        instructions[records] = decoded
        records += 1
      }
      if decoded.operation.endsBlock || isProbed { break }
      guard let next else { break }
      if target != nil || next.distance != page.distance {
        markDecoded(page, lineStart..<offset)
        offset = target ?? offset
        (page, lineStart) = (next, offset)
      }
      if self.isProbed(ramOffset: page.ramOffset + UInt64(offset - page.distance)) { break }
      if let places, places.isOpen((pc & ~4095) &+ UInt64(offset)) { break }
    }
    instructions[records] = .end(at: offset, through: count)

    markDecoded(page, lineStart..<offset)
    let version = memory.code.version(offset: ramOffset)
    let second = pages.second.map { page in
      SecondPage(
        page: UInt32(page.ramOffset >> 12), version: memory.code.version(offset: page.ramOffset),
        distance: Int16(page.distance >> 12))
    }
    let loop = fastPaths.contains(.byteLoops) && !isProbed ? ByteLoop(instructions, count: records) : nil
    if fastPaths.contains(.fusedPairs) { Fusion.fuse(instructions, count: records) }
    let probe = isProbed ? probe(before: instructions[0], ramOffset) : nil
    blocks.finish(
      block,
      BlockHeader(
        ramOffset: ramOffset, version: version, count: UInt32(count), second: second, missing: pages.missing),
      records: records, loop: loop, probe: probe)
    remember(block, at: pc)
    return block
  }

  /// Whether `instruction`, the next one behind the `count` records of a block, does nothing but retire, so
  /// that it needs no record: the records of the others count it. At most one instruction between two records
  /// is left out, and none behind a jump. So its place is known if a limit falls before it
  /// (`BlockCache.beginning`).
  private func mayLeaveOut(
    _ instruction: DecodedInstruction, behind records: UnsafeMutablePointer<DecodedInstruction>, _ count: Int
  ) -> Bool {
    guard fastPaths.contains(.fusedPairs), count > 0,
      instruction.operation == .followedJal || instruction.operation == .fence
    else { return false }
    let previous = records[count - 1]
    return previous.through + 1 == instruction.through
      && previous.offset &+ Int16(previous.length) == instruction.offset
  }

  /// An instruction that is a block of its own. Either its halves lie in two pages, or memory protection
  /// divides its page, so that the next instruction may not be fetched under the same conditions. It is found
  /// by its virtual address only. Jump tables are emptied when the translation of a page with code, the
  /// permissions of memory protection, or decoded code in either page change.
  private mutating func decodeLoneBlock(
    at pc: UInt64, _ address: UnsafeMutableRawPointer, ramOffset: UInt64
  ) -> Block? {
    var bits = UInt32(address.load(as: UInt16.self))
    if bits & 3 == 3 {
      guard let second = fetchAddress(of: pc &+ 2) else { return nil }
      bits |= UInt32(second.load(as: UInt16.self)) << 16
      markDecoded(ramOffset: UInt64(second - ram), count: 2)
    }
    markDecoded(ramOffset: ramOffset, count: 2)
    let pageOffset = Int(pc & 4095)
    makeRoomForBlock()
    let block = blocks.begin()
    var instruction = DecodedInstruction.decode(bits).placed(at: pageOffset)
    instruction.through = 1
    block.entry[0] = instruction
    block.entry[1] = .end(at: pageOffset + Int(instruction.length), through: 1)
    let isPlace = placesOfPage(at: pc, address - pageOffset)?.isOpen(pc) ?? false
    let probe = isPlace || isProbed(ramOffset: ramOffset) ? probe(before: instruction, ramOffset) : nil
    blocks.finish(block, BlockHeader(ramOffset: .max, version: 0, count: 1), records: 1, probe: probe)
    remember(block, at: pc)
    return block
  }

  private mutating func markDecoded(_ page: CodePage, _ offsets: Range<Int>) {
    markDecoded(ramOffset: page.ramOffset + UInt64(offsets.lowerBound - page.distance), count: offsets.count)
  }

  private mutating func markDecoded(ramOffset: UInt64, count: Int) {
    memory.watch.markDecoded(offset: ramOffset, count: count)
    followWrites()
  }

  /// The address in host memory of the two bytes at virtual address `va` (even). Nil, with the trap noted, if
  /// fetching them traps.
  mutating func fetchAddress(of va: UInt64) -> UnsafeMutableRawPointer? {
    let entry = fetches[CachedTranslation.index(va)]
    if entry.tag == va & ~4095 {
      return UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: entry.addend &+ va))
    }
    return translate(va, 2, .fetch)
  }
}
