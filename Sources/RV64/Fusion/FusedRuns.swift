import Sv39MMU

/// Runs of `ld` and `sd` on one base register. Their page is looked up once. `at` becomes the last record
/// that has been done. If a run leaves its first page, the rest is done as a run of its own.
extension Fusion {
  /// Loads doublewords, as many as the run has in the page of the first. False if the cache has no answer for
  /// the first.
  @_transparent static func loadRun(_ at: inout At, _ x: Registers, _ loads: Cache) -> Bool {
    let base = x[at.rs1]
    var va = base &+ at.constant
    let entry = loads + CachedTranslation.index(va)
    let tag = entry.pointee.tag
    guard tag == va & (~4095 | 7) else { return false }
    while true {
      x[at.rd] = entry.pointee.host(va).load(as: UInt64.self)
      guard at.pointee.operation != .ld else { return true }
      va = base &+ (at + 1).constant
      guard tag == va & (~4095 | 7) else { return true }
      at += 1
    }
  }

  /// Stores doublewords, as many as the run has in the page of the first. False if the cache has no answer
  /// for the first.
  @_transparent static func storeRun(_ at: inout At, _ x: Registers, _ stores: Cache) -> Bool {
    let base = x[at.rs1]
    var va = base &+ at.constant
    let entry = stores + CachedTranslation.index(va)
    let tag = entry.pointee.tag
    guard tag == va & (~4095 | 7) else { return false }
    while true {
      entry.pointee.host(va).storeBytes(of: x[at.rs2], as: UInt64.self)
      guard at.pointee.operation != .sd else { return true }
      va = base &+ (at + 1).constant
      guard tag == va & (~4095 | 7) else { return true }
      at += 1
    }
  }

  /// Stores the doublewords of the run behind `at`, as many as it has in the page of the first. The base
  /// register holds `base`. True if the whole run is done.
  @_transparent static func storeNextRun(
    _ base: UInt64, _ at: inout At, _ x: Registers, _ stores: Cache
  ) -> Bool {
    var va = base &+ (at + 1).constant
    let entry = stores + CachedTranslation.index(va)
    let tag = entry.pointee.tag
    while tag == va & (~4095 | 7) {
      at += 1
      entry.pointee.host(va).storeBytes(of: x[at.rs2], as: UInt64.self)
      if at.pointee.operation == .sd { return true }
      va = base &+ (at + 1).constant
    }
    return false
  }
}
