// The arithmetic of Sv39 addresses, under xv6's names (kernel/riscv.h).
//
// A virtual address has three 9-bit indices and a 12-bit offset; bits 63-39 repeat bit 38:
//
//     63        39 38     30 29     21 20     12 11        0
//     [ = bit 38  ][ VPN[2] ][ VPN[1] ][ VPN[0] ][ offset   ]

// What the hart uses of this module is public, although only this package uses it: the compiler does not
// inline a `package` function into another module, even if it is `@inlinable`, and the hart would then call a
// function at every access.

/// Bytes in a page.
public let PGSIZE: UInt64 = 4096

/// Bits of the offset within a page.
public let PGSHIFT: UInt64 = 12

/// One beyond the highest virtual address that xv6 uses. xv6 uses half of Sv39's addresses, so that bit 38 is
/// never set: otherwise bits 63-39 would have to be set too.
public let MAXVA: UInt64 = 1 << 38

/// `size` rounded up to a whole number of pages. In the last page below 2^64 it wraps around to zero, as in
/// C.
@inlinable public func PGROUNDUP(_ size: UInt64) -> UInt64 { (size &+ (PGSIZE - 1)) & ~(PGSIZE - 1) }

/// `address` rounded down to the start of its page.
@inlinable public func PGROUNDDOWN(_ address: UInt64) -> UInt64 { address & ~(PGSIZE - 1) }

/// The index of `va`'s entry in the page table at `level`: VPN[level], 0 to 511. Level 2 is the root.
@inlinable public func PX(_ level: Int, _ va: UInt64) -> UInt64 {
  (va &>> (PGSHIFT &+ 9 &* UInt64(truncatingIfNeeded: level))) & 0x1ff
}

/// The Sv39 address translation scheme (privileged specification, "Sv39: Page-Based 39-bit Virtual-Memory
/// System").
public enum Sv39 {
  /// The levels of the tree. The root table is level `levels - 1`, the last one is level 0.
  public static let levels = 3

  /// Entries of a page table.
  public static let entriesPerTable = 512

  /// Bytes mapped by a leaf entry at `level`: 4 KiB, 2 MiB, 1 GiB.
  @inlinable public static func span(level: Int) -> UInt64 {
    1 &<< (PGSHIFT &+ 9 &* UInt64(truncatingIfNeeded: level))
  }

  /// True if bits 63-39 of `va` equal bit 38. Every other address faults before the walk begins.
  @inlinable public static func isCanonical(_ va: UInt64) -> Bool {
    let sign = Int64(bitPattern: va) >> 38
    return sign == 0 || sign == -1
  }
}
