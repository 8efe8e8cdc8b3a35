import Sv39MMU

/// Why `Hart.execute` returned.
enum ExecuteResult {
  /// `retired` has reached the limit.
  case limit
  /// The instruction at `pc` trapped.
  case trap
  /// An interrupt may have to be taken: call again.
  case resume
  /// The privilege mode or the address space may have changed, and no interrupt is to be taken.
  case next
  /// `wfi` was executed.
  case waiting
  /// The bus asks for the run to end.
  case bus
}

/// The parts of `execute`.
extension Hart {
  /// Links the branch or end at `origin` in `block` to `target`, the block that was found at its target in
  /// the same page. The next time it goes there without a lookup.
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

  // What is rare is a function of its own, and takes the address of the record. If the fields of the record
  // were passed, they would need registers of the hot loop.

  @inline(never) mutating func system(_ at: UnsafeMutablePointer<DecodedInstruction>) -> ExecuteResult {
    system(at.pointee)
  }

  /// Executes a CSR instruction; false, with the trap noted, if it is illegal.
  @inline(never) mutating func csrInstruction(_ at: UnsafeMutablePointer<DecodedInstruction>) -> Bool {
    let original = at.pointee.original
    if csrInstruction(original) { return true }
    _ = illegal(original)
    return false
  }

  @inline(never) mutating func illegal(_ at: UnsafeMutablePointer<DecodedInstruction>) {
    _ = illegal(at.pointee.original)
  }

  /// The value of an instruction that the hot loop does not compute itself.
  @inline(never) func calledValue(_ operation: Operation, _ a: UInt64, _ b: UInt64) -> UInt64 {
    operation.value(a, b)
  }

  @inline(never) mutating func accessBus(_ at: UnsafeMutablePointer<DecodedInstruction>) -> ExecuteResult {
    accessBus(at.pointee.original)
  }

  /// Loads a `T`, extended by zeros; nil, with the trap noted, if it traps.
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

  /// Whether `csrw sstatus` with `value` changes only the bits about interrupts, and no interrupt may have to
  /// be taken after it.
  @inline(__always) func writesStatusInline(_ value: UInt64) -> Bool {
    (value ^ control.mstatus) & (Status.sum | Status.mxr) == 0 && enabledPending == 0 && privilege != .user
  }

  @inline(__always) mutating func writeStatusInline(_ value: UInt64) {
    control.mstatus = control.mstatus & ~Status.interruptStack | value & Status.interruptStack
  }
}

extension UnsafeMutablePointer<CachedTranslation> {
  /// The translations for stores, which lie beside those for loads (`TranslationCache`).
  @inline(__always) var stores: UnsafeMutablePointer<CachedTranslation> { self + CachedTranslation.count }
}

extension CachedTranslation {
  /// The address in host memory of virtual address `va`, which lies in the page of this entry.
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

  /// How many instructions of the block come before this one, and how many up to and including it.
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
