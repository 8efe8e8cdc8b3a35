/// The record of one walk: each entry that was read, from the root down, and the result.
public struct PageWalk: Sendable, Equatable, Codable {
  /// An entry that the walk read.
  public struct Step: Sendable, Equatable, Codable {
    /// 2 is the root's level, 0 the last.
    public var level: Int
    /// VPN[level] of the address: the index of the entry in the table, 0 to 511.
    public var index: Int
    /// The physical address of the entry.
    public var address: UInt64
    /// The entry as it was in memory.
    public var entry: PTE

    public init(level: Int, index: Int, address: UInt64, entry: PTE) {
      self.level = level
      self.index = index
      self.address = address
      self.entry = entry
    }
  }

  /// The virtual address to translate.
  public var va: UInt64
  /// The kind of access, and the mode.
  public var access: Access
  public var privilege: PrivilegeMode
  /// The steps, as far as the walk went. Empty if the address is not a valid Sv39 address.
  public var steps: [Step]
  /// The result of the walk.
  public var result: WalkResult

  public init(va: UInt64, access: Access, privilege: PrivilegeMode, steps: [Step], result: WalkResult) {
    self.va = va
    self.access = access
    self.privilege = privilege
    self.steps = steps
    self.result = result
  }
}

extension Sv39 {
  /// Walks as `walk` does with SUM and MXR clear. It changes nothing, and records every step.
  public static func record(
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
