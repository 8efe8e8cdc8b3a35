/// The record of one walk: each entry that was read, from the root down, and the result.
package struct PageWalk: Sendable, Equatable, Codable {
  /// An entry that the walk read.
  package struct Step: Sendable, Equatable, Codable {
    /// 2 is the root's level, 0 the last.
    package var level: Int
    /// VPN[level] of the address: the index of the entry in the table, 0 to 511.
    package var index: Int
    /// The physical address of the entry.
    package var address: UInt64
    /// The entry as it was in memory.
    package var entry: PTE

    package init(level: Int, index: Int, address: UInt64, entry: PTE) {
      self.level = level
      self.index = index
      self.address = address
      self.entry = entry
    }
  }

  /// The virtual address to translate.
  package var va: UInt64
  /// The kind of access, and the mode.
  package var access: Access
  package var privilege: PrivilegeMode
  /// The steps, as far as the walk went. Empty if the address is not a valid Sv39 address.
  package var steps: [Step]
  /// The result of the walk.
  package var result: WalkResult

  package init(va: UInt64, access: Access, privilege: PrivilegeMode, steps: [Step], result: WalkResult) {
    self.va = va
    self.access = access
    self.privilege = privilege
    self.steps = steps
    self.result = result
  }
}

extension Sv39 {
  /// Walks as `walk` does with SUM and MXR clear. It changes nothing, and records every step.
  package static func record(
    memory: PhysicalMemory, root: UInt64, va: UInt64, access: Access, privilege: PrivilegeMode
  ) -> PageWalk {
    let result = walk(
      memory: memory, root: root, va: va, access: access, privilege: privilege, sum: false, mxr: false,
      updateAD: false)
    var steps: [PageWalk.Step] = []
    var table = root
    var level = isCanonical(va) ? levels - 1 : -1
    while level >= 0 {
      let address = table &+ PX(level, va) &* 8
      guard let entry = memory.pointer(address, count: 8) else { break }
      let pte = PTE(rawValue: UInt64(littleEndian: entry.loadUnaligned(as: UInt64.self)))
      steps.append(.init(level: level, index: Int(PX(level, va)), address: address, entry: pte))
      guard pte.isPointer, malformation(pte, level: level) == nil else { break }
      table = pte.pa
      level -= 1
    }
    return PageWalk(va: va, access: access, privilege: privilege, steps: steps, result: result)
  }
}
