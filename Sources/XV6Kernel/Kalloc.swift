import LabEvents
import Sv39MMU

// xv6's kernel/kalloc.c: allocates whole pages, for processes, page tables, kernel stacks and pipes.

// The kernel of November 2020, compiled with clang 21 at -O and linked by its own kernel.ld, has its
// trampoline at 0x80007000 and ends at 0x80026008. Other compilers move the end by some hundred bytes. Only
// the first whole page after it matters: that is 0x80027000 as long as the end stays in the same page. This
// machine has no kernel image in RAM. It only keeps the image's place free, so that the same number of pages
// is free as on a real machine. That kernel, changed to count its free list on QEMU, has 32,729 free pages
// before boot and 32,586 when the first process is ready. This one has the same.

/// The trampoline page, the last of the kernel's code.
let trampoline: UInt64 = 0x8000_7000
/// The first address after the kernel's code (xv6's `etext`).
let etext: UInt64 = 0x8000_8000
/// The first address after the kernel's image (xv6's `end`).
package let end: UInt64 = 0x8002_6008

extension Kernel {
  /// Makes all of RAM above the kernel's image free.
  func kinit() {
    let first = PGROUNDUP(end)
    virgin = PHYSTOP - PGSIZE
    freelist = virgin
    freePages = Int((PHYSTOP - first) / PGSIZE)
  }

  /// Hands out one page of RAM, filled with 5. Nil if there is none, or if the quota that must pay for it is
  /// used up.
  ///
  /// Throws only if the free list itself was destroyed: xv6's `memset` would fault then.
  public func kalloc() throws(KernelHalt) -> UInt64? {
    try throwingStep()
    if booted {
      allocations += 1
      if allocations == configuration.failAllocation { return outOfPages() }
    }
    return containers == nil ? try takePage() : try container_alloc()
  }

  /// Takes the next page of the free list and fills it with 5. Nil if there is none.
  func takePage() throws(KernelHalt) -> UInt64? {
    let page = freelist
    if page == 0 { return outOfPages() }
    let next: UInt64
    if page == virgin {
      next = page > PGROUNDUP(end) ? page - PGSIZE : 0
      virgin = next
    } else {
      next = memory.load64(page)
    }
    guard memory.fill(page, count: Int(PGSIZE), with: 5) else { throw kerneltrap(page) }
    freelist = next
    freePages -= 1
    reportDetail(.pageAllocated(page: page, free: freePages))
    return page
  }

  private func outOfPages() -> UInt64? {
    report(.outOfMemory(pid: current?.pid ?? 0))
    return nil
  }

  /// Takes back the page at physical address `pa`, and fills it with 1. Panics if `pa` is not a page that
  /// `kalloc` could have handed out.
  public func kfree(_ pa: UInt64) throws(KernelHalt) {
    try throwingStep()
    guard pa % PGSIZE == 0, pa >= end, pa < PHYSTOP else { throw panic("kfree") }
    memory.fill(pa, count: Int(PGSIZE), with: 1)
    memory.store64(pa, freelist)
    freelist = pa
    freePages += 1
    containers?.release(pa)
    reportDetail(.pageFreed(page: pa, free: freePages))
  }
}
