import LabEvents
import Sv39MMU

// xv6's kernel/kalloc.c: whole pages, for processes, page tables, kernel stacks and pipes.

// The kernel of November 2020, compiled with clang 21 at -O and linked by its own kernel.ld, has its trampoline at
// 0x80007000 and ends at 0x80026008. Other compilers move the end by some hundred bytes: what counts, the first
// whole page after it, is 0x80027000 for all that do not cross a page. Nothing of the image is there in this machine, only
// its place is kept, so that as many pages are free as on a real one. That kernel, made to count its free list
// on QEMU, has 32,729 pages before boot and 32,586 once the first process is ready; so has this one.

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

  /// Hands out one page of RAM, filled with 5; nil where there is none, or the quota of who is to pay is used up.
  ///
  /// Throws only where the free list itself was destroyed, as xv6's `memset` would fault there.
  public func kalloc() throws(KernelHalt) -> UInt64? {
    if booted {
      allocations += 1
      if allocations == configuration.failAllocation { return outOfPages() }
    }
    return containers == nil ? try takePage() : try container_alloc()
  }

  /// The next page of the free list, filled with 5; nil where there is none.
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

  /// Takes back the page at physical address `pa`, filling it with 1; panics where `pa` is no page that `kalloc` could
  /// have handed out.
  public func kfree(_ pa: UInt64) throws(KernelHalt) {
    guard pa % PGSIZE == 0, pa >= end, pa < PHYSTOP else { throw panic("kfree") }
    memory.fill(pa, count: Int(PGSIZE), with: 1)
    memory.store64(pa, freelist)
    freelist = pa
    freePages += 1
    containers?.release(pa)
    reportDetail(.pageFreed(page: pa, free: freePages))
  }
}
