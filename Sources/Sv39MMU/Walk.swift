// The Sv39 walk (privileged specification, "Virtual Address Translation Process").
//
// If the specification leaves a choice, this hart does what QEMU's default processor does. The last point is
// different: there the hart follows the specification, but QEMU reports a page fault.
//
// - The hart itself sets A and D in memory, and only if the access is permitted otherwise. xv6 never sets
//   them. (With the Svade extension, the alternative, a page fault asks software to set them.)
// - D, A or U set in a pointer to the next table is reserved, and faults. G is allowed there.
// - Svnapot and Svpbmt are absent: bits 63-54 of any entry must be zero.
// - An entry outside RAM is an access fault, even if there is a device at that address.

/// The result of a walk that succeeded.
public struct Translation: Sendable, Equatable, Codable {
  /// The physical address of the virtual address.
  public var physicalAddress: UInt64
  /// The level of the leaf: 0 for a page of 4 KiB, 1 for 2 MiB, 2 for 1 GiB.
  public var level: Int
  /// The leaf, as it is in memory after this walk has set A and D.
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

/// The result of `Sv39.walk`. A fault is returned, not thrown, because the hart takes page faults on its hot
/// path.
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
  ///   - access: the kind of access.
  ///   - privilege: the effective privilege of the access (the caller handles `MPRV`). Machine mode, which
  ///     does not translate, counts as supervisor mode.
  ///   - sum: `mstatus.SUM`: S mode may load from and store to user pages.
  ///   - mxr: `mstatus.MXR`: loads may read executable pages.
  ///   - updateAD: if true, sets A, and D for a store, in the leaf in memory. If false, nothing in memory
  ///     changes, and the result has the leaf as it was found.
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

  /// Why the entry `pte` at `level` is not usable, or nil if it is a leaf or a pointer to the next table.
  @inline(__always)
  package static func malformation(_ pte: PTE, level: Int) -> WalkFault? {
    guard pte.v else { return .invalid(level: level) }
    if pte.w && !pte.r { return .reservedEncoding(level: level) }
    guard pte.rawValue &>> 54 == 0 else { return .reservedBits(level: level) }
    guard pte.isPointer else { return nil }
    guard pte.flags.isDisjoint(with: [.d, .a, .u]) else { return .pointerWithAttributes(level: level) }
    return level > 0 ? nil : .noLeaf
  }

  /// Why the leaf `pte` does not permit the access, or nil if it permits it (privileged specification, the U,
  /// R, W and X bits of Sv32's entries, and `mstatus`'s "Memory Privilege").
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
