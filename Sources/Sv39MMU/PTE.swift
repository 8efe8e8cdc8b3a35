/// An Sv39 page-table entry (privileged specification, "Sv39: Page-Based 39-bit Virtual-Memory System").
///
///      63 62  61 60      54 53    28 27    19 18    10 9   8 7 6 5 4 3 2 1 0
///     [N][PBMT ][reserved ][PPN[2]  ][PPN[1]  ][PPN[0]  ][RSW ][D A G U X W R V]
///
/// An entry with V and any of R, W, X set is a leaf, and maps a page; one with V and none of them set points
/// to the table of the next level.
public struct PTE: RawRepresentable, Sendable, Hashable, Codable {
  public var rawValue: UInt64

  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The low ten bits of an entry: what may be done with the page, and what has been done. xv6's `PTE_V` is
  /// `.v`.
  public struct Flags: OptionSet, Sendable, Hashable {
    public var rawValue: UInt64

    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Valid. If it is clear, the hart ignores the other bits.
    public static let v = Flags(rawValue: 1 << 0)
    /// Readable.
    public static let r = Flags(rawValue: 1 << 1)
    /// Writable. Reserved without `r`.
    public static let w = Flags(rawValue: 1 << 2)
    /// Executable.
    public static let x = Flags(rawValue: 1 << 3)
    /// Accessible in U mode, and in S mode only for loads and stores and only while `sstatus.SUM` is set.
    public static let u = Flags(rawValue: 1 << 4)
    /// Global: in every address space.
    public static let g = Flags(rawValue: 1 << 5)
    /// Accessed: the hart sets it at the first access.
    public static let a = Flags(rawValue: 1 << 6)
    /// Dirty: the hart sets it at the first store.
    public static let d = Flags(rawValue: 1 << 7)
    /// Both bits that the kernel may use for itself (RSW).
    public static let rsw = Flags(rawValue: 3 << 8)

    /// R, W and X. An entry is a leaf if any of them is set.
    public static let rwx: Flags = [.r, .w, .x]
  }

  /// An entry for the page, or the table, at physical address `pa` (xv6's `PA2PTE(pa) | flags`). The low 12
  /// bits of `pa` are ignored. Sv39 has no address bits from 56 on, so they are dropped.
  @inlinable public init(pa: UInt64, flags: Flags) {
    rawValue = (pa &>> 12 & PTE.ppnMask) &<< 10 | flags.rawValue & 0x3ff
  }

  @usableFromInline static let ppnMask: UInt64 = (1 << 44) - 1

  /// The low ten bits (xv6's `PTE_FLAGS`).
  @inlinable public var flags: Flags {
    get { Flags(rawValue: rawValue & 0x3ff) }
    set { rawValue = rawValue & ~0x3ff | newValue.rawValue & 0x3ff }
  }

  @inlinable public var v: Bool { rawValue & Flags.v.rawValue != 0 }
  @inlinable public var r: Bool { rawValue & Flags.r.rawValue != 0 }
  @inlinable public var w: Bool { rawValue & Flags.w.rawValue != 0 }
  @inlinable public var x: Bool { rawValue & Flags.x.rawValue != 0 }
  @inlinable public var u: Bool { rawValue & Flags.u.rawValue != 0 }
  @inlinable public var g: Bool { rawValue & Flags.g.rawValue != 0 }
  @inlinable public var a: Bool { rawValue & Flags.a.rawValue != 0 }
  @inlinable public var d: Bool { rawValue & Flags.d.rawValue != 0 }

  /// Bits 9-8, which the hart ignores: the kernel's own.
  @inlinable public var rsw: UInt64 { rawValue &>> 8 & 3 }

  /// Bits 53-10: the physical page number, 44 bits.
  @inlinable public var ppn: UInt64 { rawValue &>> 10 & PTE.ppnMask }

  /// PPN[2] (26 bits), PPN[1] or PPN[0] (9 bits each): the part of the page number that belongs to `level`.
  @inlinable public func ppn(_ level: Int) -> UInt64 {
    switch level {
    case 0: ppn & 0x1ff
    case 1: ppn &>> 9 & 0x1ff
    default: ppn &>> 18
    }
  }

  /// Bits 60-54, reserved for future standard use: an entry with any of them set faults.
  @inlinable public var reserved: UInt64 { rawValue &>> 54 & 0x7f }

  /// Bits 62-61, the memory type of the Svpbmt extension. Without that extension they are reserved.
  @inlinable public var pbmt: UInt64 { rawValue &>> 61 & 3 }

  /// Bit 63, a naturally aligned power-of-two range (Svnapot). Without that extension it is reserved.
  @inlinable public var n: Bool { rawValue &>> 63 != 0 }

  /// True if the entry is valid and maps a page.
  @inlinable public var isLeaf: Bool { v && rawValue & Flags.rwx.rawValue != 0 }

  /// Whether it maps a page on which user mode may do `access`.
  package func allowsUser(_ access: Access) -> Bool {
    guard isLeaf, u else { return false }
    return switch access {
    case .fetch: x
    case .load: r
    case .store: w
    }
  }

  /// True if the entry is valid and points to the table of the next level.
  @inlinable public var isPointer: Bool { v && rawValue & Flags.rwx.rawValue == 0 }

  /// The physical address of the page or table that the entry names (xv6's `PTE2PA`), 56 bits.
  @inlinable public var pa: UInt64 { ppn &<< 12 }
}

extension PTE.Flags: CustomStringConvertible {
  /// The eight flags from V to D in the order of their bits, with a dash for each flag that is clear:
  /// `VRW-U-AD`. If RSW is not zero, ` rsw=n` follows.
  public var description: String {
    var text = ""
    for (bit, name) in "VRWXUGAD".enumerated() {
      text.append(rawValue &>> UInt64(bit) & 1 != 0 ? name : "-")
    }
    let rsw = rawValue &>> 8 & 3
    return rsw == 0 ? text : text + " rsw=\(rsw)"
  }
}

extension PTE: CustomStringConvertible {
  /// The physical address and the flags, then the bits that must be clear but are set: `0x87654000 VRW-U-AD`,
  /// `0x87654000 V------- n=1 pbmt=2 reserved=0x7f`.
  public var description: String {
    var text = hex(pa) + " \(flags)"
    if n { text += " n=1" }
    if pbmt != 0 { text += " pbmt=\(pbmt)" }
    if reserved != 0 { text += " reserved=" + hex(reserved) }
    return text
  }
}
