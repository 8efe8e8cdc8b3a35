import Sv39MMU

/// What `execute` is put together from.
extension Hart {
  /// Lets the branch or end at `origin` in `block`, which leads to a place in its page, go to the block that was found
  /// there without looking again.
  @inline(never) mutating func link(
    _ origin: UnsafeMutablePointer<DecodedInstruction>, of block: Block, to target: Block
  ) {
    guard fastPaths.contains(.linkedBlocks), let linked = origin.pointee.operation.linked,
      block.pointee.ramOffset != .max, target.pointee.ramOffset >> 12 == block.pointee.ramOffset >> 12,
      target.pointee.second == nil || target.pointee.second == block.pointee.second
    else { return }
    origin.pointee.operation = linked
    origin.pointee.immediate = Int64(Int(bitPattern: target))
  }

  // What is seldom done stands apart and takes the record's address: taken apart, a record needs registers of the hot loop.

  @inline(never) mutating func system(_ at: UnsafeMutablePointer<DecodedInstruction>) -> ExecuteResult {
    system(at.pointee)
  }

  /// `csrInstruction`, or the trap is noted that it makes where it is illegal.
  @inline(never) mutating func csrInstruction(_ at: UnsafeMutablePointer<DecodedInstruction>) -> Bool {
    let original = at.pointee.original
    if csrInstruction(original) { return true }
    _ = illegal(original)
    return false
  }

  @inline(never) mutating func illegal(_ at: UnsafeMutablePointer<DecodedInstruction>) {
    _ = illegal(at.pointee.original)
  }

  @inline(never) mutating func accessBus(_ at: UnsafeMutablePointer<DecodedInstruction>) -> ExecuteResult {
    accessBus(at.pointee.original)
  }

  @inline(__always)
  mutating func load<T: FixedWidthInteger & UnsignedInteger>(
    _: T.Type, _ va: UInt64, _ cache: UnsafeMutablePointer<CachedTranslation>
  ) -> UInt64? {
    let entry = cache + CachedTranslation.index(va)
    if entry.pointee.tag == va & (~4095 | UInt64(MemoryLayout<T>.size - 1)) {
      return UInt64(entry.pointee.host(va).load(as: T.self))
    }
    return slowLoad(va, MemoryLayout<T>.size)
  }

  @inline(__always)
  mutating func store<T: FixedWidthInteger & UnsignedInteger>(
    _ value: T, _ va: UInt64, _ cache: UnsafeMutablePointer<CachedTranslation>
  ) -> AccessOutcome {
    let entry = cache + CachedTranslation.index(va)
    if entry.pointee.tag == va & (~4095 | UInt64(MemoryLayout<T>.size - 1)) {
      entry.pointee.host(va).storeBytes(of: value, as: T.self)
      return .done
    }
    return slowStore(va, MemoryLayout<T>.size, UInt64(value))
  }

  /// Whether `csrw sstatus` with `value` changes nothing but the interrupt stack, and no interrupt may have to be taken then.
  @inline(__always) func writesStatusInline(_ value: UInt64) -> Bool {
    (value ^ control.mstatus) & (Status.sum | Status.mxr) == 0 && enabledPending == 0 && privilege != .user
  }

  @inline(__always) mutating func writeStatusInline(_ value: UInt64) {
    control.mstatus = control.mstatus & ~Status.interruptStack | value & Status.interruptStack
  }

  /// The low word, sign-extended.
  @inline(__always) static func word(_ value: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
  }
}

extension UnsafeMutablePointer<CachedTranslation> {
  /// Where the translations for stores begin, beside those for loads (`TranslationCache`).
  @inline(__always) var stores: UnsafeMutablePointer<CachedTranslation> { self + CachedTranslation.count }
}

extension CachedTranslation {
  /// The host's address of virtual address `va`, which lies in this entry's page.
  @inline(__always) func host(_ va: UInt64) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: addend &+ va)).unsafelyUnwrapped
  }
}

extension UnsafeMutablePointer<DecodedInstruction> {
  @inline(__always) var rd: Int { Int(pointee.rd) }
  @inline(__always) var rs1: Int { Int(pointee.rs1) }
  @inline(__always) var rs2: Int { Int(pointee.rs2) }
  @inline(__always) var constant: UInt64 { UInt64(bitPattern: pointee.immediate) }

  /// The block that a linked instruction leads to.
  @inline(__always) var target: Block {
    Block(bitPattern: Int(truncatingIfNeeded: pointee.immediate)).unsafelyUnwrapped
  }

  /// How many instructions of the block come before this one, and how many up to it.
  @inline(__always) var before: UInt64 { through &- 1 }
  @inline(__always) var through: UInt64 { UInt64(pointee.through) }

  /// The virtual address of the instruction, in a block that starts in `page`.
  @inline(__always) func address(_ page: UInt64) -> UInt64 {
    page &+ UInt64(bitPattern: Int64(pointee.offset))
  }

  /// The virtual address of the next instruction, in a block that starts in `page`.
  @inline(__always) func next(_ page: UInt64) -> UInt64 {
    address(page) &+ UInt64(pointee.length)
  }
}
