import Sv39MMU

/// The head of a block. Behind it in memory stand a `byteLoop` or a `probe`, if the block has one; then a
/// record for each of its `count` instructions, except those without an effect; then an `endOfBlock`.
struct BlockHeader {
  /// The distance of the block's first byte from the start of RAM; `.max` if the block straddles two pages.
  var ramOffset: UInt64
  /// The version of its page when it was decoded (`CodeMarks`).
  var version: UInt32
  /// Instructions, 1...`BlockCache.longestBlock`.
  var count: UInt32
  /// The other page that the block goes through, if it does.
  var second: SecondPage?
  /// The distance, in pages, of the page that the block would go through if the hart had fetched from it; 0
  /// if there is no such page.
  var missing: Int16
  /// Whether a `byteLoop` or a `probe` stands before the instructions.
  var hasForeword = false

  init(ramOffset: UInt64, version: UInt32, count: UInt32, second: SecondPage? = nil, missing: Int16 = 0) {
    self.ramOffset = ramOffset
    self.version = version
    self.count = count
    self.second = second
    self.missing = missing
  }
}

/// A block: decoded guest code that runs from its beginning on. It ends with the first instruction that may
/// lead anywhere (`jalr`, or anything of the privileged architecture), at the end of a page, or when it is
/// long. It goes on behind a branch that is not taken, and along `FollowedJumps`, and into one other page
/// (`SecondPage`). Nothing in it depends on the virtual address that it runs at.
typealias Block = UnsafeMutablePointer<BlockHeader>

extension Block {
  /// Where execution of the block begins.
  @inline(__always) var entry: UnsafeMutablePointer<DecodedInstruction> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: DecodedInstruction.self)
  }

  /// The records of the block's instructions, then one `endOfBlock`.
  var instructions: UnsafeMutablePointer<DecodedInstruction> { entry + (pointee.hasForeword ? 1 : 0) }
}

/// The decoded blocks of a hart, in one arena that is emptied when it is full.
///
/// Blocks are found by physical address, so the same code in another address space is not decoded again. Each
/// address space and privilege mode has a `JumpTable` in front of that.
///
/// *Links.* After its first use, a branch inside a page holds the address of its target block. Both lie in
/// one page of RAM, and the version of that page covers both. The hart comes into the page through a jump
/// table, which is emptied when decoded code is overwritten, so it may follow the links there. A block with a
/// second page is linked only from blocks with the same one. Blocks that straddle two pages have no links.
/// All links go away when the arena is emptied.
struct BlockCache: ~Copyable {
  static var longestBlock: Int { 64 }
  /// The size of the arena in decoded instructions. Each takes 16 bytes; the host gives memory only to those
  /// that are used.
  private static var arenaCapacity: Int { 1 << 18 }
  private static var tableEntries: Int { 1 << 14 }
  /// The room that a header takes in the arena, and that a `ByteLoop` takes behind its block.
  private static var headerSlots: Int { (MemoryLayout<BlockHeader>.stride + 15) / 16 }
  private static var loopSlots: Int { (MemoryLayout<ByteLoop>.stride + 15) / 16 }

  private let arena: UnsafeMutablePointer<DecodedInstruction>
  private var arenaUsed = 0
  private let table: UnsafeMutablePointer<Block?>
  /// The beginning of a block, for a limit that lies within the block.
  private let part: UnsafeMutablePointer<DecodedInstruction>
  /// Which block that is, how many of its records have been copied, and which of them has been replaced by an
  /// end.
  private var partBlock: Block?
  private var partRecords = 0
  private var partEnd = 0

  init() {
    arena = .allocate(capacity: Self.arenaCapacity)
    table = .allocate(capacity: Self.tableEntries)
    table.initialize(repeating: nil, count: Self.tableEntries)
    part = .allocate(capacity: Self.longestBlock + 1)
  }

  deinit {
    arena.deallocate()
    table.deallocate()
    part.deallocate()
  }

  private static func tableIndex(_ ramOffset: UInt64) -> Int {
    Int(truncatingIfNeeded: ramOffset &>> 1) & (tableEntries - 1)
  }

  /// The block that begins at `ramOffset` and was decoded under `version` of its page.
  func find(ramOffset: UInt64, version: UInt32) -> Block? {
    guard let block = table[Self.tableIndex(ramOffset)], block.pointee.ramOffset == ramOffset,
      block.pointee.version == version
    else { return nil }
    return block
  }

  /// Whether there is no room for another block.
  var isFull: Bool {
    arenaUsed + Self.headerSlots + Self.longestBlock + 2 + Self.loopSlots > Self.arenaCapacity
  }

  /// Forgets every block. Jump tables must be emptied with them.
  mutating func empty() {
    arenaUsed = 0
    partBlock = nil
    table.update(repeating: nil, count: Self.tableEntries)
  }

  /// Room for a new block of the longest size, if the cache is not full. The block becomes part of the cache
  /// when it is given to `finish`.
  func begin() -> Block {
    UnsafeMutableRawPointer(arena + arenaUsed).bindMemory(to: BlockHeader.self, capacity: 1)
  }

  /// Keeps the block that `begin` gave. The caller has written its `records` and their end at its `entry`. If
  /// they are a byte loop, `loop` describes it; if they are one probed instruction, `probe` is the record for
  /// it.
  mutating func finish(
    _ block: Block, _ header: BlockHeader, records: Int, loop: ByteLoop? = nil,
    probe: DecodedInstruction? = nil
  ) {
    block.initialize(to: header)
    arenaUsed += Self.headerSlots + records + 1
    if let loop {
      let description = UnsafeMutableRawPointer(block.entry + records + 2).bindMemory(
        to: ByteLoop.self, capacity: 1)
      description.initialize(to: loop)
      var foreword = DecodedInstruction(.byteLoop, length: 0)
      foreword.immediate = Int64(Int(bitPattern: description))
      insert(foreword, before: block, records)
      arenaUsed += Self.loopSlots
    } else if let probe {
      insert(probe, before: block, records)
    }
    if header.ramOffset != .max { table[Self.tableIndex(header.ramOffset)] = block }
  }

  /// Puts `foreword` before the `records` of `block`, which is the last in the arena.
  private mutating func insert(_ foreword: DecodedInstruction, before block: Block, _ records: Int) {
    let entry = block.entry
    for i in (0...records).reversed() { entry[i + 1] = entry[i] }
    entry[0] = foreword
    block.pointee.hasForeword = true
    arenaUsed += 1
  }

  /// The first `count` instructions of `block` (at least one, not all) and an end. None of them is fused with
  /// others. They stay valid until the next call.
  ///
  /// A short loop at the beginning of a long block comes here in each round when its limit is near, and again
  /// at the end of the next turn. So the copied records are kept.
  mutating func beginning(of block: Block, count: UInt64) -> UnsafeMutablePointer<DecodedInstruction> {
    let instructions = block.instructions
    if partBlock != block { (partBlock, partRecords, partEnd) = (block, 0, 0) }
    if partEnd < partRecords { copy(instructions, partEnd) }
    var n = partEnd
    while n > 0, instructions[n - 1].through > count { n -= 1 }
    while instructions[n].through <= count {
      if n == partRecords {
        copy(instructions, n)
        partRecords += 1
      }
      n += 1
    }
    partEnd = n
    let next = instructions[n]
    let last = instructions[n - 1]
    // If the next instruction has no record, it lies right behind the last one that has.
    let hasRecord = next.length > 0 && UInt64(next.through) == count + 1
    let end = hasRecord ? next.offset : last.offset &+ Int16(last.length)
    part[n] = .end(at: Int(end), through: Int(count))
    return part
  }

  private func copy(_ instructions: UnsafeMutablePointer<DecodedInstruction>, _ n: Int) {
    (part + n).update(from: instructions + n, count: 1)
    part[n].operation = instructions[n].operation.first
  }
}
