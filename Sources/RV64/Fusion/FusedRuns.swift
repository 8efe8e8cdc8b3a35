import Sv39MMU

/// Runs of `ld` and `sd` on one base register: their page is looked up once. `at` becomes the last record that has been
/// done, as in all of `Fusion`; the run goes on by itself where it leaves its first page.
extension Fusion {
  /// Loads doublewords, as many as the run has in the page of the first.
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

  /// Stores doublewords, as many as the run has in the page of the first.
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

  /// Makes room on the stack, stores what is to be saved there, and sets the frame pointer.
  @_transparent static func prologue(_ at: inout At, _ x: Registers, _ page: UInt64, _ stores: Cache) {
    let base = compute(Addi.self, at, x, page)
    var va = base &+ (at + 1).constant
    let entry = stores + CachedTranslation.index(va)
    let tag = entry.pointee.tag
    while tag == va & (~4095 | 7) {
      at += 1
      entry.pointee.host(va).storeBytes(of: x[at.rs2], as: UInt64.self)
      if at.pointee.operation == .sd {
        next(Addi.self, &at, x, page)
        return
      }
      va = base &+ (at + 1).constant
    }
  }
}
