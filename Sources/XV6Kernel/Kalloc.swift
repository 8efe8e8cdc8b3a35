import LabEvents
import Sv39MMU

// xv6's kernel/kalloc.c: whole pages, for processes, page tables, kernel stacks and pipes.

/// The first address after the kernel's image (xv6's `end`).
package let end: UInt64 = 0x8002_7000

extension Kernel {
  /// Makes all of RAM above the kernel's image free.
  func kinit() {
    let first = PGROUNDUP(end)
    virgin = PHYSTOP - PGSIZE
    freelist = virgin
    freePages = Int((PHYSTOP - first) / PGSIZE)
  }

  /// Hands out one page of RAM, filled with 5; nil where there is none.
  ///
  /// Throws only where the free list itself was destroyed, as xv6's `memset` would fault there.
  public func kalloc() throws(KernelHalt) -> UInt64? {
    if booted {
      allocations += 1
      if allocations == configuration.failAllocation { return outOfPages() }
    }
    let page = freelist
    if page == 0 { return outOfPages() }
    guard page % PGSIZE == 0, memory.fill(page, count: 0, with: 5) else { throw kerneltrap(page) }
    if page == virgin {
      virgin = page > PGROUNDUP(end) ? page - PGSIZE : 0
      freelist = virgin
    } else {
      freelist = memory.load64(page)
    }
    freePages -= 1
    memory.fill(page, count: Int(PGSIZE), with: 5)
    pageObserver?(.pageAllocated(page: page, free: freePages))
    return page
  }

  private func outOfPages() -> UInt64? {
    observer?(.outOfMemory(pid: current?.pid ?? 0))
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
    pageObserver?(.pageFreed(page: pa, free: freePages))
  }
}

/// The first address after the kernel's code (xv6's `etext`), and the trampoline page before it.
let etext: UInt64 = 0x8000_8000
let trampoline: UInt64 = etext - PGSIZE
