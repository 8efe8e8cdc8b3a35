import Sv39MMU

/// Zicbom and Zicboz (unprivileged specification, "Cache Management Operations"). This machine has no caches,
/// so only the rules about who may do it, and the zeros of `cbo.zero`, can be seen.
extension Hart {
  /// The size of a block of the cache, in bytes. RVA23 and QEMU have this one.
  static var cacheBlock: UInt64 { 64 }

  /// Whether the present mode has been given the instruction: `menvcfg` gives it to S mode, and both
  /// `menvcfg` and `senvcfg` to U mode.
  func mayOperateOnCache(_ operation: Operation) -> Bool {
    var given = UInt64.max
    if privilege != .machine { given &= control.menvcfg }
    if privilege == .user { given &= control.senvcfg }
    switch operation {
    case .cboInval:
      // CBIE has two bits: 1 is to flush and 3 to invalidate, which are the same without a cache. Each
      // register must hold one of the two, and both have the lower bit.
      return given & ControlRegisters.cbieFlush != 0
    case .cboZero: return given & ControlRegisters.cbze != 0
    default: return given & ControlRegisters.cbcfe != 0
    }
  }

  /// `cbo.zero`: the block that `va` is in becomes zeros. False, with the trap noted, if that traps. Only RAM
  /// has blocks; elsewhere it is an access fault.
  mutating func zeroBlock(at va: UInt64) -> Bool {
    let start = va & ~(Self.cacheBlock - 1)
    for offset in stride(from: 0, to: Self.cacheBlock, by: 8) {
      guard slowStore(start &+ offset, 8, 0) != .trap else { return refused(va) }
    }
    return true
  }

  /// `cbo.inval`, `cbo.clean` and `cbo.flush`: nothing, but they trap as a store does if the block may
  /// neither be loaded from nor stored to. As on QEMU, they do not ask what is at an address outside RAM.
  mutating func manageBlock(at va: UInt64) -> Bool {
    let start = va & ~(Self.cacheBlock - 1)
    let held = reservation
    for access in [Access.load, .store] {
      let isPermitted = translate(start, Int(Self.cacheBlock), access) != nil || busAddress.take() != nil
      guard isPermitted else { continue }
      reservation = held
      return true
    }
    return refused(va)
  }

  /// The trap that has been noted tells the address in rs1, not the start of the block. No device is asked.
  private mutating func refused(_ va: UInt64) -> Bool {
    busAddress = nil
    trapValue = va
    return false
  }
}
