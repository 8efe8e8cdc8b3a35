import Sv39MMU

/// The head of a block; a `byteLoop` or a `probe` where it is one, a record for each of its `count` instructions but for those
/// without an effect, and an `endOfBlock` follow it in memory.
struct BlockHeader {
  /// Where the block's first byte lies, from the start of RAM; `.max` for a block that straddles two pages.
  var ramOffset: UInt64
  /// The version of its page that it was decoded under (`CodeMarks`).
  var version: UInt32
  /// Instructions, 1...`BlockCache.longestBlock`.
  var count: UInt32
  /// The other page that it goes through, if it does.
  var second: SecondPage?
  /// The distance of the page that it could go through, had the hart fetched from it, in pages; 0 where there is none.
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

/// A block: guest code that is run from its beginning on, decoded. It ends with the first instruction that may lead anywhere
/// (`jalr`, or anything of the privileged architecture), at the end of a page, or when it is long; a branch that is not
/// taken goes on within it, as do `FollowedJumps`, into one other page too (`SecondPage`). Nothing in it depends on the virtual address that it runs at.
typealias Block = UnsafeMutablePointer<BlockHeader>

extension Block {
  /// Where execution of the block begins.
  @inline(__always) var entry: UnsafeMutablePointer<DecodedInstruction> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: DecodedInstruction.self)
  }

  /// The block's instructions, then one `endOfBlock`.
  var instructions: UnsafeMutablePointer<DecodedInstruction> { entry + (pointee.hasForeword ? 1 : 0) }
}

/// The decoded blocks of a hart, in one arena that is emptied when it is full.
///
/// Blocks are found by physical address, so that the same code in another address space is not decoded again. In
/// front of that stands, for each address space and privilege mode, a `JumpTable`.
///
/// *Links.* A branch within its page, once it has been taken, holds the address of the block that it leads to.
/// Both lie in one page of RAM, and the page's version speaks for both: whoever got into the page by a jump
/// table, which is forgotten when decoded code is overwritten, may follow its links. To a block with a second page leads
/// only one that has the same. Blocks that straddle two pages take no part. All links die with the arena.
struct BlockCache: ~Copyable {
  static var longestBlock: Int { 64 }
  /// Arena size in decoded instructions (16 bytes each; the host commits what is used).
  private static var arenaCapacity: Int { 1 << 18 }
  private static var tableEntries: Int { 1 << 14 }
  /// What a header takes of the arena, and what a `ByteLoop` takes behind its block.
  private static var headerSlots: Int { (MemoryLayout<BlockHeader>.stride + 15) / 16 }
  private static var loopSlots: Int { (MemoryLayout<ByteLoop>.stride + 15) / 16 }

  private let arena: UnsafeMutablePointer<DecodedInstruction>
  private var arenaUsed = 0
  private let table: UnsafeMutablePointer<Block?>
  /// The beginning of a block, for when a limit falls within it.
  private let part: UnsafeMutablePointer<DecodedInstruction>
  /// Of which block that is, how many of its records have been copied, and in the place of which an end stands.
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

  /// Forgets every block; jump tables must be forgotten with them.
  mutating func empty() {
    arenaUsed = 0
    partBlock = nil
    table.update(repeating: nil, count: Self.tableEntries)
  }

  /// Room for a new block of the longest size, where the cache is not full. It is part of the cache once it is
  /// given to `finish`.
  func begin() -> Block {
    UnsafeMutableRawPointer(arena + arenaUsed).bindMemory(to: BlockHeader.self, capacity: 1)
  }

  /// Keeps the block that `begin` gave, whose `records` and their end the caller has written at its `entry`. Where they
  /// are a byte loop, `loop` says so; where they are one probed instruction, `probe` is its record.
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

  /// Puts `foreword` before the `records` of `block`, the last in the arena.
  private mutating func insert(_ foreword: DecodedInstruction, before block: Block, _ records: Int) {
    let entry = block.entry
    for i in (0...records).reversed() { entry[i + 1] = entry[i] }
    entry[0] = foreword
    block.pointee.hasForeword = true
    arenaUsed += 1
  }

  /// The first `count` (at least one, not all) instructions of `block` and an end, good until the next call. None of them is
  /// fused with others.
  ///
  /// A short loop at the beginning of a long block comes here in each round, as its limit comes near, and again at the end of
  /// the next turn: what was copied stays.
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
    // Where the next instruction has no record, it lies right behind the last that has one.
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
