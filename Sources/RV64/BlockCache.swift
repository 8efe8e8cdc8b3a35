import Sv39MMU

/// The head of a block; its `count` instructions and an `endOfBlock` follow it in memory.
struct BlockHeader {
  /// Where the block's first byte lies, from the start of RAM; `.max` for a block that straddles two pages.
  var ramOffset: UInt64
  /// The version of its page that it was decoded under (`CodeMarks`).
  var version: UInt32
  /// Instructions, 1...`BlockCache.longestBlock`.
  var count: UInt32
  private var reserved: (UInt64, UInt64) = (0, 0)

  init(ramOffset: UInt64, version: UInt32, count: UInt32) {
    self.ramOffset = ramOffset
    self.version = version
    self.count = count
  }
}

/// A block: straight-line guest code, decoded. It ends with the first instruction that always leaves the line (a jump, or
/// anything of the privileged architecture), at the end of its page, or when it is long; a branch that is not taken
/// goes on within it. Nothing in it depends on the virtual address that it runs at.
typealias Block = UnsafeMutablePointer<BlockHeader>

extension Block {
  /// The block's instructions: `count`, then one `endOfBlock`.
  @inline(__always) var instructions: UnsafeMutablePointer<DecodedInstruction> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: DecodedInstruction.self)
  }
}

/// Where a virtual pc was last found to lead.
struct Jump {
  var pc: UInt64
  var block: Block?

  /// A pc that no instruction has.
  static var empty: Jump { Jump(pc: 1, block: nil) }
}

/// The decoded blocks of a hart, in one arena that is emptied when it is full.
///
/// Blocks are found by physical address, so that the same code in another address space is not decoded again. In
/// front of that stands, for each privilege mode, a table from virtual pc to block (`jumps`), which is forgotten
/// whenever a translation may have changed or decoded code has been overwritten.
struct BlockCache: ~Copyable {
  static var longestBlock: Int { 64 }
  /// Entries of one mode's jump table, a power of two.
  static var jumpEntries: Int { 1024 }
  /// Arena size in decoded instructions (16 bytes each; the host commits what is used).
  private static var arenaCapacity: Int { 1 << 18 }
  private static var tableEntries: Int { 1 << 14 }
  /// What a header takes of the arena.
  private static var headerSlots: Int { 2 }

  private let arena: UnsafeMutablePointer<DecodedInstruction>
  private var arenaUsed = 0
  private let table: UnsafeMutablePointer<Block?>
  private let allJumps: UnsafeMutablePointer<Jump>
  /// Which of all the jumps are not empty.
  private var used = TouchedEntries()
  /// Room for the beginning of a block, when a limit falls within it.
  private let part: UnsafeMutablePointer<DecodedInstruction>

  init() {
    arena = .allocate(capacity: Self.arenaCapacity)
    table = .allocate(capacity: Self.tableEntries)
    table.initialize(repeating: nil, count: Self.tableEntries)
    allJumps = .allocate(capacity: 3 * Self.jumpEntries)
    allJumps.initialize(repeating: .empty, count: 3 * Self.jumpEntries)
    part = .allocate(capacity: Self.longestBlock + 1)
  }

  deinit {
    arena.deallocate()
    table.deallocate()
    allJumps.deallocate()
    part.deallocate()
  }

  /// The jump table of a privilege mode.
  func jumps(_ mode: PrivilegeMode) -> UnsafeMutablePointer<Jump> {
    allJumps + Self.bank(mode) * Self.jumpEntries
  }

  private static func bank(_ mode: PrivilegeMode) -> Int {
    switch mode {
    case .user: 0
    case .supervisor: 1
    case .machine: 2
    }
  }

  @inline(__always) static func jumpIndex(_ pc: UInt64) -> Int {
    Int(truncatingIfNeeded: pc &>> 1) & (jumpEntries - 1)
  }

  /// Remembers that `pc` in `mode` leads to `block`.
  mutating func remember(_ block: Block, at pc: UInt64, mode: PrivilegeMode) {
    let index = Self.bank(mode) * Self.jumpEntries + Self.jumpIndex(pc)
    allJumps[index] = Jump(pc: pc, block: block)
    used.note(index)
  }

  /// Forgets where virtual addresses lead, in every mode.
  mutating func forgetJumps() {
    if used.overflowed {
      allJumps.update(repeating: .empty, count: 3 * Self.jumpEntries)
    } else {
      for i in 0..<used.count { allJumps[used[i]] = .empty }
    }
    used.clear()
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

  /// Room for a new block of the longest size. It is part of the cache once it is given to `finish`.
  /// May empty the arena: no block that was found before is good after this.
  mutating func begin() -> Block {
    if arenaUsed + Self.headerSlots + Self.longestBlock + 1 > Self.arenaCapacity {
      arenaUsed = 0
      table.update(repeating: nil, count: Self.tableEntries)
      forgetJumps()
    }
    return UnsafeMutableRawPointer(arena + arenaUsed).bindMemory(to: BlockHeader.self, capacity: 1)
  }

  /// Keeps the block that `begin` gave, whose instructions the caller has written.
  mutating func finish(_ block: Block, _ header: BlockHeader) {
    block.initialize(to: header)
    arenaUsed += Self.headerSlots + Int(header.count) + 1
    if header.ramOffset != .max { table[Self.tableIndex(header.ramOffset)] = block }
  }

  /// The first `count` instructions of `block` and an end, good until the next call.
  func beginning(of block: Block, count: Int) -> UnsafeMutablePointer<DecodedInstruction> {
    part.update(from: block.instructions, count: count)
    var end = DecodedInstruction(.endOfBlock, length: 0)
    end.offset = block.instructions[count].offset
    part[count] = end
    return part
  }
}
