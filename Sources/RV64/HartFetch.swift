import Sv39MMU

/// Fetching: from a virtual pc to a block of decoded instructions.
extension Hart {
  /// The block at `pc`, in the present privilege mode; nil where fetching its first instruction traps.
  @inline(never) mutating func findBlock(at pc: UInt64) -> Block? {
    guard let address = fetchAddress(of: pc) else { return nil }
    let ramOffset = UInt64(address - ram)
    if isDivided(page: PGROUNDDOWN(memory.base + ramOffset)) {
      return decodeLoneBlock(at: pc, address, ramOffset: ramOffset)
    }
    let version = memory.code.version(offset: ramOffset)
    if let block = blocks.find(ramOffset: ramOffset, version: version) {
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
    let page = address - pageOffset
    let pageStart = ramOffset - UInt64(pageOffset)
    let isProbed = isProbed(ramOffset: ramOffset)
    var offset = pageOffset
    var lineStart = pageOffset
    var count = 0
    var jumps = FollowedJumps()
    while count < BlockCache.longestBlock && offset < 4096 {
      var bits = UInt32((page + offset).load(as: UInt16.self))
      if bits & 3 == 3 {
        guard offset < 4094 else { break }
        bits |= UInt32((page + offset + 2).load(as: UInt16.self)) << 16
      }
      var decoded = DecodedInstruction.decode(bits).placed(at: offset)
      if fastPaths.contains(.linkedBlocks) && count > 0 { decoded.becomeJump(after: instructions[count - 1]) }
      if fastPaths.contains(.inlineSystem) { decoded.becomeInline() }
      offset += Int(decoded.length)
      let target = fastPaths.contains(.linkedBlocks) ? jumps.follow(&decoded) : nil
      instructions[count] = decoded
      count += 1
      if let target {
        markDecoded(ramOffset: pageStart + UInt64(lineStart), count: offset - lineStart)
        (offset, lineStart) = (target, target)
      }
      if decoded.operation.endsBlock || isProbed { break }
      if self.isProbed(ramOffset: pageStart + UInt64(offset)) { break }
    }
    instructions[count] = .end(at: offset)

    markDecoded(ramOffset: pageStart + UInt64(lineStart), count: offset - lineStart)
    let version = memory.code.version(offset: ramOffset)
    let loop = fastPaths.contains(.byteLoops) && !isProbed ? ByteLoop(instructions, count: count) : nil
    if fastPaths.contains(.fusedPairs) { FusedPair.fuse(instructions, count: count) }
    let probe = isProbed ? probe(before: instructions[0], ramOffset) : nil
    blocks.finish(
      block, BlockHeader(ramOffset: ramOffset, version: version, count: UInt32(count)), loop: loop,
      probe: probe)
    remember(block, at: pc)
    return block
  }

  /// An instruction that is a block of its own: its halves lie in two pages, or memory protection divides its page, so that
  /// the next one may not be fetched as this one was. It is found by its virtual address only: jump tables are forgotten
  /// when the translation of a page with code, what protection permits, or decoded code in either page changes.
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
    let instruction = DecodedInstruction.decode(bits).placed(at: pageOffset)
    block.entry[0] = instruction
    block.entry[1] = .end(at: pageOffset + Int(instruction.length))
    let probe = isProbed(ramOffset: ramOffset) ? probe(before: instruction, ramOffset) : nil
    blocks.finish(block, BlockHeader(ramOffset: .max, version: 0, count: 1), probe: probe)
    remember(block, at: pc)
    return block
  }

  private mutating func markDecoded(ramOffset: UInt64, count: Int) {
    memory.watch.markDecoded(offset: ramOffset, count: count)
    followWrites()
  }

  /// Where the two bytes at virtual address `va` (even) lie in the host; nil, with the trap noted, where fetching them traps.
  mutating func fetchAddress(of va: UInt64) -> UnsafeMutableRawPointer? {
    let entry = fetches[CachedTranslation.index(va)]
    if entry.tag == va & ~4095 {
      return UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: entry.addend &+ va))
    }
    return translate(va, 2, .fetch)
  }
}

extension Operation {
  /// Whether nothing after this instruction is reached without leaving the line, or whether what follows may be
  /// fetched under other conditions than this was.
  var endsBlock: Bool {
    switch self {
    case .jal, .jalr, .ecall, .ebreak, .sret, .mret, .wfi, .sfenceVma, .fenceI, .illegal, .endOfBlock: true
    case .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci: true
    default: false
    }
  }

  var isCSR: Bool {
    switch self {
    case .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci: true
    default: false
    }
  }

  /// Whether the constant is an offset from the instruction's own address.
  var isRelativeToPC: Bool {
    switch self {
    case .auipc, .jal, .beq, .bne, .blt, .bge, .bltu, .bgeu: true
    default: false
    }
  }
}

extension DecodedInstruction {
  /// The register slot that takes what is written to `x0`.
  static let discardedRegister: UInt8 = 32

  /// This instruction as it stands in a block, `offset` bytes from the start of the block's page.
  func placed(at offset: Int) -> DecodedInstruction {
    var placed = self
    placed.offset = UInt16(offset)
    if rd == 0 { placed.rd = Self.discardedRegister }
    if operation == .add && rs1 == 0 {
      // `mv`, which needs no second operand.
      placed.operation = .addi
      (placed.rs1, placed.rs2) = (rs2, 0)
    }
    if operation.isRelativeToPC { placed.immediate += Int64(offset) }
    return placed
  }

  /// `jalr` on what the `auipc` right before it has left is a jump to a constant place.
  mutating func becomeJump(after previous: DecodedInstruction) {
    guard operation == .jalr, previous.operation == .auipc, previous.rd == rs1 else { return }
    operation = .jal
    immediate = (previous.immediate &+ immediate) & ~1
  }

  /// CSR instructions that touch nothing but a register's contents need not end a block.
  mutating func becomeInline() {
    guard operation.isCSR, let csr = CSR(rawValue: UInt16(truncatingIfNeeded: immediate)), csr.isPlain else {
      return
    }
    if csr == .sstatus && operation == .csrrs && rs1 == 0 {
      operation = .statusRead
    } else if csr == .sstatus && operation == .csrrw && rd == Self.discardedRegister {
      operation = .statusWrite
    } else {
      rs2 = operation.rawValue
      operation = .plainCSR
    }
  }

  /// The instruction of the specification that this was before it became part of a block.
  var original: DecodedInstruction {
    var original = self
    switch operation {
    case .statusRead: original.operation = .csrrs
    case .statusWrite: original.operation = .csrrw
    case .plainCSR: original.operation = Operation(rawValue: rs2) ?? .illegal
    default: original.operation = operation.first
    }
    return original
  }

  /// The end of a block, where `offset` is the address that the block falls through to.
  static func end(at offset: Int) -> DecodedInstruction {
    var end = DecodedInstruction(.endOfBlock, length: 0)
    end.offset = UInt16(offset)
    end.immediate = Int64(offset)
    return end
  }
}
