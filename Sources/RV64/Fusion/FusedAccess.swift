import Sv39MMU

/// Loads and stores of fused instructions. They are transparent, because the inliner gives up in a function
/// as large as the hot loop.
extension Fusion {
  typealias At = UnsafeMutablePointer<DecodedInstruction>
  typealias Registers = UnsafeMutablePointer<UInt64>
  typealias Cache = UnsafeMutablePointer<CachedTranslation>

  /// Loads a `T` at `va`, extended to 64 bits; nil if the cached translations have no answer.
  @_transparent static func load<T: FixedWidthInteger>(_: T.Type, _ va: UInt64, _ loads: Cache) -> UInt64? {
    let entry = loads + CachedTranslation.index(va)
    guard entry.pointee.tag == va & (~4095 | UInt64(MemoryLayout<T>.size - 1)) else { return nil }
    return UInt64(truncatingIfNeeded: entry.pointee.host(va).load(as: T.self))
  }

  /// Stores `value` at `va`; false if the cached translations have no answer.
  @_transparent static func store<T: FixedWidthInteger & UnsignedInteger>(
    _ value: T, _ va: UInt64, _ stores: Cache
  ) -> Bool {
    let entry = stores + CachedTranslation.index(va)
    guard entry.pointee.tag == va & (~4095 | UInt64(MemoryLayout<T>.size - 1)) else { return false }
    entry.pointee.host(va).storeBytes(of: value, as: T.self)
    return true
  }
}
