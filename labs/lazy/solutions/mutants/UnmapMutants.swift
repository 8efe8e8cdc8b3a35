import XV6Kernel

// Mistakes when pages are unmapped.

extension LazyMutants {
  static let unmap: [Mutant] = [
    .init("unmap-panics-at-hole", "unmap-panics", by: "rwsbrk", UnmapPanicsAtHole.self),
    .init("unmap-panics-at-missing-table", "unmap-panics", by: "fork-sparse", UnmapPanicsAtMissingTable.self),
    .init("unmap-stops-at-hole", "unmap-misses-pages", by: "copyinstr3", UnmapStopsAtHole.self),
    .init(
      "unmap-stops-at-missing-table", "unmap-misses-pages", by: "fork-sparse", UnmapStopsAtMissingTable.self),
    .init("unmap-skips-too-far", "unmap-misses-pages", by: "copyinstr3", UnmapSkipsTooFar.self),
    .init("unmap-frees-nothing", "unmap-loses-pages", by: "refused", UnmapFreesNothing.self),
    .init("unmap-keeps-entries", "unmap-keeps-entries", by: "copyinstr1", UnmapKeepsEntries.self),
  ]
}

/// Keeps the panic about an entry that is not valid.
struct UnmapPanicsAtHole: LazySteps {
  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    if !isTableMissing { throw k.panic("uvmunmap: not mapped", function: "uvmunmap") }
    return try Stepwise().unmapHole(k, a, isTableMissing: true)
  }
}

/// Keeps the panic about a page table that is missing.
struct UnmapPanicsAtMissingTable: LazySteps {
  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    if isTableMissing { throw k.panic("uvmunmap: walk", function: "uvmunmap") }
    return try Stepwise().unmapHole(k, a, isTableMissing: false)
  }
}

/// Stops at the first hole.
struct UnmapStopsAtHole: LazySteps {
  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 { .max }
}

/// Stops at the first missing page table.
struct UnmapStopsAtMissingTable: LazySteps {
  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    isTableMissing ? .max : a &+ PGSIZE
  }
}

/// Treats every hole as a missing page table, and skips the rest of the 2 MiB that it would map.
struct UnmapSkipsTooFar: LazySteps {
  func unmapHole(_ k: Kernel, _ a: UInt64, isTableMissing: Bool) throws(KernelHalt) -> UInt64 {
    try Stepwise().unmapHole(k, a, isTableMissing: true)
  }
}

/// Clears the entry, but does not free the page.
struct UnmapFreesNothing: LazySteps {
  func remove(_ k: Kernel, _ entry: UInt64, free: Bool) throws(KernelHalt) { k.storePTE(entry, 0) }
}

/// Frees the page, but does not clear its entry.
struct UnmapKeepsEntries: LazySteps {
  func remove(_ k: Kernel, _ entry: UInt64, free: Bool) throws(KernelHalt) {
    if free { try k.kfree(PTE2PA(k.loadPTE(entry))) } else { k.storePTE(entry, 0) }
  }
}
