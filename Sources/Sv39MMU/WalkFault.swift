/// What an access does to memory. Page tables distinguish three kinds.
public enum Access: UInt8, Sendable, CaseIterable, Codable {
  /// An instruction is fetched.
  case fetch
  /// Memory is read.
  case load
  /// Memory is written, or read and written by an AMO or SC.
  case store
}

extension Access {
  /// The kind of access that caused a page fault with this `scause`: the inverse of `WalkFault.cause(of:)`.
  /// Any other cause counts as a store.
  public init(pageFault scause: UInt64) {
    self =
      switch TrapCause(rawValue: scause) {
      case .instructionPageFault: .fetch
      case .loadPageFault: .load
      default: .store
      }
  }
}

/// The privilege modes, by their encoding in `mstatus.MPP`.
public enum PrivilegeMode: UInt8, Sendable, CaseIterable, Codable {
  case user = 0
  case supervisor = 1
  case machine = 3
}

/// Why a page-table walk failed. Every reason has a name, and the level of the entry that caused it (2 is the
/// root).
///
/// The order of the cases is the order of the checks: if several apply, the walk reports the first.
public enum WalkFault: Error, Hashable, Sendable, Codable {
  /// Bits 63-39 of the virtual address are not all equal to bit 38.
  case nonCanonical
  /// The entry is not in RAM: the table's address, from `satp` or the entry above, is wrong.
  case tableOutsideRAM(level: Int)
  /// V is clear: nothing is mapped here.
  case invalid(level: Int)
  /// W is set without R, which the specification reserves.
  case reservedEncoding(level: Int)
  /// Any of bits 63-54 is set: they are reserved, or belong to Svnapot and Svpbmt, which this hart does not
  /// have.
  case reservedBits(level: Int)
  /// D, A or U is set in a pointer to the next table. They are reserved there.
  case pointerWithAttributes(level: Int)
  /// The entry at level 0 is a pointer too.
  case noLeaf
  /// A leaf above level 0 whose physical page is not aligned to its size.
  case misalignedSuperpage(level: Int)
  /// U mode touched a page whose U is clear.
  case supervisorPage(level: Int)
  /// S mode touched a page whose U is set: that is forbidden while SUM is clear, and fetches are always
  /// forbidden.
  case userPage(level: Int)
  /// A load from a page without R (nor X, while MXR is set).
  case notReadable(level: Int)
  /// A store to a page without W.
  case notWritable(level: Int)
  /// A fetch from a page without X.
  case notExecutable(level: Int)
}

extension WalkFault {
  /// True if the guest sees an access fault, false if it sees a page fault. Only an entry outside RAM is an
  /// access fault.
  public var isAccessFault: Bool {
    switch self {
    case .tableOutsideRAM: true
    case .nonCanonical, .invalid, .reservedEncoding, .reservedBits, .pointerWithAttributes, .noLeaf,
      .misalignedSuperpage, .supervisorPage, .userPage, .notReadable, .notWritable, .notExecutable:
      false
    }
  }

  /// The exception code (`TrapCause`) that the guest finds in `scause` or `mcause`.
  public func cause(of access: Access) -> UInt64 {
    let cause: TrapCause =
      switch (isAccessFault, access) {
      case (false, .fetch): .instructionPageFault
      case (false, .load): .loadPageFault
      case (false, .store): .storePageFault
      case (true, .fetch): .instructionAccessFault
      case (true, .load): .loadAccessFault
      case (true, .store): .storeAccessFault
      }
    return cause.rawValue
  }

  /// The level of the entry that caused the fault, 2 for the root; nil if no entry was read.
  public var level: Int? {
    switch self {
    case .nonCanonical: nil
    case .noLeaf: 0
    case .tableOutsideRAM(let level), .invalid(let level), .reservedEncoding(let level),
      .reservedBits(let level), .pointerWithAttributes(let level), .misalignedSuperpage(let level),
      .supervisorPage(let level), .userPage(let level), .notReadable(let level), .notWritable(let level),
      .notExecutable(let level):
      level
    }
  }
}

extension WalkFault: CustomStringConvertible {
  /// One line for a reader who knows page tables: `no valid entry (V clear) at level 1`.
  public var description: String {
    let what =
      switch self {
      case .nonCanonical: "bits 63-39 of the address differ from bit 38"
      case .tableOutsideRAM: "the page table lies outside RAM"
      case .invalid: "no valid entry (V clear)"
      case .reservedEncoding: "reserved encoding (W without R)"
      case .reservedBits: "reserved bits set (63-54)"
      case .pointerWithAttributes: "D, A or U set in a pointer to the next table"
      case .noLeaf: "a pointer where only a leaf may stand"
      case .misalignedSuperpage: "superpage not aligned to its size"
      case .supervisorPage: "not a user page (U clear)"
      case .userPage: "a user page (U set), out of the supervisor's reach"
      case .notReadable: "not readable (R clear)"
      case .notWritable: "not writable (W clear)"
      case .notExecutable: "not executable (X clear)"
      }
    return level.map { "\(what) at level \($0)" } ?? what
  }
}

extension WalkFault {
  /// Whether there is no mapping at all, as opposed to one that does not allow the access.
  package var isMissing: Bool {
    switch self {
    case .invalid, .noLeaf: true
    default: false
    }
  }
}
