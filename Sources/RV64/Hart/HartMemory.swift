import Sv39MMU

/// What became of an access to memory.
enum AccessOutcome: UInt8 {
  case done
  /// The access is done, and has overwritten decoded code or a page-table entry: the block that runs may be
  /// stale.
  case doneToCode
  /// Nothing was done; `trapCause` and `trapValue` say why.
  case trap
}

/// Memory as an instruction sees it, if the translation cache has no answer.
extension Hart {
  /// The address in host memory of the `count` bytes at virtual address `va`, which lie in one page. Nil,
  /// with the trap noted, if the access traps. Loads and stores must not use the address itself in a filled
  /// page: they go through `memory`.
  @inline(never) mutating func translate(
    _ va: UInt64, _ count: Int, _ access: Access
  ) -> UnsafeMutableRawPointer? {
    let mode = access == .fetch ? privilege : dataPrivilege
    var physical = va
    if mode != .machine && satp >> 60 != 0 {
      guard mayWalk(va, access, mode) else { return refuse(access, va) }
      let result = walk(va, access, mode, updateAD: true)
      switch result {
      case .translated(let translation):
        physical = translation.physicalAddress
        markTables(va, down: translation.level)
      case .fault(let fault):
        trap(fault, access, va)
        return nil
      }
      followWrites()
    }
    guard permits(access, physical, count, mode) else { return refuse(access, va) }
    guard memory.contains(physical, count: 1) else {
      if bus != nil && access != .fetch { busAddress = physical }
      return refuse(access, va)
    }
    let ramOffset = physical &- memory.base
    let address = ram + Int(truncatingIfNeeded: ramOffset)
    if memory.filled.isFilled(offset: ramOffset) {
      // Each access must come here.
      if access != .fetch { return address }
      _ = memory.pointer(physical, count: 1)
    }
    let watched = access == .store && memory.watch.isWatched(offset: ramOffset)
    if !isDivided(page: PGROUNDDOWN(physical)) {
      remember(access, va: va, page: address - Int(va & 4095), watched: watched)
    }
    return address
  }

  /// As `translate(va, count, .load)`, but from the cache if it has the answer.
  private mutating func loadAddress(_ va: UInt64, _ count: Int) -> UnsafeMutableRawPointer? {
    let entry = loads[CachedTranslation.index(va)]
    return entry.tag == va & ~4095 ? entry.host(va) : translate(va, count, .load)
  }

  /// As `translate(va, count, .store)`, but from the cache if it has the answer. A page that need no longer
  /// be watched is translated again.
  private mutating func storeAddress(_ va: UInt64, _ count: Int) -> UnsafeMutableRawPointer? {
    let entry = stores[CachedTranslation.index(va)]
    guard entry.tag & ~CachedTranslation.watched == va & ~4095 else { return translate(va, count, .store) }
    let address = entry.host(va)
    let isWatched = entry.tag & CachedTranslation.watched != 0
    let isStale = isWatched && !memory.watch.isWatched(offset: UInt64(address - ram))
    return isStale ? translate(va, count, .store) : address
  }

  private mutating func walk(_ va: UInt64, _ access: Access, _ mode: PrivilegeMode, updateAD: Bool)
    -> WalkResult
  {
    Sv39.walk(
      memory: memory, root: rootTable, va: va, access: access, privilege: mode,
      sum: mstatus & Status.sum != 0,
      mxr: mstatus & Status.mxr != 0, updateAD: updateAD)
  }

  /// Marks the tables that a walk for `va` has just read, down to its leaf's `level`.
  private mutating func markTables(_ va: UInt64, down level: Int) {
    func page(_ table: UInt64) -> UInt64 { (table &- memory.base) >> PGSHIFT }
    var table = rootTable
    for above in (level..<Sv39.levels).reversed() {
      memory.watch.markTable(page: page(table), root: page(rootTable), level: above, va: va)
      table = PTE(rawValue: memory.load64(table &+ PX(above, va) &* 8)).pa
    }
  }

  /// The physical address of the root page table.
  @inline(__always) private var rootTable: UInt64 { (satp & (1 << 44 - 1)) << 12 }

  /// Notes an access fault.
  private mutating func refuse(_ access: Access, _ va: UInt64) -> UnsafeMutableRawPointer? {
    switch access {
    case .fetch: trap(.instructionAccessFault, va)
    case .load: trap(.loadAccessFault, va)
    case .store: trap(.storeAccessFault, va)
    }
    return nil
  }

  /// Below this address physical memory protection permits everything.
  @inline(__always) private var openBelow: UInt64 {
    pmp.isOff ? allowsWithoutPMP ? .max : 0 : pmp.openBelow
  }

  /// Whether accesses within the page at physical address `page` may have different answers.
  mutating func isDivided(page: UInt64) -> Bool { page &+ PGSIZE > openBelow && pmp.divides(page: page) }

  /// Whether physical memory protection permits the access to the `count` bytes at `physical`.
  private mutating func permits(
    _ access: Access, _ physical: UInt64, _ count: Int, _ mode: PrivilegeMode
  ) -> Bool {
    physical < openBelow && UInt64(count) <= openBelow &- physical
      || pmp.allows(access, physical, count: count, mode: mode)
  }

  /// Whether physical memory protection lets the walk for `va` read the entries on its way, and write the
  /// leaf if A or D must be set. Both are accesses of S mode.
  private mutating func mayWalk(_ va: UInt64, _ access: Access, _ mode: PrivilegeMode) -> Bool {
    if memory.base &+ memory.size <= openBelow || !Sv39.isCanonical(va) { return true }
    var table = rootTable
    for level in (0..<Sv39.levels).reversed() {
      let address = table &+ PX(level, va) &* 8
      guard permits(.load, address, 8, .supervisor) else { return false }
      let entry = PTE(rawValue: memory.load64(address))
      guard entry.isPointer, Sv39.malformation(entry, level: level) == nil else { break }
      table = entry.pa
    }
    guard case .translated(let found) = walk(va, access, mode, updateAD: false) else { return true }
    let updates = !found.pte.a || access == .store && !found.pte.d
    return !updates || permits(.store, found.pteAddress, 8, .supervisor)
  }

  /// Loads `count` bytes (1, 2, 4 or 8), aligned or not, zero-extended. Nil, with the trap noted, if it
  /// traps. In an access across two pages, the first byte that cannot be read is the one that traps.
  @inline(never) mutating func slowLoad(_ va: UInt64, _ count: Int) -> UInt64? {
    let inPage = 4096 - Int(va & 4095)
    let first = min(count, inPage)
    guard let address = loadAddress(va, first) else { return nil }
    let low = memory.load(ramOffset: UInt64(address - ram), count: first)
    if count <= inPage { return low }
    guard let second = loadAddress(va &+ UInt64(inPage), count - inPage) else { return nil }
    let high = memory.load(ramOffset: UInt64(second - ram), count: count - inPage)
    return low | high &<< UInt64(8 * inPage)
  }

  /// Stores the low `count` bytes (1, 2, 4 or 8) of `value`, aligned or not. In an access across two pages,
  /// nothing is written unless both pages may be written.
  @inline(never) mutating func slowStore(_ va: UInt64, _ count: Int, _ value: UInt64) -> AccessOutcome {
    let inPage = 4096 - Int(va & 4095)
    let first = min(count, inPage)
    guard let address = storeAddress(va, first) else { return .trap }
    var second: UnsafeMutableRawPointer?
    if count > inPage {
      second = storeAddress(va &+ UInt64(inPage), count - inPage)
      if second == nil { return .trap }
    }
    memory.store(ramOffset: UInt64(address - ram), value, count: first)
    if let second {
      memory.store(ramOffset: UInt64(second - ram), value &>> UInt64(8 * first), count: count - first)
    }
    return followWrites() ? .doneToCode : .done
  }

  /// Fills `count` bytes from virtual address `va` on, all in one page, if that is a filled page and stays
  /// one; otherwise returns false. The next thing to happen must be a store of the first byte, because this
  /// does nothing that the store would not do.
  @inline(never) mutating func fillFilledPage(_ va: UInt64, _ count: Int, _ byte: UInt64) -> Bool {
    let known = stores[CachedTranslation.index(va)].tag & ~CachedTranslation.watched
    guard known != va & ~4095 else { return false }
    let held = reservation
    guard let address = translate(va, count, .store) else {
      (reservation, busAddress) = (held, nil)
      return false
    }
    let physical = memory.base &+ UInt64(address - ram)
    return memory.isFilled(physical, count: count)
      && memory.fill(physical, count: count, with: UInt8(truncatingIfNeeded: byte))
  }

  /// LR: loads an aligned word or doubleword, zero-extended, and reserves it.
  @inline(never) mutating func loadReserved(_ va: UInt64, _ count: Int) -> UInt64? {
    guard va & UInt64(count - 1) == 0 else {
      trap(.loadAddressMisaligned, va)
      return nil
    }
    guard let address = loadAddress(va, count) else { return nil }
    let ramOffset = UInt64(address - ram)
    let value = memory.load(ramOffset: ramOffset, count: count)
    reservation = Reservation(ramOffset: ramOffset, count: count, value: value)
    return value
  }

  /// SC: stores if the reservation holds. It holds for the address and size of the last LR, unless the hart
  /// has trapped since, or memory has another value than LR found (which is also QEMU's rule). Without a
  /// reservation, memory is not accessed and cannot fault. `failed` is what the instruction leaves in rd.
  @inline(never) mutating func storeConditional(
    _ va: UInt64, _ count: Int, _ value: UInt64
  ) -> (outcome: AccessOutcome, failed: UInt64) {
    guard va & UInt64(count - 1) == 0 else {
      trap(.storeAddressMisaligned, va)
      return (.trap, 0)
    }
    guard let held = reservation else { return (.done, 1) }
    guard let address = storeAddress(va, count) else { return (.trap, 0) }
    reservation = nil
    let ramOffset = UInt64(address - ram)
    let found = memory.load(ramOffset: ramOffset, count: count)
    guard held == Reservation(ramOffset: ramOffset, count: count, value: found) else { return (.done, 1) }
    memory.store(ramOffset: ramOffset, value, count: count)
    return (followWrites() ? .doneToCode : .done, 0)
  }

  /// An AMO on an aligned word or doubleword: `old` is what memory held, sign-extended from a word.
  @inline(never) mutating func atomic(
    _ operation: Operation, _ va: UInt64, _ count: Int, _ operand: UInt64
  ) -> (outcome: AccessOutcome, old: UInt64) {
    guard va & UInt64(count - 1) == 0 else {
      trap(.storeAddressMisaligned, va)
      return (.trap, 0)
    }
    guard let address = storeAddress(va, count) else { return (.trap, 0) }
    let ramOffset = UInt64(address - ram)
    var old = memory.load(ramOffset: ramOffset, count: count)
    if count == 4 { old = word(old) }
    memory.store(ramOffset: ramOffset, operation.value(old, operand), count: count)
    return (followWrites() ? .doneToCode : .done, old)
  }
}

extension PhysicalMemory {
  /// The `count` bytes (1...8) at `ramOffset` from the start of RAM, zero-extended.
  func load(ramOffset: UInt64, count: Int) -> UInt64 {
    let address = base &+ ramOffset
    if let value = loadFilled(address, count: count) { return value }
    switch count {
    case 8: return load64(address)
    case 4: return UInt64(load32(address))
    case 2: return UInt64(load16(address))
    case 1: return UInt64(load8(address))
    default:
      var value: UInt64 = 0
      withUnsafeMutableBytes(of: &value) {
        _ = read(address, into: UnsafeMutableRawBufferPointer(rebasing: $0[0..<count]))
      }
      return UInt64(littleEndian: value)
    }
  }

  /// Stores the low `count` bytes (1...8) of `value` at `ramOffset` from the start of RAM, and tells those
  /// who watch the page.
  func store(ramOffset: UInt64, _ value: UInt64, count: Int) {
    let address = base &+ ramOffset
    if storeFilled(address, value, count: count) { return }
    switch count {
    case 8: store64(address, value)
    case 4: store32(address, UInt32(truncatingIfNeeded: value))
    case 2: store16(address, UInt16(truncatingIfNeeded: value))
    case 1: store8(address, UInt8(truncatingIfNeeded: value))
    default:
      withUnsafeBytes(of: value.littleEndian) {
        _ = write(address, from: UnsafeRawBufferPointer(rebasing: $0[0..<count]))
      }
    }
  }
}
