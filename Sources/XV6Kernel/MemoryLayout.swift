// xv6's kernel/memlayout.h, and the part of kernel/riscv.h about memory: the memory map, and the parts of an
// address.

import Sv39MMU

/// A page-table entry with names for its fields, for a solution that prefers names to bits: `PTE(rawValue:
/// k.loadPTE(entry)).v`.
public typealias PTE = Sv39MMU.PTE

// The arithmetic of pages belongs to Sv39, so its one home is `Sv39MMU`. A solution in somebody's own file
// imports `XV6Kernel` alone: for it, the names below stand for those of `Sv39MMU`.

/// Bytes of a page.
@inlinable public var PGSIZE: UInt64 { Sv39MMU.PGSIZE }
/// Bits of the offset within a page.
@inlinable public var PGSHIFT: UInt64 { Sv39MMU.PGSHIFT }
/// One beyond the highest virtual address that xv6 uses.
@inlinable public var MAXVA: UInt64 { Sv39MMU.MAXVA }
/// `sz` rounded up to a whole number of pages. Wraps around to zero within a page of 2^64, as in C.
@inlinable public func PGROUNDUP(_ sz: UInt64) -> UInt64 { Sv39MMU.PGROUNDUP(sz) }
/// `a` rounded down to the start of its page.
@inlinable public func PGROUNDDOWN(_ a: UInt64) -> UInt64 { Sv39MMU.PGROUNDDOWN(a) }
/// The 9-bit index that `va` has into a page table of level `level` (2 is the root).
@inlinable public func PX(_ level: Int, _ va: UInt64) -> UInt64 { Sv39MMU.PX(level, va) }

/// The start of RAM. The kernel's image begins here.
public let KERNBASE: UInt64 = 0x8000_0000

/// The highest page of every address space. It has the code that enters and leaves the kernel.
public let TRAMPOLINE: UInt64 = MAXVA - PGSIZE
/// The page below the trampoline. It has the process's saved registers.
public let TRAPFRAME: UInt64 = TRAMPOLINE - PGSIZE

/// Device pages that the kernel's page table maps, as on QEMU's `virt` board.
package let UART0: UInt64 = 0x1000_0000
package let VIRTIO0: UInt64 = 0x1000_1000
package let PLIC: UInt64 = 0x0c00_0000

/// The kernel's virtual address of the kernel stack of slot `slot`. The stacks are below the trampoline, with
/// an unmapped guard page between any two.
package func KSTACK(_ slot: Int) -> UInt64 {
  TRAMPOLINE - (UInt64(slot) + 1) * 2 * PGSIZE
}

// Bits of a page-table entry (privileged specification, "Sv39: Page-Based 39-bit Virtual-Memory System").

/// The entry is valid.
public let PTE_V: UInt64 = 1 << 0
/// The page can be read.
public let PTE_R: UInt64 = 1 << 1
/// The page can be written.
public let PTE_W: UInt64 = 1 << 2
/// The page can be executed.
public let PTE_X: UInt64 = 1 << 3
/// User mode may use the page.
public let PTE_U: UInt64 = 1 << 4

/// The entry bits that name the page at physical address `pa`.
@inlinable public func PA2PTE(_ pa: UInt64) -> UInt64 { (pa >> 12) << 10 }
/// The physical address of the page that entry `pte` names.
@inlinable public func PTE2PA(_ pte: UInt64) -> UInt64 { (pte >> 10) << 12 }
/// The flag bits of entry `pte`.
@inlinable public func PTE_FLAGS(_ pte: UInt64) -> UInt64 { pte & 0x3ff }
/// The value of `satp` that selects Sv39 translation through the page table at `pagetable`.
package func MAKE_SATP(_ pagetable: UInt64) -> UInt64 { 8 << 60 | pagetable >> 12 }
