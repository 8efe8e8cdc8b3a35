import Sv39MMU

/// What fusions do: their parts, one behind the other. (`@_transparent`, since the inliner gives up
/// in a function as large as the hot loop.)
///
/// Each moves `at` to the last record that has been done, or that is a branch which has been decided: where the cached
/// translations have no answer for one behind the first, that is the one before it. Where they have none for
/// the first, nothing has been done, and the answer is false or nil: the first is to be done by itself.
extension Fusion {
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

  /// Carries out the next instruction.
  @_transparent @discardableResult static func next<B: Computation>(
    _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) -> UInt64 {
    at += 1
    return compute(B.self, at, x, page)
  }

  /// Carries out the next instruction, whose rs1 holds `value`.
  @_transparent @discardableResult static func next<B: Computation>(
    _: B.Type, of value: UInt64, _ at: inout At, _ x: Registers, _ page: UInt64
  ) -> UInt64 {
    at += 1
    let result = B.result(value, at, x, page)
    x[at.rd] = result
    return result
  }

  /// Decides the next instruction, a branch.
  @_transparent static func next<B: Decision>(_: B.Type, _ at: inout At, _ x: Registers) -> Bool {
    at += 1
    return B.isTaken(x[at.rs1], x[at.rs2])
  }

  /// What a load finds at `va`; nil where the cache has no answer.
  @_transparent static func load<A: Load>(_: A.Type, _ va: UInt64, _ loads: Cache) -> UInt64? {
    let entry = loads + CachedTranslation.index(va)
    guard entry.pointee.tag == va & (~4095 | A.mask) else { return nil }
    return A.value(entry.pointee.host(va))
  }

  /// Carries out the load at `at`, and returns what it has found; nil where the cache has no answer.
  @_transparent static func load<A: Load>(_: A.Type, _ at: At, _ x: Registers, _ loads: Cache) -> UInt64? {
    guard let loaded = load(A.self, x[at.rs1] &+ at.constant, loads) else { return nil }
    x[at.rd] = loaded
    return loaded
  }

  /// Carries out the next instruction, a load from `base`, where the cache has an answer.
  @_transparent @discardableResult static func next<B: Load>(
    _: B.Type, from base: UInt64, _ at: inout At, _ x: Registers, _ loads: Cache
  ) -> UInt64? {
    let next = at + 1
    guard let loaded = load(B.self, base &+ next.constant, loads) else { return nil }
    x[next.rd] = loaded
    at = next
    return loaded
  }

  /// Carries out the next instruction, which stores a word; false where the cache has no answer.
  @_transparent @discardableResult static func nextStoreWord(
    _ at: inout At, _ x: Registers, _ stores: Cache
  ) -> Bool {
    let next = at + 1
    let word = UInt32(truncatingIfNeeded: x[next.rs2])
    guard store(word, x[next.rs1] &+ next.constant, stores) else { return false }
    at = next
    return true
  }

  /// Carries out what a call does to its rd; the next instruction is its `jal`.
  @_transparent static func nextCall(_ at: inout At, _ x: Registers, _ page: UInt64) {
    at += 1
    x[at.rd] = at.next(page)
  }

  /// Stores a doubleword or a word at `va`; false where the cache has no answer.
  @_transparent static func store<T: FixedWidthInteger & UnsignedInteger>(
    _ value: T, _ va: UInt64, _ stores: Cache
  ) -> Bool {
    let entry = stores + CachedTranslation.index(va)
    guard entry.pointee.tag == va & (~4095 | UInt64(MemoryLayout<T>.size - 1)) else { return false }
    entry.pointee.host(va).storeBytes(of: value, as: T.self)
    return true
  }

  @_transparent static func compute<A: Computation, B: Computation>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) {
    compute(A.self, at, x, page)
    next(B.self, &at, x, page)
  }

  @_transparent static func compute<A: Computation, B: Computation, C: Computation>(
    _: A.Type, _: B.Type, _: C.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) {
    compute(A.self, B.self, &at, x, page)
    next(C.self, &at, x, page)
  }

  @_transparent @discardableResult static func chain<A: Computation, B: Computation>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) -> UInt64 {
    let value = compute(A.self, at, x, page)
    return next(B.self, of: value, &at, x, page)
  }

  @_transparent @discardableResult static func chain<A: Computation, B: Computation, C: Computation>(
    _: A.Type, _: B.Type, _: C.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) -> UInt64 {
    let value = chain(A.self, B.self, &at, x, page)
    return next(C.self, of: value, &at, x, page)
  }

  /// True where the branch is taken.
  @_transparent static func computeAndBranch<A: Computation, B: Decision>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64
  ) -> Bool {
    compute(A.self, at, x, page)
    return next(B.self, &at, x)
  }

  @_transparent static func computeAndLoad<A: Computation, B: Load>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) {
    compute(A.self, at, x, page)
    next(B.self, from: x[(at + 1).rs1], &at, x, loads)
  }

  @_transparent static func chainToLoad<A: Computation, B: Load>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) {
    let value = compute(A.self, at, x, page)
    next(B.self, from: value, &at, x, loads)
  }

  @_transparent static func chainToStore<A: Computation>(
    _: A.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ stores: Cache
  ) {
    let value = compute(A.self, at, x, page)
    let next = at + 1
    if store(x[next.rs2], value &+ next.constant, stores) { at = next }
  }

  @_transparent static func loadTwo<A: Load, B: Load>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ loads: Cache
  ) -> Bool {
    guard load(A.self, at, x, loads) != nil else { return false }
    next(B.self, from: x[(at + 1).rs1], &at, x, loads)
    return true
  }

  @_transparent static func loadAndCompute<A: Load, B: Computation>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) -> Bool {
    guard load(A.self, at, x, loads) != nil else { return false }
    next(B.self, &at, x, page)
    return true
  }

  @_transparent static func loadAndChain<A: Load, B: Computation>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) -> Bool {
    guard let loaded = load(A.self, at, x, loads) else { return false }
    next(B.self, of: loaded, &at, x, page)
    return true
  }

  /// Whether the branch is taken.
  @_transparent static func loadAndBranch<A: Load, B: Decision>(
    _: A.Type, _: B.Type, _ at: inout At, _ x: Registers, _ loads: Cache
  ) -> Bool? {
    guard load(A.self, at, x, loads) != nil else { return nil }
    return next(B.self, &at, x)
  }

  /// Whether the branch is taken.
  @_transparent static func loadChainAndBranch<A: Load, B: Computation, C: Decision>(
    _: A.Type, _: B.Type, _: C.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache
  ) -> Bool? {
    guard let loaded = load(A.self, at, x, loads) else { return nil }
    next(B.self, of: loaded, &at, x, page)
    return next(C.self, &at, x)
  }

  /// `lw`, `addiw`, `sw`: a word is counted up or down.
  @_transparent static func countWord(
    _ at: inout At, _ x: Registers, _ page: UInt64, _ loads: Cache, _ stores: Cache
  ) -> Bool {
    guard let loaded = load(Lw.self, at, x, loads) else { return false }
    next(Addiw.self, of: loaded, &at, x, page)
    nextStoreWord(&at, x, stores)
    return true
  }

  @_transparent static func storeTwo(_ at: inout At, _ x: Registers, _ stores: Cache) -> Bool {
    guard store(x[at.rs2], x[at.rs1] &+ at.constant, stores) else { return false }
    let next = at + 1
    if store(x[next.rs2], x[next.rs1] &+ next.constant, stores) { at = next }
    return true
  }

  @_transparent static func storeAndCompute<B: Computation>(
    _: B.Type, _ at: inout At, _ x: Registers, _ page: UInt64, _ stores: Cache
  ) -> Bool {
    guard store(x[at.rs2], x[at.rs1] &+ at.constant, stores) else { return false }
    next(B.self, &at, x, page)
    return true
  }

  /// Stores a word; whether the branch is taken.
  @_transparent static func storeAndBranch<B: Decision>(
    _: B.Type, _ at: inout At, _ x: Registers, _ stores: Cache
  ) -> Bool? {
    let word = UInt32(truncatingIfNeeded: x[at.rs2])
    guard store(word, x[at.rs1] &+ at.constant, stores) else { return nil }
    return next(B.self, &at, x)
  }
}
