// The Sv39 walk (privileged specification, "Virtual Address Translation Process").
//
// Where the specification leaves a choice, this hart does what QEMU's default processor does; the last point is the
// specification's word, where QEMU reports a page fault:
//
// - The hart sets A and D itself, in memory, and only for an access that is otherwise permitted; xv6 never sets
//   them. (The alternative, a page fault for software to set them, is the Svade extension.)
// - D, A or U set in a pointer to the next table is reserved, and faults. G is allowed there.
// - Svnapot and Svpbmt are absent: bits 63-54 of any entry must be zero.
// - An entry outside RAM is an access fault, even where a device answers at that address.

/// What a walk that succeeded found.
public struct Translation: Sendable, Equatable, Codable {
  /// The physical address that the virtual address means.
  public var physicalAddress: UInt64
  /// The level of the leaf: 0 for a page of 4 KiB, 1 for 2 MiB, 2 for 1 GiB.
  public var level: Int
  /// The leaf, as it is in memory after this walk set A and D.
  public var pte: PTE
  /// The physical address of the leaf itself.
  public var pteAddress: UInt64

  @inlinable public init(physicalAddress: UInt64, level: Int, pte: PTE, pteAddress: UInt64) {
    self.physicalAddress = physicalAddress
    self.level = level
    self.pte = pte
    self.pteAddress = pteAddress
  }
}

/// The answer of `Sv39.walk`. Returned rather than thrown: the hart takes page faults on its hot path.
public enum WalkResult: Sendable, Equatable, Codable {
  case translated(Translation)
  case fault(WalkFault)
}

extension Sv39 {
  /// Translates `va` through the page tables that begin at `root`.
  ///
  /// - Parameters:
  ///   - memory: the RAM that holds the tables.
  ///   - root: the physical address of the root table (`satp.PPN` times 4096).
  ///   - va: the virtual address.
  ///   - access: what is to be done there.
  ///   - privilege: the effective privilege of the access (`MPRV` is the caller's business). Machine mode, which
  ///     does not translate, is taken for supervisor mode.
  ///   - sum: `mstatus.SUM`: S mode may load from and store to user pages.
  ///   - mxr: `mstatus.MXR`: loads may read executable pages.
  ///   - updateAD: sets A, and D for a store, in the leaf in memory. Where false, nothing in memory changes, and
  ///     the answer holds the leaf as it was found.
  public static func walk(
    memory: PhysicalMemory, root: UInt64, va: UInt64, access: Access, privilege: PrivilegeMode, sum: Bool,
    mxr: Bool, updateAD: Bool
  ) -> WalkResult {
    guard isCanonical(va) else { return .fault(.nonCanonical) }

    var table = root
    var level = levels - 1
    while true {
      let address = table &+ PX(level, va) &* 8
      guard let entry = memory.pointer(address, count: 8) else {
        return .fault(.tableOutsideRAM(level: level))
      }
      let pte = PTE(rawValue: UInt64(littleEndian: entry.loadUnaligned(as: UInt64.self)))
      if let fault = malformation(pte, level: level) { return .fault(fault) }
      if pte.isPointer {
        table = pte.pa
        level &-= 1
        continue
      }

      let offset = va & (span(level: level) &- 1)
      guard pte.pa & (span(level: level) &- 1) == 0 else {
        return .fault(.misalignedSuperpage(level: level))
      }
      if let fault = refusal(pte, level: level, access: access, privilege: privilege, sum: sum, mxr: mxr) {
        return .fault(fault)
      }
      var after = pte
      if updateAD {
        after.rawValue |= PTE.Flags.a.rawValue
        if access == .store { after.rawValue |= PTE.Flags.d.rawValue }
        if after != pte { memory.markUsed(entryAt: address, after) }
      }
      return .translated(
        Translation(physicalAddress: pte.pa | offset, level: level, pte: after, pteAddress: address))
    }
  }

  /// Why the entry `pte` at `level` is neither a leaf nor a pointer to the next table, or nil where it is one of them.
  @inline(__always)
  package static func malformation(_ pte: PTE, level: Int) -> WalkFault? {
    guard pte.v else { return .invalid(level: level) }
    if pte.w && !pte.r { return .reservedEncoding(level: level) }
    guard pte.rawValue &>> 54 == 0 else { return .reservedBits(level: level) }
    guard pte.isPointer else { return nil }
    guard pte.flags.isDisjoint(with: [.d, .a, .u]) else { return .pointerWithAttributes(level: level) }
    return level > 0 ? nil : .noLeaf
  }

  /// Why the leaf `pte` does not permit the access, or nil where it does (privileged specification, the U, R, W and
  /// X bits of Sv32's entries, and `mstatus`'s "Memory Privilege").
  private static func refusal(
    _ pte: PTE, level: Int, access: Access, privilege: PrivilegeMode, sum: Bool, mxr: Bool
  ) -> WalkFault? {
    if privilege == .user {
      guard pte.u else { return .supervisorPage(level: level) }
    } else if pte.u {
      guard sum, access != .fetch else { return .userPage(level: level) }
    }
    return switch access {
    case .fetch: pte.x ? nil : .notExecutable(level: level)
    case .load: pte.r || mxr && pte.x ? nil : .notReadable(level: level)
    case .store: pte.w ? nil : .notWritable(level: level)
    }
  }
}
