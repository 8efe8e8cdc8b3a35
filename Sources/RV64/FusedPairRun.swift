import Sv39MMU

/// What fused pairs do: their parts, one behind the other. (`@_transparent`, since the inliner gives up
/// in a function as large as the hot loop.)
///
/// Each moves `at` to the second instruction when that has been done, too, or is a branch that has been decided; where the
/// cached translations have no answer for the second it leaves `at` at the first, which has then been done. Where they
/// have none for the first, nothing has been done, and the answer is false or nil: the first is to be done by itself.
extension FusedPair {
  typealias At = UnsafeMutablePointer<DecodedInstruction>
  typealias Registers = UnsafeMutablePointer<UInt64>
  typealias Cache = UnsafeMutablePointer<CachedTranslation>

  /// Carries out the instruction at `at`, and returns what it has computed.
  @_transparent @discardableResult static func compute<A: Computation>(
    _: A.Type, _ at: At, _ x: Registers, _ page: UInt64
  ) -> UInt64 {
    let value = A.result(x[at.rs1], at, x, page)
    x[at.rd] = value
    return value
  }

  /// What a load finds at `va`; nil where the cache has no answer.
  @_transparent static func load<A: Load>(_: A.Type, _ va: UInt64, _ loads: Cache) -> UInt64? {
    let entry = loads + CachedTranslation.index(va)
    guard entry.pointee.tag == va & (~4095 | A.mask) else { return nil }
    return A.value(entry.pointee.host(va))
  }

  /// Stores a doubleword at `va`; false where the cache has no answer.
  @_transparent static func store(_ value: UInt64, _ va: UInt64, _ stores: Cache) -> Bool {
    let entry = stores + CachedTranslation.index(va)
    guard entry.pointee.tag == va & (~4095 | 7) else { return false }
    entry.pointee.host(va).storeBytes(of: value, as: UInt64.self)
    return true
  }

  @_transparent static func computeTwo<A: Computation, B: Computation>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) {
    compute(first, at, x, page)
    at += 1
    compute(second, at, x, page)
  }

  @_transparent static func chain<A: Computation, B: Computation>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) {
    let value = compute(first, at, x, page)
    at += 1
    x[at.rd] = B.result(value, at, x, page)
  }

  /// True where the branch is taken.
  @_transparent static func computeAndBranch<A: Computation, B: Decision>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) -> Bool {
    compute(first, at, x, page)
    at += 1
    return B.isTaken(x[at.rs1], x[at.rs2])
  }

  @_transparent static func computeAndLoad<A: Computation, B: Load>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) {
    compute(first, at, x, page)
    let next = at + 1
    guard let loaded = load(second, x[next.rs1] &+ next.constant, loads) else { return }
    x[next.rd] = loaded
    at = next
  }

  @_transparent static func chainToLoad<A: Computation, B: Load>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) {
    let value = compute(first, at, x, page)
    let next = at + 1
    guard let loaded = load(second, value &+ next.constant, loads) else { return }
    x[next.rd] = loaded
    at = next
  }

  @_transparent static func chainToStore<A: Computation>(
    _ first: A.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ stores: Cache
  ) {
    let value = compute(first, at, x, page)
    let next = at + 1
    if store(x[next.rs2], value &+ next.constant, stores) { at = next }
  }

  @_transparent static func loadTwo<A: Load, B: Load>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ loads: Cache
  ) -> Bool {
    guard let loaded = load(first, x[at.rs1] &+ at.constant, loads) else { return false }
    x[at.rd] = loaded
    let next = at + 1
    guard let other = load(second, x[next.rs1] &+ next.constant, loads) else { return true }
    x[next.rd] = other
    at = next
    return true
  }

  @_transparent static func loadAndCompute<A: Load, B: Computation>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) -> Bool {
    guard let loaded = load(first, x[at.rs1] &+ at.constant, loads) else { return false }
    x[at.rd] = loaded
    at += 1
    compute(second, at, x, page)
    return true
  }

  @_transparent static func loadAndChain<A: Load, B: Computation>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ loads: Cache
  ) -> Bool {
    guard let loaded = load(first, x[at.rs1] &+ at.constant, loads) else { return false }
    x[at.rd] = loaded
    at += 1
    x[at.rd] = B.result(loaded, at, x, 0)
    return true
  }

  /// Whether the branch is taken.
  @_transparent static func loadAndBranch<A: Load, B: Decision>(
    _ first: A.Type, _ second: B.Type, _ at: inout At, _ x: Registers, _ loads: Cache
  ) -> Bool? {
    guard let loaded = load(first, x[at.rs1] &+ at.constant, loads) else { return nil }
    x[at.rd] = loaded
    at += 1
    return B.isTaken(x[at.rs1], x[at.rs2])
  }

  /// Loads doublewords, as many as the run has in the page of the first.
  @_transparent static func loadRun(_ at: inout At, _ x: Registers, _ loads: Cache) -> Bool {
    let base = x[at.rs1]
    var va = base &+ at.constant
    let entry = loads + CachedTranslation.index(va)
    let tag = entry.pointee.tag
    guard tag == va & (~4095 | 7) else { return false }
    while true {
      x[at.rd] = entry.pointee.host(va).load(as: UInt64.self)
      guard at.pointee.operation == .ldRun else { return true }
      va = base &+ (at + 1).constant
      guard tag == va & (~4095 | 7) else { return true }
      at += 1
    }
  }

  /// Stores doublewords, as many as the run has in the page of the first.
  @_transparent static func storeRun(_ at: inout At, _ x: Registers, _ stores: Cache) -> Bool {
    let base = x[at.rs1]
    var va = base &+ at.constant
    let entry = stores + CachedTranslation.index(va)
    let tag = entry.pointee.tag
    guard tag == va & (~4095 | 7) else { return false }
    while true {
      entry.pointee.host(va).storeBytes(of: x[at.rs2], as: UInt64.self)
      guard at.pointee.operation == .sdRun else { return true }
      va = base &+ (at + 1).constant
      guard tag == va & (~4095 | 7) else { return true }
      at += 1
    }
  }

  @_transparent static func storeTwo(_ at: inout At, _ x: Registers, _ stores: Cache) -> Bool {
    guard store(x[at.rs2], x[at.rs1] &+ at.constant, stores) else { return false }
    let next = at + 1
    if store(x[next.rs2], x[next.rs1] &+ next.constant, stores) { at = next }
    return true
  }

  @_transparent static func storeAndCompute<B: Computation>(
    _ second: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ stores: Cache
  ) -> Bool {
    guard store(x[at.rs2], x[at.rs1] &+ at.constant, stores) else { return false }
    at += 1
    compute(second, at, x, page)
    return true
  }
}
